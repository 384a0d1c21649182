package org.resnet4j.bench.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class OrtLibrariesTest {
  private static final String PROPERTY = "onnxruntime.native.path";

  /** A jar whose files hold their names. */
  private static final class Jar extends ClassLoader {
    private final String missing;

    Jar(String missing) {
      this.missing = missing;
    }

    @Override
    public @Nullable InputStream getResourceAsStream(String name) {
      return name.endsWith(missing)
          ? null
          : new ByteArrayInputStream(name.getBytes(StandardCharsets.UTF_8));
    }
  }

  @Test
  void areThereWhileTheyAreLoadedAndGoneAfterwards() throws Exception {
    AtomicReference<@Nullable Path> folder = new AtomicReference<>();
    OrtLibraries.load(
        new Jar("?"),
        "native/",
        () -> {
          Path here = Path.of(System.getProperty(PROPERTY));
          folder.set(here);
          assertThat(here.resolve("libonnxruntime.so")).hasContent("native/libonnxruntime.so");
          assertThat(here.resolve("libonnxruntime4j_jni.so")).isNotEmptyFile();
        });
    assertThat(folder.get()).isNotNull().doesNotExist();
    assertThat(System.getProperty(PROPERTY)).isNull();
  }

  @Test
  void nothingStaysWhereTheyCannotBeLoaded() {
    AtomicReference<@Nullable Path> folder = new AtomicReference<>();
    assertThatThrownBy(() ->
            OrtLibraries.load(
                new Jar("?"),
                "native/",
                () -> {
                  folder.set(Path.of(System.getProperty(PROPERTY)));
                  throw new UnsatisfiedLinkError("no");
                }))
        .isInstanceOf(UnsatisfiedLinkError.class);
    assertThat(folder.get()).isNotNull().doesNotExist();
    assertThat(System.getProperty(PROPERTY)).isNull();
    assertThatThrownBy(() -> OrtLibraries.load(new Jar("jni.so"), "native/", () -> {}))
        .isInstanceOf(ClassNotFoundException.class)
        .hasMessage("native/libonnxruntime4j_jni.so");
    assertThat(System.getProperty(PROPERTY)).isNull();
  }
}
