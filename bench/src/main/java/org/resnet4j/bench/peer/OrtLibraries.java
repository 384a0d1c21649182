package org.resnet4j.bench.peer;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * ONNX Runtime's libraries, in a folder of ours while they are loaded. It would leave its own
 * behind, which it has the JVM delete before what is in it.
 */
final class OrtLibraries {
  private static final String FOLDER_PROPERTY = "onnxruntime.native.path";
  private static final List<String> NAMES = List.of("libonnxruntime.so", "libonnxruntime4j_jni.so");

  private static boolean loaded;

  private OrtLibraries() {}

  /** What loads them from where the property says. */
  @FunctionalInterface
  interface Loading {
    void run() throws ReflectiveOperationException;
  }

  /**
   * Loads them, if nobody has in this process, and it is Linux; elsewhere it may do it alone.
   *
   * @param loader of its jar
   * @throws IOException if they cannot be written
   */
  static synchronized void load(ClassLoader loader, Loading loading)
      throws IOException, ReflectiveOperationException {
    String place = place();
    if (!loaded && place != null && System.getProperty(FOLDER_PROPERTY) == null) {
      load(loader, place, loading);
      loaded = true;
    }
  }

  /** Loads them from a place in the jar. */
  static void load(ClassLoader loader, String place, Loading loading)
      throws IOException, ReflectiveOperationException {
    Path folder = Files.createTempDirectory("resnet4j-");
    folder.toFile().deleteOnExit();
    System.setProperty(FOLDER_PROPERTY, folder.toString());
    try {
      for (String name : NAMES) {
        Path file = folder.resolve(name);
        file.toFile().deleteOnExit(); // before its folder: who is named last goes first
        try (InputStream library = loader.getResourceAsStream(place + name)) {
          if (library == null) {
            throw new ClassNotFoundException(place + name);
          }
          Files.copy(library, file);
        }
      }
      loading.run();
    } finally {
      System.clearProperty(FOLDER_PROPERTY);
      for (String name : NAMES) {
        Files.deleteIfExists(folder.resolve(name)); // what is loaded stays
      }
      Files.delete(folder);
    }
  }

  /** Where the jar has them for this system; null for none that this knows. */
  private static @Nullable String place() {
    return switch (System.getProperty("os.name") + " " + System.getProperty("os.arch")) {
      case "Linux amd64" -> "ai/onnxruntime/native/linux-x64/";
      case "Linux aarch64" -> "ai/onnxruntime/native/linux-aarch64/";
      default -> null;
    };
  }
}
