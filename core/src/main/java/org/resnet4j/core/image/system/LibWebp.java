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
 * Three functions of libwebp, of any version since 0.5. Immutable and thread-safe.
 *
 * @param getInfo {@code int WebPGetInfo(const uint8_t*, size_t, int* width, int* height)}
 * @param decodeRgb {@code uint8_t* WebPDecodeRGB(const uint8_t*, size_t, int* width, int* height)}
 * @param free {@code void WebPFree(void*)}
 */
public record LibWebp(MethodHandle getInfo, MethodHandle decodeRgb, MethodHandle free) {
  /** On Linux, macOS and Windows; {@code libwebpdecoder} is the decoder without the encoder. */
  private static final List<String> NAMES =
      List.of(
          "libwebp.so.7",
          "libwebpdecoder.so.3",
          "libwebp.7.dylib",
          "/opt/homebrew/lib/libwebp.7.dylib",
          "/usr/local/lib/libwebp.7.dylib",
          "libwebp-7.dll",
          "libwebp.dll");

  private static final FunctionDescriptor GET_INFO =
      FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, ADDRESS, ADDRESS);
  private static final FunctionDescriptor DECODE_RGB =
      FunctionDescriptor.of(ADDRESS, ADDRESS, JAVA_LONG, ADDRESS, ADDRESS);
  private static final FunctionDescriptor FREE = FunctionDescriptor.ofVoid(ADDRESS);

  private static volatile @Nullable LibWebp loaded;

  /**
   * The library, loaded for the life of the JVM when it is first asked for.
   *
   * @throws NoLibraryException if there is none, or native access is forbidden
   */
  public static LibWebp get() throws NoLibraryException {
    LibWebp known = loaded;
    if (known == null) {
      known = load(NAMES);
      loaded = known;
    }
    return known;
  }

  static LibWebp load(List<String> names) throws NoLibraryException {
    return SystemLibrary.bind(
        "libwebp",
        names,
        "install it (Debian: apt install libwebp7)",
        library ->
            new LibWebp(
                library.function("WebPGetInfo", GET_INFO),
                library.function("WebPDecodeRGB", DECODE_RGB),
                library.function("WebPFree", FREE)));
  }

  /**
   * Decodes a WebP file of one picture.
   *
   * @param file whole, its lengths checked
   * @param width that the file is known to have; {@code 3 * width * height} fits an array
   * @return {@code height * width * 3} bytes, R, G, B, rows from top to bottom; null if the library
   *     finds anything wrong, or other extents
   * @throws OutOfMemoryError if the JVM has no room for them
   */
  public byte @Nullable [] decode(byte[] file, int width, int height) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment data = arena.allocateFrom(JAVA_BYTE, file);
      MemorySegment extents = arena.allocate(JAVA_INT, 2);
      MemorySegment second = extents.asSlice(JAVA_INT.byteSize());
      if ((int) getInfo.invokeExact(data, data.byteSize(), extents, second) == 0
          || !equal(extents, width, height)) {
        return null;
      }
      MemorySegment pixels =
          (MemorySegment) decodeRgb.invokeExact(data, data.byteSize(), extents, second);
      if (pixels.address() == 0) {
        return null;
      }
      try {
        return equal(extents, width, height) ? copy(pixels, 3L * width * height) : null;
      } finally {
        free.invokeExact(pixels);
      }
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("libwebp", e); // no function declares one
    }
  }

  private static boolean equal(MemorySegment extents, int width, int height) {
    return extents.getAtIndex(JAVA_INT, 0) == width && extents.getAtIndex(JAVA_INT, 1) == height;
  }

  @SuppressWarnings("restricted")
  private static byte[] copy(MemorySegment pixels, long bytes) {
    return pixels.reinterpret(bytes).toArray(JAVA_BYTE);
  }
}
