package org.resnet4j.simd.kernel.grouped;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.resnet4j.simd.kernel.conv.ConvAlgorithm;
import org.resnet4j.simd.kernel.conv.ConvKernel;
import org.resnet4j.simd.kernel.conv.ConvShape;
import org.resnet4j.simd.kernel.layout.BlockedLayout;
import org.resnet4j.simd.kernel.layout.Floor;
import org.resnet4j.simd.kernel.layout.Parallel;
import org.resnet4j.simd.machine.CpuFeatures;
import org.resnet4j.simd.machine.VectorWidth;
import org.resnet4j.simd.support.ConvProblem;
import org.resnet4j.simd.support.ConvProblem.Numbers;
import org.resnet4j.simd.support.ConvProblem.Residual;
import org.resnet4j.simd.support.GuardedRun;

/**
 * What is {@link Grouped}'s own: its order of terms, and that groups know nothing of each other.
 */
class GroupedTest {
  static Stream<ConvShape> shapes() {
    return Stream.of(1, 2, 4, 8)
        .flatMap(group ->
            Stream.of(
                new ConvShape(32, 32, 6, 17, 3, 1, 1, 32 / group),
                new ConvShape(32, 32, 7, 30, 3, 2, 1, 32 / group),
                new ConvShape(16, 16, 8, 9, 5, 1, 2, 16 / group)));
  }

  /** The contract: width, threads and the cut into tiles change no bit of the defined order. */
  @ParameterizedTest
  @MethodSource("shapes")
  void termsAreAddedInTheDocumentedOrder(ConvShape shape) {
    ConvProblem problem =
        ConvProblem.random(Numbers.SIGNED, shape, 2, true, Residual.SEPARATE, true, 7);
    GuardedRun run = new GuardedRun(problem).expect(expected(problem));
    for (VectorWidth width : VectorWidth.values()) {
      ConvKernel kernel = problem.pack(ConvAlgorithm.GROUPED, width);
      run.run(run.bind(kernel, Parallel.SERIAL)).check("one thread at " + width);
      run.run(run.bind(kernel, GuardedRun.BACKWARDS)).check("three threads at " + width);
    }
  }

  private static float[] expected(ConvProblem problem) {
    ConvShape shape = problem.shape();
    float[] y = new float[problem.results()];
    for (int n = 0; n < problem.batch(); n++) {
      for (int k = 0; k < shape.outChannels(); k++) {
        for (int i = 0; i < shape.outHeight(); i++) {
          for (int j = 0; j < shape.outWidth(); j++) {
            int at = problem.index(n, k, i, j);
            float sum = sum(problem, n, k, i, j) + problem.bias()[k] + problem.residual()[at];
            y[at] = Math.max(sum, 0f);
          }
        }
      }
    }
    return y;
  }

