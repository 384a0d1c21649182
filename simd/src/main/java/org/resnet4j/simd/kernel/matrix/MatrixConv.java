package org.resnet4j.simd.kernel.matrix;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.resnet4j.core.backend.InsufficientMemoryException;
import org.resnet4j.core.text.Digits;
import org.resnet4j.simd.kernel.conv.ConvChecks;
import org.resnet4j.simd.kernel.conv.ConvShape;
import org.resnet4j.simd.kernel.layout.Bfloat16;
import org.resnet4j.simd.kernel.layout.BlockedLayout;
import org.resnet4j.simd.kernel.layout.Tiny;
import org.resnet4j.simd.kernel.layout.Workspace;
import org.resnet4j.simd.machinecode.NativeMemory;

/**
 * A convolution with its weights packed for matrix units: {@code y = round(relu(conv(x, w) + bias +
 * residual))} on activations in bfloat16, in blocks of {@value #BLOCK} channels. Sums, bias and
 * residual are added in float32, and rounded once. Immutable and thread-safe.
 *
 * <p>k runs in steps of up to 32 terms. A step is one block of input channels at one tap; tap by
 * tap, block by block. An image of at most {@value #STEM_BLOCK} channels lies pixel-interleaved in
 * blocks of {@value #STEM_BLOCK}, and a step is a row of the window.
 *
 * <p>The weights of 32 output channels are a panel: for each step two tiles of 16 channels, whose
 * rows hold two terms of each channel.
 *
 * <pre>
 *   [K/32][step][2][16 pairs of terms][16 channels][2 terms]
 * </pre>
 *
 * <p>Any convolution. Groups of fewer than 32 channels are computed as one group with weights of
 * zero between them: what is infinite or NaN in one reaches the others of its block.
 */
public final class MatrixConv {
  /** Channels that lie together. */
  public static final int BLOCK = 32;

  /** Channels that lie together in an image. */
  static final int STEM_BLOCK = 4;

  /** Weights of one step. */
  static final int STEP_BYTES = 2048;

  private static final long FLOOR_BYTES = 64;

  /** Terms in a row of a tile. */
  private static final int MOST_TERMS = 32;

  private final ConvShape shape;
  private final boolean stem;
  private final UnitKind kind;
  private final boolean floats;
  private final Panel[] panels;
  private final MemorySegment weights;
  private final MemorySegment bias;
  private final MemorySegment floor;

  /**
   * What 32 output channels read.
   *
   * @param firstBlock of input channels
   * @param steps of k
   * @param offset of its weights in bytes
   */
  record Panel(int firstBlock, int steps, long offset) {}

  private MatrixConv(
      ConvShape shape,
      UnitKind kind,
      boolean stem,
      boolean floats,
      Panel[] panels,
      MemorySegment weights,
      MemorySegment bias,
      MemorySegment floor) {
    this.shape = shape;
    this.stem = stem;
    this.kind = kind;
    this.floats = floats;
    this.panels = panels;
    this.weights = weights;
    this.bias = bias;
    this.floor = floor;
  }

  /** Whether a convolution reads its image pixel-interleaved, if nothing else reads it. */
  public static boolean isStem(ConvShape shape) {
    return shape.groups() == 1
        && shape.inChannels() <= STEM_BLOCK
        && shape.kernel() * STEM_BLOCK <= MOST_TERMS;
  }

