package org.resnet4j.cuda.cudnn;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.resnet4j.cuda.library.LibraryFinder;
import org.resnet4j.cuda.library.LibraryQuery;
import org.resnet4j.cuda.library.LibraryStatus;
import org.resnet4j.cuda.library.MissingFunctionException;
import org.resnet4j.cuda.library.NativeCalls;
import org.resnet4j.cuda.library.NativeFunction;
import org.resnet4j.cuda.library.SharedLibrary;

/**
 * NVIDIA's compiler at run time, with which cuDNN makes most of its fused engines. cuDNN asks the
 * loader for it by bare name, and it for its builtins, so both have to be loaded before cuDNN needs
 * them; without it cuDNN declines those engines and says nothing. Immutable and thread-safe.
 * Source: NVIDIA, NVRTC user guide; cuDNN installation guide, "prerequisites".
 *
 * @param versionText for example {@code 12.9}
 * @param location the file, or the bare soname if the loader knew where
 */
public record Nvrtc(String versionText, String location) {
  private static final NativeFunction VERSION =
      NativeFunction.of("nvrtcVersion", "h:major", "h:minor");

  /** Of CUDA. */
  private static final int LATEST_MAJOR = 13;

  private static final String BUILTINS = "libnvrtc-builtins.so.";

  /**
   * Finds and opens the compiler of cuDNN's CUDA version with its builtins. Never throws because
   * there is none.
   *
   * @param cudaVersion that cuDNN was built for, for example 12090; if neither it nor a driver is
   *     there, any that is more than that of the latest known
   * @param named file or folder that the user named, or null
   */
  public static LibraryStatus<Nvrtc> load(
      LibraryFinder finder, int cudaVersion, @Nullable Path named) {
    LibraryQuery query = query(Math.min(cudaVersion / 1000, LATEST_MAJOR));
    return switch (finder.find(query, named)) {
      case LibraryStatus.Missing<SharedLibrary>(String reason, String remedy) ->
          new LibraryStatus.Missing<>(reason, remedy);
      case LibraryStatus.Usable<SharedLibrary>(SharedLibrary library) -> bind(library, query);
    };
  }

  private static LibraryQuery query(int major) {
    return new LibraryQuery(
        "NVRTC",
        List.of("libnvrtc.so." + major),
        "RESNET4J_NVRTC",
        "install NVRTC of CUDA %s (for example the pip package %s), without which cuDNN lacks most"
                .formatted(major, major < 13 ? "nvidia-cuda-nvrtc-cu12" : "nvidia-cuda-nvrtc")
            + " of its fused engines",
        List.of(BUILTINS + major + "*"));
  }

  private static LibraryStatus<Nvrtc> bind(SharedLibrary library, LibraryQuery query) {
    String version;
    try (Arena arena = Arena.ofConfined()) {
      NativeCalls calls =
          NativeCalls.bind(
              library.symbols(),
              List.of(VERSION),
              (_, status) -> new NativeCalls.Meaning("nvrtcResult " + status, ""));
      MemorySegment numbers = arena.allocate(ValueLayout.JAVA_INT, 2);
      calls.call(VERSION, numbers, numbers.asSlice(Integer.BYTES));
      version =
          numbers.getAtIndex(ValueLayout.JAVA_INT, 0)
              + "."
              + numbers.getAtIndex(ValueLayout.JAVA_INT, 1);
    } catch (MissingFunctionException e) {
      return new LibraryStatus.Missing<>(
          library.location() + " is not NVRTC: " + e.getMessage(), query.remedy());
    }
    Set<Path> builtins = SharedLibrary.loaded(BUILTINS + version);
    if (builtins.isEmpty() && library.location().contains("/")) {
      return new LibraryStatus.Missing<>(
          "%s%s is not beside %s, which cannot compile without"
              .formatted(BUILTINS, version, library.location()),
          query.remedy());
    }
    return new LibraryStatus.Usable<>(new Nvrtc(version, library.location()));
  }
}
