package org.resnet4j.bench.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.resnet4j.bench.failure.CommandException;

class LedgerTest {
  @TempDir private Path folder;

  private static Ledger<Integer> of(Path file) throws IOException, CommandException {
    return new Ledger<>(
        0, List.of(new Ledger.Copy<>(ResultFile.json(file), number -> "{\"machine\": " + number)));
  }

  @Test
  void aFileHoldsWhatWasAddedLast() throws IOException, CommandException {
    Path file = folder.resolve("results");
    try (Ledger<Integer> ledger = of(file)) {
      assertThat(file).doesNotExist();
      ledger.update(number -> number + 1);
      assertThat(file).content().isEqualTo("{\"machine\": 1");
      ledger.update(number -> number + 1);
    }
    assertThat(file).content().isEqualTo("{\"machine\": 2");
  }

  /** What an earlier run has measured is worth more than nothing. */
  @Test
  void aRunThatAddsNothingLeavesTheFileAlone() throws IOException, CommandException {
    Path file = Files.writeString(folder.resolve("results"), "{\"machine\": \"yesterday\"}");
    of(file).close();
    assertThat(file).content().isEqualTo("{\"machine\": \"yesterday\"}");
  }

  @Test
  void aFileThatCannotBeWrittenIsRefusedAtOnce() {
    assertThatThrownBy(() -> of(folder.resolve("missing/results"))).isInstanceOf(IOException.class);
  }
}
