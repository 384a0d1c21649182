package org.resnet4j.simd;

import java.lang.foreign.MemorySegment;

/**
 * Memory segments of callers: the one around an array, kept from run to run, since most callers use
 * one array again.
 */
final class Segments {
  /** Any thread but the caller's stands for all workers. */
  private static final Thread SOMEBODY =
      Thread.ofPlatform().inheritInheritableThreadLocals(false).unstarted(() -> {});

  private static final float[] NO_DATA = {};

  private float[] array = NO_DATA;
  private MemorySegment segment = MemorySegment.NULL;

  /** Whether workers may access a segment: a confined one belongs to the thread that made it. */
  static boolean sharable(MemorySegment segment) {
    return segment.isAccessibleBy(SOMEBODY);
  }

  /** A segment of all of {@code data}. */
  @SuppressWarnings("ReferenceEquality") // the same array, whatever it holds
  MemorySegment around(float[] data) {
    if (data != array) {
      array = data;
      segment = MemorySegment.ofArray(data);
    }
    return segment;
  }

  /** Keeps the caller's array no longer. */
  void forget() {
    array = NO_DATA;
    segment = MemorySegment.NULL;
  }
}
