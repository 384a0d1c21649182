package org.resnet4j.cuda.kernels;

import java.util.List;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * PTX has no types as parameters and its assembler no macros, so a kernel is one text for all types
 * of number, and for as many channels as a thread computes (lanes), in which
 *
 * <ul>
 *   <li>{@code $type} stands for the last part of the entry's name, {@code $bytes} for the size of
 *       a number and {@code $lanes} for the lanes;
 *   <li>a line with {@code #} is there once for each lane, whose number it stands for;
 *   <li>{@code LOAD %value, [%address];} reads a number and widens it to float32, {@code STORE
 *       [%address], %value;} rounds to nearest even and writes it, NaN staying NaN; {@code
 *       LOAD_FLOAT} reads a float32. With {@code %value#} each of them is one access for all lanes;
 *   <li>{@code POSITION;} defines {@code %row} and {@code %channel} of the thread, of its lanes the
 *       first, reads {@code %rows} and {@code %channels}, and goes to {@code DONE} with threads
 *       outside them. Blocks lie along y and x of a block, and x and y of the grid: a grid may be
 *       long only in x.
 * </ul>
 *
 * Stateless.
 */
final class PtxTemplate {
  private static final Pattern LOAD =
      Pattern.compile("(LOAD|LOAD_FLOAT) (%\\w+)(#?), \\[(%\\w+)];");
  private static final Pattern STORE = Pattern.compile("STORE \\[(%\\w+)], (%\\w+)(#?);");
  private static final Pattern LEFT_OVER =
      Pattern.compile("\\$\\w+|\\b(LOAD|LOAD_FLOAT|STORE|POSITION)\\b");

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
          mul.lo.u32 %channel, %channel, $lanes;
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
   * @param suffix that {@code $type} stands for
   * @param lanes 1, or as many as there are numbers in 16 bytes
   * @throws IllegalArgumentException if a word of the template's is misspelt and would remain
   */
  static String expand(String template, ElementType type, String suffix, int lanes) {
    String text = template.replaceAll("//[^\n]*", "").replace("POSITION;", POSITION);
    text = replace(LOAD, text, found -> load(found, type, lanes));
    text = replace(STORE, text, found -> store(found, type, lanes));
    text =
        text.replace("$type", suffix)
            .replace("$bytes", Integer.toString(type.bytes()))
            .replace("$lanes", Integer.toString(lanes))
            .lines()
            .map(line -> ofEachLane(line, lanes))
            .collect(Collectors.joining("\n", "", "\n"));
    Matcher leftOver = LEFT_OVER.matcher(text);
    if (leftOver.find()) {
      throw new IllegalArgumentException("a PTX template has an unknown " + leftOver.group());
    }
    return text;
  }

  private static String replace(
      Pattern pattern, String text, Function<MatchResult, String> replacement) {
    return pattern
        .matcher(text)
        .replaceAll(found -> Matcher.quoteReplacement(replacement.apply(found)));
  }

  private static String load(MatchResult found, ElementType type, int lanes) {
    ElementType stored = found.group(1).equals("LOAD") ? type : ElementType.F32;
    return PtxAccess.load(stored, registers(found.group(2), found.group(3), lanes), found.group(4));
  }

  private static String store(MatchResult found, ElementType type, int lanes) {
    return PtxAccess.store(type, registers(found.group(2), found.group(3), lanes), found.group(1));
  }

  private static List<String> registers(String name, String mark, int lanes) {
    return mark.isEmpty()
        ? List.of(name)
        : IntStream.range(0, lanes).mapToObj(lane -> name + lane).toList();
  }

  private static String ofEachLane(String line, int lanes) {
    return line.contains("#")
        ? IntStream.range(0, lanes)
            .mapToObj(lane -> line.replace("#", Integer.toString(lane)))
            .collect(Collectors.joining("\n"))
        : line;
  }
}
