package org.resnet4j.bench.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.resnet4j.bench.failure.CommandException;
import org.resnet4j.core.file.WholeFile;

class OutputFileTest {
  private static final WholeFile.Content NEW =
      WholeFile.Content.of("new".getBytes(StandardCharsets.UTF_8));

  @TempDir private Path folder;

  @Test
  void whatComesIntoBeingMeanwhileStaysUnlessItMayBeReplaced() throws Exception {
    Path path = folder.resolve("x.npy");
    OutputFile file = new OutputFile(path, false);
    file.check();
    Files.writeString(path, "precious");
    assertThatThrownBy(() -> file.write(NEW))
        .isInstanceOf(CommandException.class)
        .hasMessageContaining("x.npy: exists already; ");
    assertThatThrownBy(file::check).isInstanceOf(CommandException.class);
    assertThat(path).hasContent("precious");
    new OutputFile(path, true).check();
    new OutputFile(path, true).write(NEW);
    assertThat(path).hasContent("new");
    Files.delete(path);
    file.write(NEW);
    assertThat(path).hasContent("new");
    assertThat(folder)
        .isDirectoryContaining("glob:**/x.npy")
        .isDirectoryNotContaining("glob:**.tmp");
  }
}
