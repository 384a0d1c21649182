package org.resnet4j.cuda.conv;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;
import org.resnet4j.core.tensor.Tensor;
import org.resnet4j.cuda.kernels.ElementType;

/**
 * Parameters as a {@link ConvProblem} has them in memory, rounded to nearest even. The weights of
 * added input channels are 0. Stateless.
 */
public final class FilterPacking {
  private FilterPacking() {}

  /**
   * {@code target[k][r][s][c] = weight[k][c][r][s]}.
   *
   * @param weight KCRS, or KC of a linear layer; no more input channels than the problem
   * @param target as long as {@link ConvProblem#filterBytes}
   * @throws IllegalArgumentException if sizes do not fit
   */
  public static void filter(ConvProblem problem, Tensor weight, MemorySegment target) {
    int outChannels = weight.dim(0);
    int inChannels = weight.dim(1);
    int taps = problem.window().kernel() * problem.window().kernel();
    boolean fits =
        outChannels == problem.outChannels()
            && inChannels <= problem.inChannelsPerGroup()
            && weight.size() == (long) outChannels * inChannels * taps
            && target.byteSize() == problem.filterBytes();
    if (!fits) {
      throw new IllegalArgumentException(
          weight + " in " + target.byteSize() + " bytes does not fit " + problem);
    }
    target.fill((byte) 0);
    ElementType type = problem.type();
    float[] source = weight.data();
    for (int k = 0; k < outChannels; k++) {
      for (int tap = 0; tap < taps; tap++) {
        int from = k * inChannels * taps + tap;
        long to = ((long) k * taps + tap) * problem.inChannelsPerGroup();
        for (int c = 0; c < inChannels; c++) {
          type.set(target, to + c, source[from + c * taps]);
        }
      }
    }
  }

  /**
   * The bias in float32, zeros if there is none.
   *
   * @param target as long as {@link ConvProblem#biasBytes}
   * @throws IllegalArgumentException if sizes do not fit
   */
  public static void bias(ConvProblem problem, @Nullable Tensor bias, MemorySegment target) {
    boolean fits = bias == null || bias.size() == problem.outChannels();
    if (!fits || target.byteSize() != problem.biasBytes()) {
      throw new IllegalArgumentException(
          bias + " in " + target.byteSize() + " bytes does not fit " + problem);
    }
    if (bias == null) {
      target.fill((byte) 0);
    } else {
      MemorySegment.copy(bias.data(), 0, target, JAVA_FLOAT_UNALIGNED, 0, bias.size());
    }
  }
}