  private static float sum(ConvProblem problem, int n, int k, int i, int j) {
    boolean fused = CpuFeatures.current().fma();
    ConvShape shape = problem.shape();
    float sum = 0f;
    for (int r = 0; r < shape.kernel(); r++) {
      for (int c = 0; c < shape.inChannelsPerGroup(); c++) {
        for (int s = 0; s < shape.kernel(); s++) {
          float x = problem.input(n, problem.firstInput(k) + c, i, j, r, s);
          float w = problem.weight(k, c, r, s);
          sum = fused ? Math.fma(x, w, sum) : x * w + sum;
        }
      }
    }
    return sum;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4, 8})
  void aBadValueStaysInItsGroup(int group) {
    ConvShape shape = new ConvShape(32, 32, 5, 6, 3, 1, 1, 32 / group);
    int channel = new SplittableRandom(group).nextInt(32);
    for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
      ConvProblem problem =
          ConvProblem.random(Numbers.SIGNED, shape, 1, true, Residual.NONE, false, 5);
      problem.x()[channel * 30 + 8] = bad; // row 1, column 2
      for (VectorWidth width : VectorWidth.values()) {
        GuardedRun run = new GuardedRun(problem);
        ConvKernel kernel = problem.pack(ConvAlgorithm.GROUPED, width);
        float[] y = run.run(run.bind(kernel, Parallel.SERIAL)).output();
        for (int k = 0; k < 32; k++) {
          for (int p = 0; p < 30; p++) {
            boolean sees = k / group == channel / group && p / 6 <= 2 && p % 6 >= 1 && p % 6 <= 3;
            assertThat(Float.isFinite(y[k * 30 + p]))
                .as("%s, channel %d, pixel %d at %s", bad, k, p, width)
                .isEqualTo(!sees);
          }
        }
      }
    }
  }

  /** {@code a*a - (a*a rounded)} is nothing but the rounding that a fused multiply-add omits. */
  @ParameterizedTest
  @EnumSource
  void multipliesAndAddsWhereThereIsNoFma(VectorWidth width) {
    int lanes = width.lanes();
    float a = 1 + 0x1p-12f;
    float[] x = new float[2 * BlockedLayout.BLOCK];
    Arrays.fill(x, 0, BlockedLayout.BLOCK, -(a * a));
    Arrays.fill(x, BlockedLayout.BLOCK, x.length, a);
    float[] w = new float[4 * lanes];
    Arrays.fill(w, 0, lanes, 1f);
    Arrays.fill(w, lanes, 2 * lanes, a);
    float[] zeros = new float[BlockedLayout.BLOCK];
    float[] floor = Floor.of(true);
    GroupedSpec spec = new GroupedSpec(width, 1, 1, 2, 1, false);
    for (boolean fused : new boolean[] {true, false}) {
      float[] y = new float[BlockedLayout.BLOCK];
      GroupedKernels.define(spec, fused).run(x, 0, 0, zeros, w, 0, y, 0, zeros, 0, floor, zeros, 0);
      assertThat(y[lanes - 1]).isEqualTo(fused ? 0x1p-24f : 0f);
    }
  }

  @ParameterizedTest
  @EnumSource
  void plainLoopsGiveTheSameBits(VectorWidth width) {
    SplittableRandom random = new SplittableRandom(6);
    float[] x = reals(random, 20 * BlockedLayout.BLOCK);
    float[] w = reals(random, 8 * 9 * width.lanes());
    float[] bias = reals(random, BlockedLayout.BLOCK);
    float[] floor = Floor.of(true);
    float[] residual = reals(random, 2 * BlockedLayout.BLOCK);
    for (int group : new int[] {1, 2, 4, 8}) {
      float[] from = new float[group * width.lanes()];
      for (int i = 0; i < from.length; i++) {
        int lane = i % width.lanes();
        from[i] = lane - lane % Math.min(group, width.lanes()) + i / width.lanes() % width.lanes();
      }
      GroupedSpec spec = new GroupedSpec(width, 2, group, 3, 2, true);
      float[] y = new float[2 * BlockedLayout.BLOCK];
      float[] plain = y.clone();
      int row = 6 * BlockedLayout.BLOCK;
      GroupedKernels.define(spec, true)
          .run(x, 0, row, from, w, 0, y, 0, bias, 0, floor, residual, 0);
      new ScalarGrouped(spec, true)
          .run(x, 0, row, from, w, 0, plain, 0, bias, 0, floor, residual, 0);
      assertThat(plain).isEqualTo(y).isNotEqualTo(new float[y.length]);
    }
  }

  private static float[] reals(SplittableRandom random, int size) {
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = (float) random.nextDouble(-1, 1);
    }
    return values;
  }

  @Test
  void namesSayWhatAKernelIs() {
    GroupedSpec spec = new GroupedSpec(VectorWidth.BITS_512, 7, 4, 3, 2, true);
    assertThat(spec.className()).isEqualTo("Grouped4_7x3x3_512_s2_residual");
    assertThat(GroupedKernels.get(spec)).isSameAs(GroupedKernels.get(spec));
  }
}
