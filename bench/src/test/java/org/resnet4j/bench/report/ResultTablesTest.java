package org.resnet4j.bench.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.resnet4j.bench.page.SampleResults;
import org.resnet4j.bench.result.EngineFacts;
import org.resnet4j.bench.result.MachineFacts;
import org.resnet4j.bench.result.Results;
import org.resnet4j.bench.result.ResultsJson;
import org.resnet4j.bench.result.Row;

/** The tables of README are those of the results beside it. */
class ResultTablesTest {
  @TempDir private Path folder;

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

  /** A column would say one of the two and mean the other. */
  @Test
  void aTableHasOnePairOfEnginesAndOneSize() throws IOException {
    Path results = Path.of("results").toAbsolutePath();
    String peers = "2026-11-29-amd-epyc-zen5-compare.json";
    String bf16 = "2026-11-30-amd-epyc-zen4-bf16.json";
    String plain = "2026-11-28-amd-epyc-zen5-batch1.json";
    String json = Files.readString(results.resolve(plain));
    for (String changed :
        List.of(
            json.replace("\"version\":\"1.29.0\"", "\"version\":\"1.30.0\""),
            json.replace("[224,224]", "[97,97]"))) {
      assertThat(changed).isNotEqualTo(json);
      Path other = Files.writeString(folder.resolve("other.json"), changed);
      String text =
          "<!-- table of " + results.resolve(plain) + " " + other + " -->\n<!-- end -->\n";
      assertThatThrownBy(() -> ResultTables.rewritten(text, folder))
          .isInstanceOf(IOException.class)
          .hasMessageContaining(
              changed.contains("1.30.0") ? "1.29.0, onnxruntime 1.30.0" : "(224x224, 97x97)");
    }
    String both = "<!-- table of " + plain + " " + bf16 + " -->\n<!-- end -->\n";
    assertThatThrownBy(() -> ResultTables.rewritten(both, results))
        .hasMessageContaining("several engines (simd, simd bf16)");
    String three = "<!-- table of " + peers + " -->\n<!-- end -->\n";
    assertThat(ResultTables.rewritten(three, results)).contains("times onnxruntime");
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

  @Test
  void aTableWithoutAnEndIsNone() {
    assertThatThrownBy(() -> ResultTables.count("<!-- table of a.json -->\n| x |\n"))
        .isInstanceOf(IOException.class)
        .hasMessage("the table of a.json has no end; write <!-- end --> where it ends");
  }

  /** Each is looked at once, whether it is a mark or has an end. */
  @ParameterizedTest
  @ValueSource(strings = {"<!-- table of a", "<!-- table of a -->", "<!-- table of >\n", " -->"})
  @Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void textsOfMarksTakeNoTime(String mark) throws IOException {
    assertThat(ResultTables.count(mark.repeat(200_000))).isZero();
    assertThat(ResultTables.count(("<!-- table of x -->\n<!-- end -->" + mark).repeat(50_000)))
        .isEqualTo(50_000);
  }

  @Test
  void aTableThatNobodyReadsIsRefused() throws IOException {
    Results sample = SampleResults.unfinished();
    List<EngineFacts> engines =
        List.of(
            new EngineFacts("simd", EngineFacts.Kind.CPU, "CPU", "fp32", null),
            new EngineFacts("peer", EngineFacts.Kind.PEER, "CPU", "fp32", "1"));
    MachineFacts machine =
        new MachineFacts(null, 2, "25", "Linux", null, null, null, engines, 1, "2026", null);
    Row row = sample.results().getFirst();
    List<Row> rows = new ArrayList<>();
    for (int batch = 1; batch <= 51; batch++) {
      for (EngineFacts engine : engines) {
        rows.add(SampleResults.row(row.model(), engine.name(), batch, 10, 1, 100));
      }
    }
    Files.writeString(
        folder.resolve("x.json"), ResultsJson.write(Results.of(machine, null).plus(rows)));
    assertThatThrownBy(
            () -> ResultTables.rewritten("<!-- table of x.json -->\n<!-- end -->\n", folder))
        .isInstanceOf(IOException.class)
        .hasMessage("the results have 51 pairs of batch and threads, and a table takes 50");
  }
}
