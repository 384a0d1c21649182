package org.resnet4j.bench.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The tables of README are those of the results beside it. */
class ResultTablesTest {
  @Test
  void readmeSaysWhatTheFilesSay() throws IOException {
    String readme = Files.readString(Path.of("README.md"));
    assertThat(ResultTables.count(readme)).isGreaterThanOrEqualTo(2);
    assertThat(ResultTables.rewritten(readme, Path.of("")))
        .as("./resnet4j report --tables bench/README.md writes them anew")
        .isEqualTo(readme);
  }

  @Test
  void whatStandsOutsideStaysAndWhatStandsInsideGoes() throws IOException {
    String text =
        "before\n<!-- table of results/2026-11-28-amd-epyc-zen5-batch1.json -->\n| old |\n\n<!-- end -->\n"
            + "after <!-- end -->\n";
    String table = ResultTables.rewritten(text, Path.of(""));
    assertThat(table)
        .startsWith("before\n<!-- table of results/2026-11-28-amd-epyc-zen5-batch1.json -->\n| ")
        .endsWith(" |\n<!-- end -->\nafter <!-- end -->\n")
        .doesNotContain("old")
        .contains("| network | 1 thread: times onnxruntime 1.29.0 | 2 threads: times ")
        .contains(
            "| `resnet18` | 1.37 (1.35 to 1.45) | 1.33 (1.31 to 1.34) | 16.8, 23.3 | 7.7, 10.3 |");
    assertThat(ResultTables.rewritten(table, Path.of(""))).isEqualTo(table);
  }

  /** A mark that is missing, and whatever people have put between two. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "MARK\nprecious\nMARK\n| old |\n<!-- end -->\n",
        "MARK\n| old |\nIMPORTANT\n<!-- end -->\n",
        "```\nMARK\n```\n<!-- end -->\n",
      })
  void whatIsNoTableIsNotReplaced(String text) {
    String mark = "<!-- table of results/2026-11-28-amd-epyc-zen5-batch1.json -->";
    assertThatThrownBy(() -> ResultTables.rewritten(text.replace("MARK", mark), Path.of("")))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("the table of results/2026-11-28-amd-epyc-zen5-batch1.json: '")
        .hasMessageContaining("' would be lost; end it with <!-- end -->");
  }

  @Test
  void linesEndAsTheOthersDo() throws IOException {
    String text =
        "<!-- table of results/2026-11-28-amd-epyc-zen5-batch1.json -->\r\n<!-- end -->\r\n";
    assertThat(ResultTables.rewritten(text, Path.of("")).replace("\r\n", ""))
        .contains("| `resnet18` |")
        .doesNotContain("\n");
  }
}
