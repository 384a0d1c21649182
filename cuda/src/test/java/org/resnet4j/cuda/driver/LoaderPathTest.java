package org.resnet4j.cuda.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.resnet4j.cuda.library.NotLoadedException;
import org.resnet4j.cuda.library.SharedLibrary;

@DisabledOnOs(OS.WINDOWS)
@Timeout(20)
class LoaderPathTest {
  private static final String NAME = "libsome.so.1";

  @TempDir private Path folder;

  private Path pipe(String inside) throws Exception {
    Path pipe = Files.createDirectories(folder.resolve(inside)).resolve(NAME);
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    return pipe;
  }

  /** Opening it would wait for a writer for ever. */
  @Test
  void aPipeWithALibrarysNameIsFound() throws Exception {
    Path pipe = pipe("pipes");
    Path empty = Files.createDirectories(folder.resolve("empty"));
    assertThat(LoaderPath.irregular(NAME, empty + ":" + pipe.getParent())).contains(pipe);
    assertThat(LoaderPath.irregular(NAME, empty + "::\0")).isEmpty();
    assertThat(LoaderPath.irregular(NAME, "")).isEmpty();
  }

  @Test
  void behindALibraryItIsNeverOpened() throws Exception {
    Path pipe = pipe("pipes");
    Path file = Files.createDirectories(folder.resolve("files")).resolve(NAME);
    Files.writeString(file, "a library");
    assertThat(LoaderPath.irregular(NAME, file.getParent() + ":" + pipe.getParent())).isEmpty();
  }

  @Test
  void aNamedPipeIsNotOpened() throws Exception {
    Path pipe = pipe("pipes");
    assertThatThrownBy(() -> SharedLibrary.open(pipe))
        .isInstanceOf(NotLoadedException.class)
        .hasMessageContaining("is no regular file");
  }
}
