package org.resnet4j.simd.machine;

/**
 * Where in an array of floats a cache line begins, if the JVM places the array itself on one. A
 * vector of 512 bits that lies across two lines takes two accesses.
 *
 * <p>HotSpot places arrays on lines where it is started with {@code -XX:ObjectAlignmentInBytes=64}.
 * Otherwise those that are large enough to have regions (G1) or pages (ZGC) of their own begin
 * there, and the others on any multiple of 8 bytes.
 */
public final class CacheLine {
  /** Floats in a line, on x86 and on most others. */
  private static final int FLOATS = 16;

  /** Index of the first float on a line. */
  public static final int FIRST = FLOATS - headerBytes() / Float.BYTES;

  private CacheLine() {}

  /** Floats of an array from the first on a line on. */
  public static long floats(float[] array) {
    return (long) array.length - FIRST;
  }

  /** Of an array: what the object begins with, and the length. */
  private static int headerBytes() {
    return JvmFlags.current().map(CacheLine::headerBytes).orElse(16);
  }

  private static int headerBytes(JvmFlags flags) {
    if (flags.isOn("UseCompactObjectHeaders", false)) {
      return 12;
    }
    return flags.isOn("UseCompressedClassPointers", true) ? 16 : 20;
  }
}
