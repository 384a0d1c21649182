package org.resnet4j.cuda.kernels;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * PTX has no types as parameters and its assembler no macros, so a kernel is one text for all types
 * of number, in which
 *
 * <ul>
 *   <li>{@code $type} stands for the type's suffix and {@code $bytes} for its size;
 *   <li>{@code LOAD %value, [%address];} reads a number and widens it to float32, {@code STORE
 *       [%address], %value;} rounds to nearest even and writes it, NaN staying NaN;
 *   <li>{@code POSITION;} defines {@code %row} and {@code %channel} of the thread, reads {@code
 *       %rows} and {@code %channels}, and goes to {@code DONE} with threads outside them. Blocks
 *       lie along y and x of a block, and x and y of the grid: a grid may be long only in x.
 * </ul>
 *
 * Scratch registers live in a block of their own. Stateless.
 */
final class PtxTemplate {
  private static final String LOAD = "LOAD (%\\w+), \\[(%\\w+)];";
  private static final String STORE = "STORE \\[(%\\w+)], (%\\w+);";
  private static final Pattern LEFT_OVER = Pattern.compile("\\$\\w+|\\b(LOAD|STORE|POSITION)\\b");

  private static final String POSITION =
      """
      .reg .b32 %row, %channel, %rows, %channels;
      {
          .reg .pred %outside;
          .reg .b32 %block, %size, %thread;
          mov.u32 %block, %ctaid.x;
          mov.u32 %size, %ntid.y;
          mov.u32 %thread, %tid.y;
          mad.lo.u32 %row, %block, %size, %thread;
          mov.u32 %block, %ctaid.y;
          mov.u32 %size, %ntid.x;
          mov.u32 %thread, %tid.x;
          mad.lo.u32 %channel, %block, %size, %thread;
          ld.param.u32 %rows, [rows];
          ld.param.u32 %channels, [channels];
          setp.ge.u32 %outside, %row, %rows;
          @%outside bra DONE;
          setp.ge.u32 %outside, %channel, %channels;
          @%outside bra DONE;
      }
      """;

  private PtxTemplate() {}

  /**
   * The PTX text for a type.
   *
   * @throws IllegalArgumentException if a word of the template's is misspelt and would remain
   */
  static String expand(String template, ElementType type) {
    String code = template.replaceAll("//[^\n]*", "");
    String text =
        code.replace("$type", type.suffix())
            .replace("$bytes", Integer.toString(type.bytes()))
            .replace("POSITION;", POSITION)
            .replaceAll(LOAD, load(type))
            .replaceAll(STORE, store(type));
    Matcher leftOver = LEFT_OVER.matcher(text);
    if (leftOver.find()) {
      throw new IllegalArgumentException("a PTX template has an unknown " + leftOver.group());
    }
    return text;
  }

  /** $1 is the value, $2 the address. */
  private static String load(ElementType type) {
    return switch (type) {
      case F32 -> "ld.global.f32 $1, [$2];";
      case F16 ->
          """
          {
              .reg .b16 %half;
              ld.global.b16 %half, [$2];
              cvt.f32.f16 $1, %half;
          }
          """;
      case BF16 ->
          """
          {
              .reg .b16 %half;
              .reg .b32 %bits;
              ld.global.b16 %half, [$2];
              cvt.u32.u16 %bits, %half;
              shl.b32 %bits, %bits, 16;
              mov.b32 $1, %bits;
          }
          """;
    };
  }

  /** $1 is the address, $2 the value. */
  private static String store(ElementType type) {
    return switch (type) {
      case F32 -> "st.global.f32 [$1], $2;";
      case F16 ->
          """
          {
              .reg .b16 %half;
              cvt.rn.f16.f32 %half, $2;
              st.global.b16 [$1], %half;
          }
          """;
      // Adding half a unit, less one where the kept part is even, carries into it exactly when
      // rounding goes up; a NaN could carry into infinity and gets its quiet bit instead.
      case BF16 ->
          """
          {
              .reg .pred %nan;
              .reg .b16 %half;
              .reg .b32 %bits, %rounded, %quiet;
              mov.b32 %bits, $2;
              shr.u32 %rounded, %bits, 16;
              and.b32 %rounded, %rounded, 1;
              add.u32 %rounded, %rounded, 0x7FFF;
              add.u32 %rounded, %rounded, %bits;
              or.b32 %quiet, %bits, 0x400000;
              setp.nan.f32 %nan, $2, $2;
              selp.b32 %bits, %quiet, %rounded, %nan;
              shr.u32 %bits, %bits, 16;
              cvt.u16.u32 %half, %bits;
              st.global.b16 [$1], %half;
          }
          """;
    };
  }
}
