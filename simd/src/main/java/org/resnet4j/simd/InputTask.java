package org.resnet4j.simd;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.function.Supplier;
import org.resnet4j.simd.kernel.BlockedCopy;
import org.resnet4j.simd.kernel.BlockedLayout;
import org.resnet4j.simd.kernel.Parallel;

/**
 * The first step: copies the caller's NCHW images into the input's layout and clears its halo. An
 * item of work is a strip of rows of one image, of which each channel is one copy into the worker's
 * staging array and one pass over the strip's pixels.
 */
final class InputTask implements BoundStep, Parallel.Task {
  /** Rows in a strip: few enough that an RGB strip stays in the L1 cache. */
  private static final int STRIP = 8;

  /** Any thread but the caller's stands for all workers. */
  private static final Thread SOMEBODY = Thread.ofPlatform().unstarted(() -> {});

  private final BlockedLayout layout;
  private final int offset;
  private final float[] arena;
  private final Supplier<MemorySegment> input;
  private final Parallel parallel;
  private final int strips;
  private final float[][] staging;

  private MemorySegment source = MemorySegment.NULL;

  InputTask(
      BlockedLayout layout,
      int offset,
      float[] arena,
      Supplier<MemorySegment> input,
      Parallel parallel) {
    this.layout = layout;
    this.offset = offset;
    this.arena = arena;
    this.input = input;
    this.parallel = parallel;
    this.strips = Math.ceilDiv(layout.height(), STRIP);
    int rows = Math.min(STRIP, layout.height());
    this.staging = new float[parallel.threads()][layout.channels() * rows * layout.width()];
  }

  @Override
  public void run(int batch) {
    MemorySegment given = input.get();
    // A confined segment belongs to the thread that made it.
    Parallel able = given.isAccessibleBy(SOMEBODY) ? parallel : Parallel.SERIAL;
    source = given;
    try {
      able.run(batch * strips, this);
    } finally {
      source = MemorySegment.NULL;
    }
    layout.clearHalo(arena, offset, batch);
  }

  @Override
  public void run(int item, int worker) {
    int image = item / strips;
    int first = item % strips * STRIP;
    int rows = Math.min(STRIP, layout.height() - first);
    int count = rows * layout.width();
    float[] strip = staging[worker];
    for (int channel = 0; channel < layout.channels(); channel++) {
      long plane = (long) image * layout.channels() + channel;
      long from = (plane * layout.height() + first) * layout.width();
      MemorySegment.copy(
          source,
          ValueLayout.JAVA_FLOAT_UNALIGNED,
          from * Float.BYTES,
          strip,
          channel * count,
          count);
    }
    for (int row = 0; row < rows; row++) {
      BlockedCopy.packRow(
          strip, row * layout.width(), count, layout, arena, offset, image, first + row);
    }
  }
}
