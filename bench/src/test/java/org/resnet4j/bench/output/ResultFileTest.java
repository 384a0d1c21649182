package org.resnet4j.bench.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.resnet4j.bench.failure.CommandException;

class ResultFileTest {
  @TempDir private Path folder;

  @Test
  void replacesItsLikeOnly() throws Exception {
    Path path = Files.writeString(folder.resolve("x"), "<!DOCTYPE html><p>of yesterday");
    ResultFile page = ResultFile.page("--out", path);
    page.check();
    page.write("<!doctype html><p>of today");
    assertThat(path).hasContent("<!doctype html><p>of today");
    ResultFile results = ResultFile.json(path);
    assertThatThrownBy(results::check)
        .isInstanceOf(CommandException.class)
        .hasMessageContainingAll("--json ", "is there already, and is no results file; ");
  }

  /** Minutes of measuring lie between the two. */
  @Test
  void whatComesIntoBeingMeanwhileStays() throws Exception {
    Path path = folder.resolve("x.json");
    ResultFile results = ResultFile.json(path);
    results.check();
    Files.writeString(path, "precious");
    assertThatThrownBy(() -> results.write("{}"))
        .isInstanceOf(IOException.class)
        .hasMessageContainingAll("x.json: is there already, and is no results file; name another");
    assertThat(path).hasContent("precious");
  }

  @Test
  void anEmptyFileIsNoLoss() throws Exception {
    Path path = Files.createFile(folder.resolve("x.json"));
    ResultFile.json(path).check();
    ResultFile.json(path).write("{}");
    assertThat(path).hasContent("{}");
  }
}
