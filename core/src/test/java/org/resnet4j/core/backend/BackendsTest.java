package org.resnet4j.core.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BackendsTest {
  private final ClassLoader before = Thread.currentThread().getContextClassLoader();

  @TempDir private Path folder;

  @AfterEach
  void restore() {
    Thread.currentThread().setContextClassLoader(before);
  }

  private static List<String> names() {
    return Backends.providers().stream().map(BackendProvider::name).toList();
  }

  /** As in a plug-in or an application server, where callers' threads know other classes. */
  @Test
  void areFoundWhereThisLibraryLies() {
    assertThat(names()).contains("reference").doesNotHaveDuplicates();
    Thread.currentThread().setContextClassLoader(ClassLoader.getPlatformClassLoader());
    assertThat(names()).contains("reference");
    Thread.currentThread().setContextClassLoader(null);
    assertThat(names()).contains("reference");
    Backends.open("reference", BackendOptions.defaults()).close();
  }

  /** Somebody else's mistake hides no backend. */
  @Test
  void anEntryThatNamesNoneIsPassedOver() throws IOException {
    Path services = Files.createDirectories(folder.resolve("META-INF/services"));
    Files.writeString(
        services.resolve(BackendProvider.class.getName()), "org.example.Gone\njava.lang.String\n");
    URL[] urls = {folder.toUri().toURL()};
    try (URLClassLoader loader = new URLClassLoader(urls, before)) {
      Thread.currentThread().setContextClassLoader(loader);
      assertThat(names()).contains("reference").doesNotHaveDuplicates();
      Backends.open("reference", BackendOptions.defaults()).close();
      assertThatThrownBy(() -> Backends.open("none", BackendOptions.defaults()))
          .isInstanceOf(BackendUnavailableException.class)
          .hasMessageContainingAll("passed over", "org.example.Gone", "found: reference");
    }
  }
}