  /**
   * Packs weights.
   *
   * @param kind of unit that computes it
   * @param stem whether the input lies pixel-interleaved; only if {@link #isStem}
   * @param weight OIHW, {@code [K, C/groups, R, S]}; not kept
   * @param bias {@code [K]} or null
   * @param relu whether negative results become 0
   * @param floats whether results are float32
   * @throws IllegalArgumentException if an array has another length than the shape says
   * @throws InsufficientMemoryException if there is no memory for the packed weights, of which each
   *     group of {@value #BLOCK} channels is whole
   */
  public static MatrixConv pack(
      UnitKind kind,
      ConvShape shape,
      boolean stem,
      float[] weight,
      float @Nullable [] bias,
      boolean relu,
      boolean floats) {
    ConvChecks.checkParameters(shape, weight, bias);
    Panel[] panels = new Panel[blocksFor(shape.outChannels())];
    long bytes = 0;
    int most = 0;
    for (int k = 0; k < panels.length; k++) {
      int last = Math.min((k + 1) * BLOCK, shape.outChannels()) - 1;
      int firstBlock = shape.firstInput(k * BLOCK) / BLOCK;
      int end = blocksFor(shape.firstInput(last) + shape.inChannelsPerGroup());
      int steps = stem ? shape.kernel() : Math.multiplyExact(end - firstBlock, shape.taps());
      panels[k] = new Panel(firstBlock, steps, bytes);
      bytes += (long) steps * STEP_BYTES;
      most = Math.max(most, steps);
    }
    MemorySegment packed;
    short[] panel;
    try {
      panel = new short[Math.multiplyExact(most, STEP_BYTES / Bfloat16.BYTES)];
      packed = NativeMemory.allocate(bytes);
    } catch (OutOfMemoryError | ArithmeticException e) {
      InsufficientMemoryException insufficient =
          new InsufficientMemoryException(
              "the weights of a "
                  + shape.kernel()
                  + "x"
                  + shape.kernel()
                  + " convolution of "
                  + shape.inChannels()
                  + " to "
                  + shape.outChannels()
                  + " channels take "
                  + Digits.megabytes(bytes)
                  + " as the matrix unit reads them, and "
                  + Digits.wholeMegabytes(NativeMemory.left())
                  + " are left beside the heap; raise the heap, which bounds that, too, or compute"
                  + " in float32");
      insufficient.initCause(e);
      throw insufficient;
    }
    for (int k = 0; k < panels.length; k++) {
      Arrays.fill(panel, (short) 0);
      int end = Math.min((k + 1) * BLOCK, shape.outChannels());
      for (int out = k * BLOCK; out < end; out++) {
        if (stem) {
          packStem(shape, weight, out, panel);
        } else {
          pack(shape, weight, out, panels[k].firstBlock * BLOCK, panel);
        }
      }
      MemorySegment.copy(
          panel,
          0,
          packed,
          ValueLayout.JAVA_SHORT,
          panels[k].offset,
          panels[k].steps * STEP_BYTES / Bfloat16.BYTES);
    }
    MemorySegment padded = NativeMemory.allocate((long) panels.length * BLOCK * Float.BYTES);
    if (bias != null) {
      for (int out = 0; out < bias.length; out++) {
        padded.setAtIndex(ValueLayout.JAVA_FLOAT, out, Tiny.dropped(bias[out]));
      }
    }
    MemorySegment least = NativeMemory.allocate(FLOOR_BYTES);
    for (long at = 0; at < FLOOR_BYTES; at += Float.BYTES) {
      least.set(ValueLayout.JAVA_FLOAT, at, relu ? 0f : Float.NEGATIVE_INFINITY);
    }
    return new MatrixConv(shape, kind, stem, floats, panels, packed, padded, least);
  }

  /** Blocks that hold so many channels. */
  static int blocksFor(int channels) {
    return Math.ceilDiv(channels, BLOCK);
  }

  /** Where a weight lies in its panel. */
  private static int index(int step, int term, int out) {
    int column = out % BLOCK;
    return step * (STEP_BYTES / Bfloat16.BYTES)
        + column / 16 * 512
        + term / 2 * 32
        + column % 16 * 2
        + term % 2;
  }

  private static void pack(
      ConvShape shape, float[] weight, int out, int firstChannel, short[] panel) {
    int from = out * shape.inChannelsPerGroup() * shape.taps();
    int first = shape.firstInput(out) - firstChannel;
    for (int c = first; c < first + shape.inChannelsPerGroup(); c++) {
      for (int tap = 0; tap < shape.taps(); tap++) {
        panel[index(c / BLOCK * shape.taps() + tap, c % BLOCK, out)] =
            Bfloat16.round(weight[from++]);
      }
    }
  }

  private static void packStem(ConvShape shape, float[] weight, int out, short[] panel) {
    int from = out * shape.inChannels() * shape.taps();
    for (int c = 0; c < shape.inChannels(); c++) {
      for (int r = 0; r < shape.kernel(); r++) {
        for (int s = 0; s < shape.kernel(); s++) {
          panel[index(r, s * STEM_BLOCK + c, out)] = Bfloat16.round(weight[from++]);
        }
      }
    }
  }

  /** The convolution. */
  public ConvShape shape() {
    return shape;
  }

  /** Bytes of packed weights. */
  public long weightBytes() {
    return weights.byteSize();
  }

  /** Multiply-adds it does for one image: each weight meets each output pixel. */
  public long multiplyAdds() {
    return weightBytes() / Bfloat16.BYTES * shape.outHeight() * shape.outWidth();
  }

  /** The halo the input must have. */
  public int inputHalo() {
    return shape.padding();
  }

  /** The channels that must lie together in the input. */
  public int inputBlock() {
    return stem ? STEM_BLOCK : BLOCK;
  }

  /** Whether the input lies pixel-interleaved. */
  boolean stem() {
    return stem;
  }

  /** What computes it. */
  public UnitKind kind() {
    return kind;
  }

  /** Whether results are float32. */
  public boolean floats() {
    return floats;
  }

  Panel[] panels() {
    return panels;
  }

  MemorySegment weights() {
    return weights;
  }

  MemorySegment bias() {
    return bias;
  }

  /** What results are at least, 16 times. */
  MemorySegment floor() {
    return floor;
  }

  /**
   * Fixes the layouts.
   *
   * @param residual layout of the residual, or null for none
   * @throws IllegalArgumentException if a layout does not fit the shape
   */
  public MatrixConvCall bind(
      BlockedLayout x, BlockedLayout y, @Nullable BlockedLayout residual, Workspace workspace) {
    ConvChecks.checkLayouts(shape, x, y, residual, inputHalo(), inputBlock(), BLOCK);
    return new MatrixConvCall(this, x, y, residual, workspace);
  }
}
