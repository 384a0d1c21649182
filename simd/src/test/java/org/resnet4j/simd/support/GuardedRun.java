package org.resnet4j.simd.support;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.resnet4j.simd.kernel.conv.BoundConv;
import org.resnet4j.simd.kernel.conv.ConvKernel;
import org.resnet4j.simd.kernel.conv.ConvShape;
import org.resnet4j.simd.kernel.layout.BlockedLayout;
import org.resnet4j.simd.kernel.layout.Parallel;
import org.resnet4j.simd.kernel.layout.Workspace;
import org.resnet4j.simd.machine.MachineModel;

/**
 * Runs a bound convolution in an array where every float that is not the convolution's to use is
 * poisoned, and compares the whole array with what it must hold afterwards, bit for bit.
 *
 * <pre>
 *   guard | x | guard | residual | guard | y | guard
 * </pre>
 *
 * <p>The residual may also lie in y. Poisoned are: guards of {@value #GUARD} floats, the images
 * that a layout has room for but a run does not ask for, x's halo beyond the padding, the
 * residual's halo, and all of y. The poison is NaN, which shows in what it was read for, or a
 * fraction, which also shows what was added to it.
 */
public final class GuardedRun {
  public static final int GUARD = 64;
  private static final float FRACTION = 0.3f;

  /** Three workers that take the items from the last to the first. */
  public static final Parallel BACKWARDS =
      new Parallel() {
        @Override
        public int threads() {
          return 3;
        }

        @Override
        public void run(int items, Task task) {
          for (int item = items - 1; item >= 0; item--) {
            task.run(item, item % threads());
          }
        }
      };

  private final ConvProblem problem;
  private final BlockedLayout in;
  private final BlockedLayout out;
  private final BlockedLayout other;
  private final int inAt;
  private final int otherAt;
  private final int outAt;
  private final float[] before;
  private final float[] after;
  private final float[] data;

  /** For kernels that read the kernels' blocks. */
  public GuardedRun(ConvProblem problem) {
    this(problem, BlockedLayout.BLOCK);
  }

  /**
   * Halos, spare images and the kind of poison follow from the problem's seed.
   *
   * @param block of the input; a residual that is the input is a copy of it unless this is the
   *     kernels' block
   */
  public GuardedRun(ConvProblem problem, int block) {
    this.problem = problem;
    ConvShape shape = problem.shape();
    int variant = (int) (problem.seed() % 36);
    int room = problem.batch() + variant % 2;
    int wide = variant / 2 % 3 == 0 ? 1 : 0;
    this.in =
        new BlockedLayout(
            shape.inChannels(), room, shape.height(), shape.width(), shape.padding() + wide, block);
    this.out =
        new BlockedLayout(
            shape.outChannels(), room, shape.outHeight(), shape.outWidth(), variant / 6 % 3);
    boolean same = problem.residual() == problem.x() && block == BlockedLayout.BLOCK;
    boolean inPlace = problem.residual() != null && !same && problem.seed() % 7 < 3;
    this.other =
        same
            ? in
            : inPlace
                ? out
                : new BlockedLayout(
                    shape.outChannels(), room, shape.outHeight(), shape.outWidth(), variant / 18);
    this.inAt = GUARD;
    int inEnd = inAt + Math.toIntExact(in.size());
    boolean separate = problem.residual() != null && !same && !inPlace;
    this.outAt = GUARD + (separate ? inEnd + GUARD + Math.toIntExact(other.size()) : inEnd);
    this.otherAt = same ? inAt : separate ? inEnd + GUARD : outAt;
    this.before = new float[outAt + Math.toIntExact(out.size()) + GUARD];
    Arrays.fill(before, problem.seed() % 5 < 3 ? Float.NaN : FRACTION);
    fillInput();
    if (separate) {
      put(problem.residual(), other, otherAt, before);
    }
    this.after = before.clone();
    if (inPlace) {
      put(problem.residual(), other, otherAt, before);
    }
    this.data = new float[before.length];
  }

