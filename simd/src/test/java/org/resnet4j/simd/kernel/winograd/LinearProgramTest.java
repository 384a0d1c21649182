package org.resnet4j.simd.kernel.winograd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.resnet4j.simd.kernel.winograd.LinearProgram.Difference;
import org.resnet4j.simd.kernel.winograd.LinearProgram.MultiplyAdd;
import org.resnet4j.simd.kernel.winograd.LinearProgram.Scaled;
import org.resnet4j.simd.kernel.winograd.LinearProgram.Step;
import org.resnet4j.simd.kernel.winograd.LinearProgram.Sum;

class LinearProgramTest {
  @Test
  void computesTheMatrix() {
    double[] entries = {0, 0, 1, -1, 0.5, -0.5, 2};
    for (int seed = 0; seed < 500; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      double[][] matrix = new double[random.nextInt(1, 6)][random.nextInt(1, 7)];
      for (double[] row : matrix) {
        for (int j = 0; j < row.length; j++) {
          row[j] = entries[random.nextInt(entries.length)];
        }
        row[random.nextInt(row.length)] = 1;
      }
      double[] x = random.doubles(matrix[0].length, -1, 1).toArray();
      LinearProgram program = LinearProgram.of(matrix);
      List<Double> values = run(program, x);
      for (int i = 0; i < matrix.length; i++) {
        double expected = 0;
        for (int j = 0; j < x.length; j++) {
          expected += matrix[i][j] * x[j];
        }
        assertThat(values.get(program.results().get(i)))
            .as("seed %d, row %d", seed, i)
            .isCloseTo(expected, within(1e-13));
      }
    }
  }

  private static List<Double> run(LinearProgram program, double[] x) {
    List<Double> values = new ArrayList<>();
    for (double value : x) {
      values.add(value);
    }
    for (Step step : program.steps()) {
      values.add(
          switch (step) {
            case Sum(int a, int b) -> values.get(a) + values.get(b);
            case Difference(int a, int b) -> values.get(a) - values.get(b);
            case Scaled(int a, float factor) -> values.get(a) * factor;
            case MultiplyAdd(int a, float factor, int b) -> values.get(a) * factor + values.get(b);
          });
    }
    return values;
  }

  /** The counts that are known for these transforms: ncnn, Winograd F(4x4). */
  @Test
  void sharesWhatRowsAndColumnsHaveInCommon() {
    assertThat(LinearProgram.of(WinogradAxis.F4.inputMatrix()).steps()).hasSize(14);
    assertThat(LinearProgram.of(WinogradAxis.F4.outputMatrix()).steps()).hasSize(12);
    assertThat(LinearProgram.of(WinogradAxis.F2.inputMatrix()).steps()).hasSize(4);
    assertThat(LinearProgram.of(WinogradAxis.F2.outputMatrix()).steps()).hasSize(4);
  }

  @Test
  void usesOnlyWhatItsRowsNeed() {
    LinearProgram program = LinearProgram.of(new double[][] {{0, 2, 0, 1}});
    assertThat(program.used()).containsExactly(1, 3);
    assertThat(program.steps()).containsExactly(new MultiplyAdd(1, 2, 3));
    LinearProgram copy = LinearProgram.of(new double[][] {{0, 0, 1}});
    assertThat(copy.steps()).isEmpty();
    assertThat(copy.results()).containsExactly(2);
  }

  @Test
  void refusesARowOfZeros() {
    assertThatThrownBy(() -> LinearProgram.of(new double[][] {{0, 0}}))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void refusesWhatFloatWouldRound() {
    assertThatThrownBy(() -> LinearProgram.of(new double[][] {{1, 0.1}}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("0.1 is not exact in float");
  }
}
