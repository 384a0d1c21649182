package org.resnet4j.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.Model.OptionSpec;

/** Every option that takes a number, with numbers that nobody means. */
class OptionExtremesTest {
  private static final String SNEAKER = Run.SAMPLES.resolve("00.png").toString();

  /** What no option with a number takes. */
  private static final List<String> NO_NUMBERS =
      List.of("", " ", "-1", "2147483648", "1e9", "NaN", "x", "0x10", "9".repeat(400));

  private static final String TABLE =
      """
      classify SNEAKER     | --batch       | 0
      classify SNEAKER     | --top         | 0
      classify SNEAKER     | --max-pixels  | 0
      classify SNEAKER     | --threads     | 0,1025,2147483647
      classify SNEAKER     | --num-classes | 0,1,2147483647
      classify SNEAKER     | --device      | 7,2147483647
      classify SNEAKER     | --resize      | 0,4097,2147483647
      classify SNEAKER     | --crop        | 0,4097,2147483647
      classify SNEAKER     | --mean        | 0;0,Infinity,1e39
      classify SNEAKER     | --std         | 0,Infinity,-0.0
      embed SNEAKER        | --batch       | 0
      embed SNEAKER        | --max-pixels  | 0
      embed SNEAKER        | --threads     | 0,1025,2147483647
      embed SNEAKER        | --num-classes | 0,1,2147483647
      embed SNEAKER        | --device      | 7,2147483647
      embed SNEAKER        | --resize      | 0,4097,2147483647
      embed SNEAKER        | --crop        | 0,4097,2147483647
      embed SNEAKER        | --mean        | 0;0,Infinity,1e39
      embed SNEAKER        | --std         | 0,Infinity,-0.0
      explain SNEAKER -o x.png | --max-pixels  | 0
      explain SNEAKER -o x.png | --threads     | 0,1025,2147483647
      explain SNEAKER -o x.png | --num-classes | 0,1,2147483647
      explain SNEAKER -o x.png | --device      | 7,2147483647
      explain SNEAKER -o x.png | --resize      | 0,4097,2147483647
      explain SNEAKER -o x.png | --crop        | 0,4097,2147483647
      explain SNEAKER -o x.png | --mean        | 0;0,Infinity,1e39
      explain SNEAKER -o x.png | --std         | 0,Infinity,-0.0
      verify               | --num-classes | 0,1,2147483647
      verify               | --threads     | 0,1025,2147483647
      verify               | --device      | 7,2147483647
      bench --model resnet18   | --batch   | 0,1000000,2147483647
      bench --model resnet18   | --threads | 0,1025,2147483647
      bench --model resnet18   | --seconds | 0,3601,2147483647,Infinity,-0.0
      bench --model resnet18   | --size    | 0,30000x30000,65536,65537,2147483647,1x,x1,1x2x3
      bench --model resnet18   | --device  | 7,2147483647
      compare                  | --batch   | 0,1000000000,2147483647
      compare                  | --threads | 0,1025,2147483647
      compare                  | --seconds | 0,3601,2147483647,Infinity,-0.0
      compare                  | --size    | 0,30000x30000,65536,65537,2147483647,1x,x1,1x2x3
      compare                  | --device  | 7,2147483647
      profile --model resnet18 | --batch   | 0,1000000,2147483647
      profile --model resnet18 | --threads | 0,1025,2147483647
      profile --model resnet18 | --seconds | 0,3601,2147483647,Infinity,-0.0
      profile --model resnet18 | --size    | 0,30000x30000,65536,65537,2147483647,1x,x1,1x2x3
      profile --model resnet18 | --device  | 7,2147483647
      summary resnet18     | --size        | 0,65537,2147483647
      summary resnet18     | --num-classes | 0,2147483647
      draw resnet18 -o x.svg | --size        | 0,65537,2147483647,1x,x1,1x2x3
      draw resnet18 -o x.svg | --num-classes | 0,2147483647
      bench --model resnet18 --files SNEAKER | --max-pixels | 0
      bench --model resnet18 --files SNEAKER | --load | 0,-1,1001,2147483647
      serve                | --port        | 65536,2147483647
      serve                | --batch       | 0,2147483647
      serve                | --queue       | 0
      serve                | --seconds     | 0,3601,2147483647,Infinity,-0.0
      serve                | --max-bytes   | 0
      serve                | --max-pixels  | 0
      serve                | --threads     | 0,1025,2147483647
      serve                | --num-classes | 0,1,2147483647
      serve                | --device      | 7,2147483647
      serve                | --resize      | 0,4097,2147483647
      serve                | --crop        | 0,4097,2147483647
      serve                | --mean        | 0;0,Infinity,1e39
      serve                | --std         | 0,Infinity,-0.0
      export --onnx x.onnx | --size        | 0,65537,2147483647,1x,x1,1x2x3
      export --onnx x.onnx | --num-classes | 0,1,2147483647
      export --onnx x.onnx | --resize      | 0,4097,2147483647
      export --onnx x.onnx | --crop        | 0,4097,2147483647
      export --onnx x.onnx | --mean        | 0;0,Infinity,1e39
      export --onnx x.onnx | --std         | 0,Infinity,-0.0
      """;

  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = TABLE)
  void isRefusedInOneLineThatNamesTheOption(String command, String option, String values) {
    List<String> all = new ArrayList<>(NO_NUMBERS);
    all.addAll(Arrays.asList(values.split(",")));
    for (String value : all) {
      List<Object> arguments = new ArrayList<>();
      for (String word : command.split(" ")) {
        arguments.add(word.equals("SNEAKER") ? SNEAKER : word);
      }
      arguments.add(option + "=" + value);
      Run run = Run.of(arguments.toArray());
      assertThat(run.err()).as("%s %s=%s", command, option, value).contains(option);
      run.refused();
      assertThat(run.err()).doesNotContain("internal error").hasSizeLessThan(1500);
      assertThat(run.out()).isEmpty();
    }
  }

  /** Options without a number are words, files and switches. */
  @Test
  void theTableHasEveryOptionWithANumber() {
    List<String> missing = new ArrayList<>();
    Main.commands()
        .forEach((name, command) -> {
          for (OptionSpec option : command.getCommandSpec().options()) {
            boolean number =
                List.of("N", "K", "S", "HxW").contains(option.paramLabel())
                    || Number.class.isAssignableFrom(option.auxiliaryTypes()[0]);
            boolean listed =
                TABLE
                    .lines()
                    .anyMatch(line ->
                        line.startsWith(name)
                            && Stream.of(option.names())
                                .anyMatch(each -> line.contains("| " + each + " ")));
            if (number && !listed) {
              missing.add(name + " " + option.longestName());
            }
          }
        });
    assertThat(missing).isEmpty();
  }

  /** Their product exceeds what a number of 64 bits holds. */
  @ParameterizedTest
  @ValueSource(strings = {"bench", "profile"})
  void theLargestBatchOfTheLargestPictures(String command) {
    Run run =
        Run.of(
            command, "--model", "resnet18", "--batch", Integer.MAX_VALUE, "--size", "65536x65536");
    assertThat(run.refused().err())
        .startsWith("resnet4j: --batch 2147483647 --size 65536x65536: its pictures have ");
  }

  /** As much as an option takes is no error where it does no harm. */
  @ParameterizedTest
  @CsvSource({"--batch, 2147483647", "--top, 2147483647", "--max-pixels, 2147483647"})
  void isTakenWhereItMeansAll(String option, String value) {
    Run.of("classify", SNEAKER, option, value, "--threads", 1).succeeded();
  }
}
