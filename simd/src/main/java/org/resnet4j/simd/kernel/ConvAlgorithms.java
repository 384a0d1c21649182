package org.resnet4j.simd.kernel;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.resnet4j.simd.kernel.conv.ConvAlgorithm;
import org.resnet4j.simd.kernel.conv.ConvChecks;
import org.resnet4j.simd.kernel.conv.ConvKernel;
import org.resnet4j.simd.kernel.conv.ConvShape;
import org.resnet4j.simd.kernel.direct.DirectStem;
import org.resnet4j.simd.kernel.direct.Im2colGemm;
import org.resnet4j.simd.kernel.direct.ImplicitGemm;
import org.resnet4j.simd.kernel.grouped.Grouped;
import org.resnet4j.simd.kernel.layout.BlockedLayout;
import org.resnet4j.simd.kernel.strassen.Strassen;
import org.resnet4j.simd.kernel.winograd.Winograd;
import org.resnet4j.simd.machine.MachineModel;
import org.resnet4j.simd.machine.VectorWidth;

/**
 * Who knows every way to compute a convolution: which of them apply to a shape, which one is
 * chosen, and how weights are packed for it. Another algorithm is entered here, in {@link
 * CostModel} and in {@link ConvAlgorithm}.
 */
public final class ConvAlgorithms {
  private ConvAlgorithms() {}

  /**
   * The algorithm for a convolution, by its shape and the kind of processor alone: the choice is
   * part of what makes results reproducible.
   */
  public static ConvAlgorithm choose(ConvShape shape, MachineModel machine) {
    return DirectStem.applies(shape) ? ConvAlgorithm.DIRECT_STEM : chooseBlocked(shape, machine);
  }

  /**
   * The same for input that must lie in blocks of {@link BlockedLayout#BLOCK} channels, since
   * another kernel writes it or reads it too.
   */
  public static ConvAlgorithm chooseBlocked(ConvShape shape, MachineModel machine) {
    return shape.groups() == 1 && shape.inChannels() <= DirectStem.MAX_CHANNELS
        ? ConvAlgorithm.IM2COL_GEMM
        : new CostModel(machine).cheapest(shape, blocked(shape));
  }

  /**
   * Those for input in blocks that are worth a comparison. {@code IM2COL_GEMM} allocates in each
   * run and is several times slower on any shape that is not its own.
   */
  public static List<ConvAlgorithm> blocked(ConvShape shape) {
    return applicable(shape).stream()
        .filter(each -> each != ConvAlgorithm.IM2COL_GEMM && each != ConvAlgorithm.DIRECT_STEM)
        .toList();
  }

  /**
   * What {@link CostModel} expects of an algorithm, in milliseconds, by which it is chosen.
   *
   * @param algorithm one that applies
   * @param batch images of a run
   * @param threads that share the work
   */
  public static double expectedMillis(
      ConvShape shape, ConvAlgorithm algorithm, MachineModel machine, int batch, int threads) {
    double cycles = new CostModel(machine).cycles(shape, algorithm, batch);
    return cycles / (machine.gigahertz() * 1e6 * threads);
  }

  /** The algorithms that can compute a convolution, in the order of their declaration. */
  public static List<ConvAlgorithm> applicable(ConvShape shape) {
    return Arrays.stream(ConvAlgorithm.values())
        .filter(algorithm -> applies(algorithm, shape))
        .toList();
  }

  private static boolean applies(ConvAlgorithm algorithm, ConvShape shape) {
    return switch (algorithm) {
      case IM2COL_GEMM, IMPLICIT_GEMM -> true;
      case STRASSEN_GEMM -> Strassen.applies(shape);
      case WINOGRAD_2X2, WINOGRAD_4X2, WINOGRAD_4X4 -> Winograd.applies(shape, algorithm);
      case DIRECT_STEM -> DirectStem.applies(shape);
      case GROUPED -> Grouped.applies(shape);
    };
  }

  /**
   * Packs weights.
   *
   * @param weight OIHW, {@code [K, C/groups, R, S]}; not kept
   * @param bias {@code [K]} or null
   * @param relu whether negative results become 0
   * @throws IllegalArgumentException if an array has another length than the shape says, or the
   *     algorithm cannot compute it: see {@link #applicable}
   */
  public static ConvKernel pack(
      ConvShape shape,
      ConvAlgorithm algorithm,
      VectorWidth width,
      float[] weight,
      float @Nullable [] bias,
      boolean relu) {
    ConvChecks.checkParameters(shape, weight, bias);
    return switch (algorithm) {
      case IM2COL_GEMM -> Im2colGemm.pack(shape, width, weight, bias, relu);
      case IMPLICIT_GEMM -> ImplicitGemm.pack(shape, width, weight, bias, relu);
      case STRASSEN_GEMM -> Strassen.pack(shape, width, weight, bias, relu);
      case WINOGRAD_2X2, WINOGRAD_4X2, WINOGRAD_4X4 ->
          Winograd.pack(shape, algorithm, width, weight, bias, relu);
      case DIRECT_STEM -> DirectStem.pack(shape, width, weight, bias, relu);
      case GROUPED -> Grouped.pack(shape, width, weight, bias, relu);
    };
  }
}
