package org.resnet4j.bench.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.resnet4j.bench.failure.CommandException;

class ResultFileTest {
  private static final String PAGE =
      "<!DOCTYPE html>\n<html><head><title>ResNet inference on X</title></head>";

  @TempDir private Path folder;

  @Test
  void replacesItsLikeOnly() throws Exception {
    Path path = Files.writeString(folder.resolve("x"), PAGE + "of yesterday");
    ResultFile page = ResultFile.page("--out", path);
    page.check();
    page.write(PAGE + "of today");
    assertThat(path).hasContent(PAGE + "of today");
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

  /** Many files are JSON objects and pages: models' configurations, notes, one's own page. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"architecture\": \"resnet18\"} | RESULTS",
        "{\"a\": {\"machine\": 1}} | RESULTS",
        "[] | RESULTS",
        "<!doctype html><title>My home page</title> | PAGE",
        "<html><title>ResNet inference on X</title> | PAGE",
      })
  void whatOthersHaveWrittenStays(String content, ResultFile.Kind kind) throws Exception {
    Path path = Files.writeString(folder.resolve("x"), content);
    ResultFile file = new ResultFile("--out", path, kind);
    assertThatThrownBy(file::check)
        .isInstanceOf(CommandException.class)
        .hasMessageContaining("is there already, and is no ");
    assertThatThrownBy(() -> file.write("{}")).isInstanceOf(IOException.class);
    assertThat(path).hasContent(content);
  }

  @Test
  void resultsMayBeIndented() throws Exception {
    Path path = Files.writeString(folder.resolve("x"), "{\n  \"machine\" : {}}");
    ResultFile.json(path).check();
  }

  /** Whoever owns the folder could replace it, and would not know what. */
  @Test
  void whatMayNotBeReadStays() throws Exception {
    Path path = Files.writeString(folder.resolve("x"), "precious");
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("-w-------"));
    assumeFalse(Files.isReadable(path), "root reads all");
    assertThatThrownBy(ResultFile.json(path)::check).hasMessageContaining("may not be read");
  }
}
