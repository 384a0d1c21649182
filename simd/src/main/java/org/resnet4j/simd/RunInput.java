package org.resnet4j.simd;

import java.lang.foreign.MemorySegment;

/** What the run in flight reads, for the step that copies it. */
final class RunInput {
  /** The caller's NCHW images. */
  MemorySegment source = MemorySegment.NULL;

  /** Index of the chunk's first image. */
  int chunkStart;
}
