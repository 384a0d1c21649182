package org.resnet4j.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.resnet4j.bench.page.ComparePage;
import org.resnet4j.bench.page.SampleResults;
import org.resnet4j.bench.result.ResultsJson;

class ReportCommandTest {
  private static final Path FROM_FILES = Path.of("results/files/2026-11-29-amd-epyc-zen5.json");

  @TempDir private Path folder;

  private Path write(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }

  @Test
  void makesThePageOfOneFileOrSeveral() throws IOException {
    Path full = write("full.json", ResultsJson.write(SampleResults.full()));
    Path other = write("other.json", ResultsJson.write(SampleResults.other()));
    Path page = folder.resolve("page.html");
    assertThat(Run.of("report", full, "--out", page).succeeded().out())
        .isEqualTo("page     " + page + "\n");
    assertThat(page).hasContent(ComparePage.of(SampleResults.full(), null));
    assertThat(Run.of("report", full, "--out", "-").succeeded().out())
        .isEqualTo(ComparePage.of(SampleResults.full(), null) + "\n");
    Run.of("report", full, "--old", other, "-o", page).succeeded();
    assertThat(page).hasContent(ComparePage.of(SampleResults.full(), SampleResults.other()));
    Run.of("report", full, other, "-o", page).succeeded();
    assertThat(page)
        .hasContent(ComparePage.of(List.of(SampleResults.full(), SampleResults.other()), null));
  }

  /** bench writes less than compare, and a page is made of it too. */
  @Test
  void takesWhatBenchWrites() throws IOException {
    Path json = folder.resolve("bench.json");
    Path page = folder.resolve("page.html");
    String arguments = "bench --model resnet18 --size 32 --seconds 0.1 --threads 1 --json " + json;
    Run.of((Object[]) arguments.split(" ")).succeeded();
    Run.of("report", json, "-o", page).succeeded();
    assertThat(Files.readString(page)).contains("resnet18 by resnet4j simd at batch 1");
  }

  @Test
  void writesTheTablesOfAText() throws IOException {
    Path results =
        write("r.json", Files.readString(Path.of("results/2026-11-28-amd-epyc-zen5-batch8.json")));
    Path text = write("x.md", "a\n<!-- table of r.json -->\n<!-- end -->\nb\n");
    assertThat(Run.of("report", "--tables", text).succeeded().out()).startsWith("tables   1 in ");
    assertThat(Files.readString(text))
        .startsWith("a\n<!-- table of r.json -->\n| network | batch 8, 2 threads: times")
        .endsWith("\n<!-- end -->\nb\n");
    assertThat(results).exists();
  }

  @Test
  void refusals() throws IOException {
    Path page = folder.resolve("page.html");
    Path broken = write("broken.json", "{");
    Path plain = write("plain.md", "no table");
    assertThat(Run.of("report").refused().err()).contains("no results are named");
    assertThat(Run.of("report", broken, "-o", page).refused().err())
        .contains("broken.json: is no results file");
    assertThat(Run.of("report", FROM_FILES, "-o", page).refused().err())
        .contains("'bench --files', of which there is no page");
    assertThat(Run.of("report", broken, "-o", broken).refused().err())
        .contains("is the file with the results");
    assertThat(Run.of("report", broken, broken, "--old", broken, "-o", page).refused().err())
        .contains("--old");
    assertThat(Run.of("report", folder.resolve("none.json"), "-o", page).refused().err())
        .contains("there is no such file");
    assertThat(Run.of("report", "/dev/zero", "-o", page).refused().err())
        .contains("/dev/zero: it is no regular file");
    assertThat(Run.of("report", "--tables", "/dev/zero").refused().err())
        .contains("/dev/zero: it is no regular file");
    assertThat(Run.of("report", "--tables", plain).refused().err())
        .contains("there is no table of results in it");
    assertThat(Run.of("report", "--tables", plain, broken).refused().err()).contains("--tables");
    assertThat(page).doesNotExist();
  }
}
