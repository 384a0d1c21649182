package org.resnet4j.cuda.kernels;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * PTX code that reads and writes numbers as they are stored, in float32 registers: one number, or
 * several that lie beside each other in vectors of 16 bytes. Scratch registers live in a block of
 * their own. Stateless.
 */
final class PtxAccess {
  /** As many as one instruction moves. */
  static final int VECTOR_BYTES = 16;

  private static final int WORDS = VECTOR_BYTES / Integer.BYTES;

  /** Of scratch registers. */
  private static final String SCRATCH =
      """
      .reg .pred %nan;
      .reg .b16 %half;
      .reg .b32 %bits, %rounded, %quiet, %low, %word<4>;
      """;

  private PtxAccess() {}

  /**
   * Reads and widens.
   *
   * @param values registers, 1 or a multiple of the numbers in a vector
   * @param address a register; a multiple of 16 if there are several values
   */
  static String load(ElementType type, List<String> values, String address) {
    if (values.size() == 1) {
      String value = values.getFirst();
      return type == ElementType.F32
          ? "ld.global.f32 %s, [%s];\n".formatted(value, address)
          : block("ld.global.b16 %%half, [%s];\n".formatted(address) + widen(type, value));
    }
    List<String> code = new ArrayList<>();
    int lanes = VECTOR_BYTES / type.bytes();
    for (int first = 0; first < values.size(); first += lanes) {
      List<String> vector = values.subList(first, first + lanes);
      String from = address + "+" + first * type.bytes();
      code.add(
          type == ElementType.F32
              ? "ld.global.v4.f32 {%s}, [%s];\n".formatted(String.join(", ", vector), from)
              : block(
                  "ld.global.v4.b32 {%s}, [%s];\n".formatted(words(), from)
                      + unpack(type, vector)));
    }
    return String.join("", code);
  }

  /**
   * Rounds to nearest even, NaN staying NaN, and writes.
   *
   * @param values registers, 1 or as many as the numbers in a vector
   * @param address a register; a multiple of 16 if there are several values
   */
  static String store(ElementType type, List<String> values, String address) {
    if (values.size() == 1) {
      String value = values.getFirst();
      return type == ElementType.F32
          ? "st.global.f32 [%s], %s;\n".formatted(address, value)
          : block(narrow(type, value) + "st.global.b16 [%s], %%half;\n".formatted(address));
    }
    return type == ElementType.F32
        ? "st.global.v4.f32 [%s], {%s};\n".formatted(address, String.join(", ", values))
        : block(pack(type, values) + "st.global.v4.b32 [%s], {%s};\n".formatted(address, words()));
  }

  private static String block(String code) {
    return "{\n" + SCRATCH + code + "}\n";
  }

  private static String words() {
    return IntStream.range(0, WORDS).mapToObj(i -> "%word" + i).collect(Collectors.joining(", "));
  }

  /** The lower half of a word comes first. */
  private static String unpack(ElementType type, List<String> values) {
    StringBuilder code = new StringBuilder();
    for (int lane = 0; lane < values.size(); lane++) {
      String word = "%word" + lane / 2;
      if (lane % 2 == 1) {
        code.append("shr.u32 %1$s, %1$s, 16;\n".formatted(word));
      }
      code.append("cvt.u16.u32 %%half, %s;\n".formatted(word))
          .append(widen(type, values.get(lane)));
    }
    return code.toString();
  }

  private static String pack(ElementType type, List<String> values) {
    StringBuilder code = new StringBuilder();
    for (int i = 0; i < WORDS; i++) {
      String word = "%word" + i;
      code.append(narrow(type, values.get(2 * i)))
          .append("cvt.u32.u16 %low, %half;\n")
          .append(narrow(type, values.get(2 * i + 1)))
          .append("cvt.u32.u16 %s, %%half;\n".formatted(word))
          .append("shl.b32 %1$s, %1$s, 16;\n".formatted(word))
          .append("or.b32 %1$s, %1$s, %%low;\n".formatted(word));
    }
    return code.toString();
  }

  /** From {@code %half}. */
  private static String widen(ElementType type, String value) {
    return switch (type) {
      case F16 -> "cvt.f32.f16 %s, %%half;\n".formatted(value);
      case BF16 ->
          """
          cvt.u32.u16 %%bits, %%half;
          shl.b32 %%bits, %%bits, 16;
          mov.b32 %s, %%bits;
          """
              .formatted(value);
      case F32 -> throw new IllegalArgumentException("a float is no half");
    };
  }

  /** To {@code %half}. */
  private static String narrow(ElementType type, String value) {
    return switch (type) {
      case F16 -> "cvt.rn.f16.f32 %%half, %s;\n".formatted(value);
      // Adding half a unit, less one where the kept part is even, carries into it exactly when
      // rounding goes up; a NaN could carry into infinity and gets its quiet bit instead.
      case BF16 ->
          """
          mov.b32 %%bits, %1$s;
          shr.u32 %%rounded, %%bits, 16;
          and.b32 %%rounded, %%rounded, 1;
          add.u32 %%rounded, %%rounded, 0x7FFF;
          add.u32 %%rounded, %%rounded, %%bits;
          or.b32 %%quiet, %%bits, 0x400000;
          setp.nan.f32 %%nan, %1$s, %1$s;
          selp.b32 %%bits, %%quiet, %%rounded, %%nan;
          shr.u32 %%bits, %%bits, 16;
          cvt.u16.u32 %%half, %%bits;
          """
              .formatted(value);
      case F32 -> throw new IllegalArgumentException("a float is no half");
    };
  }
}
