package org.resnet4j.simd.kernel;

import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.resnet4j.simd.kernel.conv.BoundConv;
import org.resnet4j.simd.kernel.conv.ConvAlgorithm;
import org.resnet4j.simd.kernel.conv.ConvKernel;
import org.resnet4j.simd.kernel.conv.ConvShape;
import org.resnet4j.simd.kernel.layout.Parallel;
import org.resnet4j.simd.machine.VectorWidth;
import org.resnet4j.simd.support.ConvProblem;
import org.resnet4j.simd.support.ConvProblem.Numbers;
import org.resnet4j.simd.support.ConvProblem.Residual;
import org.resnet4j.simd.support.GuardedRun;
import org.resnet4j.simd.support.IntegerOracle;

/**
 * Convolutions called until C2 has compiled all of their kernels: each call must give the first
 * one's bits. Strides beyond 3 belong to no network and no other test, so that their kernels are
 * new here and the first calls are interpreted.
 */
class ConvAfterJitTest {
  private static final int CALLS = 20_000;
  private static final int CHECK_EVERY = 500;

  static Stream<Arguments> cases() {
    return Stream.of(VectorWidth.values())
        .flatMap(width ->
            Stream.concat(
                Stream.of(
                        new ConvShape(33, 17, 3, 5, 1, 1, 0, 1),
                        new ConvShape(17, 24, 7, 9, 1, 5, 0, 1),
                        new ConvShape(20, 16, 9, 6, 3, 4, 1, 1),
                        new ConvShape(32, 32, 4, 3, 3, 1, 1, 32))
                    .map(shape -> Arguments.of(shape, ConvAlgorithm.IMPLICIT_GEMM, width)),
                Stream.of(
                    Arguments.of(
                        new ConvShape(3, 18, 5, 7, 3, 2, 1, 1), ConvAlgorithm.IM2COL_GEMM, width),
                    Arguments.of(
                        new ConvShape(32, 32, 3, 2, 1, 1, 0, 1),
                        ConvAlgorithm.STRASSEN_GEMM,
                        width),
                    Arguments.of(
                        new ConvShape(16, 16, 2, 3, 3, 1, 1, 1), ConvAlgorithm.WINOGRAD_2X2, width),
                    Arguments.of(
                        new ConvShape(16, 16, 3, 3, 3, 2, 1, 1), ConvAlgorithm.WINOGRAD_2X2, width),
                    Arguments.of(
                        new ConvShape(16, 16, 4, 2, 3, 1, 1, 1), ConvAlgorithm.WINOGRAD_4X2, width),
                    Arguments.of(
                        new ConvShape(16, 16, 4, 4, 3, 1, 1, 1), ConvAlgorithm.WINOGRAD_4X4, width),
                    Arguments.of(
                        new ConvShape(3, 33, 9, 30, 5, 4, 2, 1), ConvAlgorithm.DIRECT_STEM, width),
                    Arguments.of(
                        new ConvShape(16, 16, 5, 8, 3, 3, 1, 16), ConvAlgorithm.GROUPED, width),
                    Arguments.of(
                        new ConvShape(16, 16, 4, 9, 5, 3, 2, 4), ConvAlgorithm.GROUPED, width),
                    Arguments.of(
                        new ConvShape(32, 32, 3, 7, 3, 3, 1, 4), ConvAlgorithm.GROUPED, width))));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void keepsTheFirstCallsBits(ConvShape shape, ConvAlgorithm algorithm, VectorWidth width) {
    ConvProblem integers = problem(Numbers.INTEGERS, shape, true);
    ConvProblem reals = problem(Numbers.SIGNED, shape, false);
    ConvKernel exactKernel = integers.pack(algorithm, width);
    ConvKernel roundedKernel = reals.pack(algorithm, width);
    GuardedRun exact = new GuardedRun(integers, exactKernel.inputBlock());
    GuardedRun rounded = new GuardedRun(reals, roundedKernel.inputBlock());
    BoundConv exactConv = exact.bind(exactKernel, Parallel.SERIAL);
    BoundConv roundedConv = rounded.bind(roundedKernel, Parallel.SERIAL);
    exact.expect(
        roundsIntegers(algorithm)
            ? exact.run(exactConv).output()
            : new IntegerOracle(integers).expected());
    rounded.expect(rounded.run(roundedConv).output());
    String what = algorithm + " at " + width + ", call ";
    for (int call = 0; call <= CALLS; call++) {
      rounded.run(roundedConv);
      if (call % CHECK_EVERY == 0) {
        rounded.check(what + call);
        exact.run(exactConv).check(what + call);
      }
    }
  }

  /** Whether the transforms multiply by fractions that a float does not have. */
  private static boolean roundsIntegers(ConvAlgorithm algorithm) {
    return algorithm == ConvAlgorithm.WINOGRAD_4X2 || algorithm == ConvAlgorithm.WINOGRAD_4X4;
  }

  private static ConvProblem problem(Numbers numbers, ConvShape shape, boolean relu) {
    return ConvProblem.random(numbers, shape, 1, true, Residual.SEPARATE, relu, 3);
  }
}
