package org.resnet4j.core.image.system;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Three functions of libjpeg-turbo's TurboJPEG, of version 2 or 3. Immutable and thread-safe.
 *
 * @param create {@code tjhandle tjInitDecompress(void)}
 * @param decompress {@code int tjDecompress2(tjhandle, const unsigned char*, unsigned long,
 *     unsigned char*, int width, int pitch, int height, int pixelFormat, int flags)}
 * @param destroy {@code int tjDestroy(tjhandle)}
 */
public record LibTurboJpeg(MethodHandle create, MethodHandle decompress, MethodHandle destroy) {
  /** {@code unsigned long} has 64 bits there; elsewhere the decoder in Java serves. */
  private static final List<String> NAMES =
      List.of(
          "libturbojpeg.so.0",
          "libturbojpeg.0.dylib",
          "/opt/homebrew/lib/libturbojpeg.0.dylib",
          "/usr/local/lib/libturbojpeg.0.dylib");

  private static final FunctionDescriptor CREATE = FunctionDescriptor.of(ADDRESS);
  private static final FunctionDescriptor DECOMPRESS =
      FunctionDescriptor.of(
          JAVA_INT, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT,
          JAVA_INT);
  private static final FunctionDescriptor DESTROY = FunctionDescriptor.of(JAVA_INT, ADDRESS);

  private static final int RGB = 0;

  /** The slow inverse transform, which is libjpeg's; any warning ends the decoding. */
  private static final int FLAGS = 4096 | 8192;

  private static volatile @Nullable LibTurboJpeg loaded;

  /**
   * The library, loaded for the life of the JVM when it is first asked for.
   *
   * @throws NoLibraryException if there is none, or native access is forbidden
   */
  public static LibTurboJpeg get() throws NoLibraryException {
    LibTurboJpeg known = loaded;
    if (known == null) {
      known = load(NAMES);
      loaded = known;
    }
    return known;
  }

  /** Whether it may be called unasked: nobody is warned of native code who did not ask for it. */
  public static boolean isAllowed() {
    return LibTurboJpeg.class.getModule().isNativeAccessEnabled();
  }

  /** Whether the library is there, which takes less than to bind its functions. */
  public static boolean isThere() {
    return loaded != null || SystemLibrary.isThere(NAMES);
  }

  static LibTurboJpeg load(List<String> names) throws NoLibraryException {
    return SystemLibrary.bind(
        "libturbojpeg",
        names,
        "install it (Debian: apt install libturbojpeg0)",
        library ->
            new LibTurboJpeg(
                library.function("tjInitDecompress", CREATE),
                library.function("tjDecompress2", DECOMPRESS),
                library.function("tjDestroy", DESTROY)));
  }

  /**
   * Decodes a JPEG.
   *
   * @param jpeg whole, its segments checked
   * @param width that the file is known to have; {@code 3 * width * height} fits an array
   * @return {@code height * width * 3} bytes, R, G, B, rows from top to bottom; null if the library
   *     finds anything wrong
   * @throws OutOfMemoryError if there is no room for them
   */
  public byte @Nullable [] decode(byte[] jpeg, int width, int height) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment data = arena.allocateFrom(JAVA_BYTE, jpeg);
      MemorySegment pixels = arena.allocate(3L * width * height);
      MemorySegment handle = (MemorySegment) create.invokeExact();
      if (handle.address() == 0) {
        return null;
      }
      try {
        int failure =
            (int)
                decompress.invokeExact(
                    handle, data, data.byteSize(), pixels, width, 3 * width, height, RGB, FLAGS);
        return failure == 0 ? pixels.toArray(JAVA_BYTE) : null;
      } finally {
        int _ = (int) destroy.invokeExact(handle);
      }
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("libturbojpeg", e); // no function declares one
    }
  }
}
