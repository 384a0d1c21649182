package org.resnet4j.simd;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.resnet4j.core.tensor.SampleTable;
import org.resnet4j.simd.Placement.Value;
import org.resnet4j.simd.kernel.layout.BlockedLayout;
import org.resnet4j.simd.kernel.layout.Parallel;

/**
 * The first step: copies the caller's images into the input's layout and clears its halo. An item
 * of work is a strip of rows of one image, of which each channel is one copy into the worker's
 * staging array, or one reading of its samples, and one pass over the strip's pixels.
 */
final class InputTask implements BoundStep, Parallel.Task {
  /** Rows in a strip: few enough that an RGB strip stays in the L1 cache. */
  private static final int STRIP = 8;

  private final Value to;
  private final BlockedLayout layout;
  private final Activations arena;
  private final RunInput input;
  private final Parallel parallel;
  private final int strips;
  private final float[][] staging;

  // The part in flight.
  private int offset;
  private int firstImage;

  InputTask(Value to, Activations arena, RunInput input, Parallel parallel) {
    this.to = to;
    this.layout = to.layout();
    this.arena = arena;
    this.input = input;
    this.parallel = parallel;
    this.strips = Math.ceilDiv(layout.height(), STRIP);
    int rows = Math.min(STRIP, layout.height());
    this.staging = new float[parallel.threads()][layout.channels() * rows * layout.width()];
  }

  @Override
  public void compute(int first, int count) {
    offset = to.at(first);
    firstImage = input.chunkStart + first;
    Parallel able = Segments.sharable(input.source) ? parallel : Parallel.SERIAL;
    able.run(count * strips, this);
    arena.clearHalo(to, offset, count);
  }

  @Override
  public void run(int item, int worker) {
    int image = item / strips;
    int first = item % strips * STRIP;
    int rows = Math.min(STRIP, layout.height() - first);
    int count = rows * layout.width();
    float[] strip = staging[worker];
    SampleTable table = input.table;
    if (table == null) {
      copy(firstImage + image, first, count, strip);
    } else {
      long pixel = ((firstImage + (long) image) * layout.height() + first) * layout.width();
      table.readPixels(input.source, pixel * layout.channels(), count, strip, 0);
    }
    for (int row = 0; row < rows; row++) {
      arena.packRow(strip, row * layout.width(), count, layout, offset, image, first + row);
    }
  }

  /** A strip's rows of floats, channel by channel. */
  private void copy(int image, int first, int count, float[] strip) {
    for (int channel = 0; channel < layout.channels(); channel++) {
      long plane = (long) image * layout.channels() + channel;
      long from = (plane * layout.height() + first) * layout.width();
      MemorySegment.copy(
          input.source,
          ValueLayout.JAVA_FLOAT_UNALIGNED,
          from * Float.BYTES,
          strip,
          channel * count,
          count);
    }
  }
}
