package org.resnet4j.cuda.driver;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import jcuda.JCudaVersion;
import jcuda.driver.JCudaDriver;
import org.jspecify.annotations.Nullable;

/**
 * Loads the driver's binding and says whether a GPU can be used. Thread-safe.
 *
 * <p>JCuda unpacks its library to a fixed name in {@code java.io.tmpdir} and loads whatever already
 * lies there, which on a shared machine anybody may have put there. So the library is unpacked here
 * into a fresh folder that only this user can enter, and the property names that folder while JCuda
 * initialises. The folder is deleted as soon as the library is mapped. A {@code java.library.path}
 * that holds JCuda's library goes first, as JCuda defines: whoever starts the JVM sets it.
 */
public final class DriverNatives {
  private static final int MINIMUM_VERSION = 12000;
  private static final String DRIVER = "libcuda.so.1";

  /** A binding to what a library lacks ends the process; the version answers for the rest. */
  private static final List<String> ASKED_FIRST = List.of("cuDriverGetVersion", "cuInit");

  private static final String TEMPORARY = "java.io.tmpdir";

  private DriverNatives() {}

  /**
   * Loads what is needed on first use; asks the driver anew each time. Never throws because of a
   * missing driver.
   */
  public static DriverStatus status() {
    DriverStatus.Missing problem = Loaded.PROBLEM;
    if (problem != null) {
      return problem;
    }
    DriverApi api = new JCudaApi();
    try {
      int version = api.driverGetVersion();
      if (version < MINIMUM_VERSION) {
        return new DriverStatus.Missing(
            "the NVIDIA driver supports CUDA %s, needed is %s"
                .formatted(
                    DriverStatus.versionText(version), DriverStatus.versionText(MINIMUM_VERSION)),
            "install a newer NVIDIA driver (525 or later)");
      }
      api.init();
      if (api.deviceGetCount() == 0) {
        return new DriverStatus.Missing("the NVIDIA driver sees no GPU", DriverErrors.remedy(100));
      }
      return new DriverStatus.Usable(version);
    } catch (CudaException e) {
      return new DriverStatus.Missing(
          "the NVIDIA driver does not start: " + e.getMessage(), DriverErrors.remedy(e.code()));
    }
  }

  /** Once per JVM: a JNI library cannot be loaded a second time. */
  private static final class Loaded {
    static final DriverStatus.@Nullable Missing PROBLEM = load();
  }

  @SuppressWarnings("restricted")
  private static DriverStatus.@Nullable Missing load() {
    String platform = System.getProperty("os.name") + " " + System.getProperty("os.arch");
    if (!platform.equals("Linux amd64")) {
      return new DriverStatus.Missing(
          "the GPU backend runs on Linux amd64, this is " + platform, "use another backend");
    }
    Optional<Path> irregular = LoaderPath.irregular(DRIVER);
    if (irregular.isPresent()) {
      return new DriverStatus.Missing(
          irregular.get() + " is no regular file", "take its folder out of LD_LIBRARY_PATH");
    }
    try (Arena arena = Arena.ofConfined()) {
      SymbolLookup driver = SymbolLookup.libraryLookup(DRIVER, arena);
      for (String function : ASKED_FIRST) {
        if (driver.find(function).isEmpty()) {
          return new DriverStatus.Missing(
              DRIVER + " has no function " + function + ": it is no NVIDIA driver",
              "install the NVIDIA driver (525 or later), or take that file out of the loader's path");
        }
      }
    } catch (IllegalCallerException e) {
      return new DriverStatus.Missing(
          "this JVM does not let the GPU backend call native code: " + e.getMessage(),
          "add --enable-native-access=ALL-UNNAMED to the java command, on the module path"
              + " --enable-native-access=org.resnet4j.cuda,jcuda");
    } catch (IllegalArgumentException e) {
      return new DriverStatus.Missing(
          DRIVER + " cannot be loaded: " + e.getMessage(),
          "install the NVIDIA driver (525 or later), or start the container with GPU access");
    }
    return loadBinding();
  }

  private static DriverStatus.@Nullable Missing loadBinding() {
    String before = System.getProperty(TEMPORARY);
    Path folder = null;
    try {
      if (JCudaDriver.class.getClassLoader().getResource(resource()) == null) {
        return new DriverStatus.Missing(
            "JCuda's driver library is not on the class path: " + resource(),
            "add the jar org.jcuda:jcuda-natives:" + JCudaVersion.get() + ":linux-x86_64");
      }
      // The JDK reads the property once for its own temporary files: it must not see the
      // short-lived folder.
      Files.delete(File.createTempFile("resnet4j-", null).toPath());
      folder = unpack();
      System.setProperty(TEMPORARY, folder.toString());
      JCudaDriver.setExceptionsEnabled(false);
      return null;
    } catch (NoClassDefFoundError e) {
      return new DriverStatus.Missing(
          "JCuda is not on the class path: " + firstLine(e), "add the jar org.jcuda:jcuda");
    } catch (IOException | LinkageError e) {
      return new DriverStatus.Missing(
          "JCuda's driver library cannot be loaded: " + firstLine(e),
          "make sure that "
              + (before == null ? "the folder for temporary files" : before)
              + " is writable and allows execution, or set -Djava.io.tmpdir to such a folder");
    } finally {
      if (before == null) {
        System.clearProperty(TEMPORARY);
      } else {
        System.setProperty(TEMPORARY, before);
      }
      deleteUnpacked(folder);
    }
  }

  private static String resource() {
    return "lib/libJCudaDriver-" + JCudaVersion.get() + "-linux-x86_64.so";
  }

  /**
   * Copies JCuda's library into a new folder with mode 700. Returns the folder; the caller deletes
   * it.
   */
  static Path unpack() throws IOException {
    String resource = resource();
    Path folder =
        Files.createTempDirectory(
            "resnet4j-",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    try (InputStream library = JCudaDriver.class.getClassLoader().getResourceAsStream(resource)) {
      if (library == null) {
        throw new IOException(resource + " is not on the class path");
      }
      Files.copy(library, folder.resolve(Path.of(resource).getFileName()));
    } catch (IOException e) {
      deleteUnpacked(folder);
      throw e;
    }
    return folder;
  }

  /** A mapped library outlives its name, so this may follow the loading at once. */
  static void deleteUnpacked(@Nullable Path folder) {
    File[] files = folder == null ? null : folder.toFile().listFiles();
    if (folder == null || files == null) {
      return;
    }
    for (File file : files) {
      deleteNowOrAtExit(file);
    }
    deleteNowOrAtExit(folder.toFile());
  }

  private static void deleteNowOrAtExit(File file) {
    if (!file.delete()) {
      file.deleteOnExit();
    }
  }

  /** JCuda puts a stack trace and an essay into its message. */
  private static String firstLine(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return String.valueOf(root.getMessage()).lines().findFirst().orElse(root.toString());
  }
}