  private void fillInput() {
    int pad = problem.shape().padding();
    for (int block = 0; block < in.blocks(); block++) {
      for (int image = 0; image < problem.batch(); image++) {
        for (int row = -pad; row < in.height() + pad; row++) {
          int at = inAt + in.index(block, image, row, -pad);
          Arrays.fill(before, at, at + (in.width() + 2 * pad) * in.block(), 0f);
        }
      }
    }
    put(problem.x(), in, inAt, before);
  }

  /** Writes NCHW values, and zeros for the channels that pad the last block. */
  private void put(float[] nchw, BlockedLayout layout, int offset, float[] to) {
    int block = layout.block();
    int from = 0;
    for (int image = 0; image < problem.batch(); image++) {
      for (int channel = 0; channel < layout.blocks() * block; channel++) {
        for (int row = 0; row < layout.height(); row++) {
          int at = offset + layout.index(channel / block, image, row, 0) + channel % block;
          for (int column = 0; column < layout.width(); column++, at += block) {
            to[at] = channel < layout.channels() ? nchw[from++] : 0f;
          }
        }
      }
    }
  }

  /** Sets what the output must be, NCHW. */
  public GuardedRun expect(float[] nchw) {
    for (int block = 0; block < out.blocks(); block++) {
      int first = outAt + out.index(block, 0, -out.halo(), -out.halo());
      Arrays.fill(after, first, first + problem.batch() * out.imageStride(), 0f);
    }
    put(nchw, out, outAt, after);
    return this;
  }

  /** Lays the operands out for a kernel. */
  public BoundConv bind(ConvKernel kernel, Parallel parallel) {
    return kernel.bind(
        in,
        out,
        problem.residual() == null ? null : other,
        new Workspace(parallel, MachineModel.PORTABLE));
  }

  /** Convolves once. */
  public GuardedRun run(BoundConv conv) {
    System.arraycopy(before, 0, data, 0, data.length);
    call(conv);
    return this;
  }

  /** Leaves NaN in whatever memory {@code conv} keeps between runs. */
  public void stain(BoundConv conv) {
    Arrays.fill(data, Float.NaN);
    call(conv);
  }

  private void call(BoundConv conv) {
    try {
      conv.run(problem.batch(), data, inAt, outAt, problem.residual() == null ? 0 : otherAt);
    } catch (IndexOutOfBoundsException e) {
      throw new AssertionError(name() + " left the array", e);
    }
  }

  private String name() {
    return "%s, batch %d, seed %d".formatted(problem.shape(), problem.batch(), problem.seed());
  }

  /** The output, NCHW. */
  public float[] output() {
    float[] nchw = new float[problem.results()];
    int block = out.block();
    int to = 0;
    for (int image = 0; image < problem.batch(); image++) {
      for (int channel = 0; channel < out.channels(); channel++) {
        for (int row = 0; row < out.height(); row++) {
          int at = outAt + out.index(channel / block, image, row, 0) + channel % block;
          for (int column = 0; column < out.width(); column++, at += block) {
            nchw[to++] = data[at];
          }
        }
      }
    }
    return nchw;
  }

  /** Compares the whole array; {@code what} begins the message. */
  public void check(String what) {
    long at = MemorySegment.ofArray(data).mismatch(MemorySegment.ofArray(after));
    if (at >= 0) {
      int index = (int) (at / Float.BYTES);
      throw new AssertionError(
          "%s, %s: index %d, %s, is %s, expected %s"
              .formatted(name(), what, index, place(index), data[index], after[index]));
    }
  }

  private String place(int index) {
    if (index >= outAt && index < outAt + out.size()) {
      return "y " + place(out, index - outAt);
    }
    if (index >= inAt && index < inAt + in.size()) {
      return "x " + place(in, index - inAt);
    }
    if (problem.residual() != null && index >= otherAt && index < otherAt + other.size()) {
      return "residual " + place(other, index - otherAt);
    }
    return "a guard";
  }

  private static String place(BlockedLayout layout, int index) {
    return "(image %d, channel %d, row %d, column %d)"
        .formatted(
            index % layout.blockStride() / layout.imageStride(),
            index / layout.blockStride() * layout.block() + index % layout.block(),
            index % layout.imageStride() / layout.rowStride() - layout.halo(),
            index % layout.rowStride() / layout.block() - layout.halo());
  }
}
