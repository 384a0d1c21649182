package org.resnet4j.golden;

import java.nio.charset.StandardCharsets;

/** Stub. */
final class SyntheticValues {
  private static final long GAMMA = 0x9E3779B97F4A7C15L;

  private SyntheticValues() {}

  static float[] fill(String name, long seed, double lo, double hi, int size) {
    long key = key(name, seed);
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      double u = (mix(key + (i + 1) * GAMMA) >>> 40) * 0x1p-24;
      values[i] = (float) (lo + (hi - lo) * u);
    }
    return values;
  }

  static long position(String name, long seed, long j, long size) {
    return (mix(key(name, seed) + (j + 1) * GAMMA) >>> 1) % size;
  }

  private static long key(String name, long seed) {
    long hash = 0xcbf29ce484222325L;
    for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ (b & 0xff)) * 0x100000001b3L;
    }
    return hash ^ (seed * GAMMA);
  }

  private static long mix(long z) {
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
