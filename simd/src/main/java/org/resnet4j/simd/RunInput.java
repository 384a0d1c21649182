package org.resnet4j.simd;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;
import org.resnet4j.core.tensor.SampleTable;

/** What the run in flight reads, for the step that copies it. */
final class RunInput {
  /** The caller's images: NCHW floats, or NHWC samples if there is a table. */
  MemorySegment source = MemorySegment.NULL;

  /** What samples mean; null for floats. */
  @Nullable SampleTable table;

  /** Index of the chunk's first image. */
  int chunkStart;
}
