package org.resnet4j.simd.kernel.grouped;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.resnet4j.simd.kernel.layout.BlockedLayout;
import org.resnet4j.simd.kernel.layout.Floor;
import org.resnet4j.simd.kernel.tile.TileKernels;
import org.resnet4j.simd.machine.VectorWidth;

/** In each width that is machine code here; {@code GroupedTest} has whole maps. */
class MachineGroupedTest {
  private static final int PIXEL = BlockedLayout.BLOCK;

  private static List<VectorWidth> widths() {
    return Arrays.stream(VectorWidth.values()).filter(TileKernels::areMachineCode).toList();
  }

  /** Every group and extent, from one row up to as many as the registers hold. */
  static Stream<GroupedSpec> specs() {
    return widths().stream()
        .flatMap(width ->
            Stream.of(1, 2, 4, 8)
                .flatMap(group ->
                    Stream.of(1, 2, 3, 5, 7)
                        .flatMap(taps ->
                            Stream.of(1, 3, GroupedCode.maxRows(width, taps))
                                .flatMap(rows ->
                                    Stream.of(
                                        new GroupedSpec(width, rows, group, taps, 1, rows == 3),
                                        new GroupedSpec(
                                            width, rows, group, taps, 2, rows != 3))))));
  }

  @ParameterizedTest
  @MethodSource("specs")
  void plainLoopsGiveTheSameBits(GroupedSpec spec) {
    SplittableRandom random = new SplittableRandom(spec.hashCode());
    int lanes = spec.width().lanes();
    int pieces = 3;
    int xNext = spec.rows() * spec.stride() * PIXEL;
    int yNext = spec.rows() * PIXEL;
    int row = pieces * xNext + spec.taps() * PIXEL + 5;
    float[] from = new float[spec.group() * lanes]; // of which machine code needs nothing
    float[] x = reals(random, 16 + spec.taps() * row);
    float[] w = reals(random, 7 + spec.group() * spec.taps() * spec.taps() * lanes);
    float[] bias = reals(random, 3 + lanes);
    float[] residual = reals(random, 16 + pieces * yNext);
    float[] floor = Floor.of(spec.stride() == 1);
    float[] expected = reals(random, 16 + pieces * yNext);
    float[] actual = expected.clone();
    new ScalarGrouped(spec, true)
        .runAll(
            pieces, xNext, yNext, x, 4, row, from, w, 7, expected, 8, bias, 3, floor, residual, 6);
    new MachineGrouped(spec)
        .runAll(
            pieces, xNext, yNext, x, 4, row, from, w, 7, actual, 8, bias, 3, floor, residual, 6);
    assertThat(actual).isEqualTo(expected);
  }

  /** Machine code would read or write beyond. */
  @ParameterizedTest
  @CsvSource({
    "2, 32, 32, 50, 240, 0, 0, 0, 0", "2, 32, 32, -1, 240, 0, 0, 0, 0",
    "2, 65, 32, 0, 240, 0, 0, 0, 0", "3, 32, 32, 0, 240, 0, 0, 0, 0",
    "2, 32, 65, 0, 240, 0, 0, 0, 0", "2, 32, 32, 0, 265, 0, 0, 0, 0",
    "2, 32, 32, 0, 240, 1, 0, 0, 0", "2, 32, 32, 0, 240, -1, 0, 0, 0",
    "2, 32, 32, 0, 240, 0, 33, 0, 0", "2, 32, 32, 0, 240, 0, 0, 1, 0",
    "2, 32, 32, 0, 240, 0, 0, 0, 33", "2147483647, 32, 32, 0, 240, 0, 0, 0, 0"
  })
  void staysInItsArrays(
      int pieces,
      int xNext,
      int yNext,
      int xAt,
      int row,
      int wAt,
      int yAt,
      int biasAt,
      int residualAt) {
    for (VectorWidth width : widths()) {
      int lanes = width.lanes();
      GroupedKernel kernel = new MachineGrouped(new GroupedSpec(width, 2, 4, 3, 1, true));
      float[] x = new float[17 + 32 + 2 * 240 + 3 * PIXEL + lanes];
      float[] w = new float[4 * 9 * lanes];
      float[] y = new float[32 + 32 + PIXEL + lanes];
      float[] bias = new float[lanes];
      float[] floor = Floor.of(true);
      float[] residual = y.clone();
      assertThatCode(
              () -> {
                kernel.runAll(2, 32, 32, x, 17, 240, x, w, 0, y, 32, bias, 0, floor, residual, 32);
                kernel.runAll(2, 32, 64, x, 0, 248, x, w, 0, y, 0, bias, 0, floor, residual, 0);
              })
          .doesNotThrowAnyException();
      assertThatThrownBy(() ->
              kernel.runAll(
                  pieces,
                  xNext,
                  yNext,
                  x,
                  xAt,
                  row,
                  x,
                  w,
                  wAt,
                  y,
                  yAt,
                  bias,
                  biasAt,
                  floor,
                  residual,
                  residualAt))
          .isInstanceOf(IndexOutOfBoundsException.class);
    }
  }

  @ParameterizedTest
  @CsvSource({"0, 32, 32, 240", "1, -32, 32, 240", "1, 32, -32, 240", "1, 32, 32, -240"})
  void nothingGoesBackwards(int pieces, int xNext, int yNext, int row) {
    for (VectorWidth width : widths()) {
      GroupedKernel kernel = new MachineGrouped(new GroupedSpec(width, 2, 4, 3, 1, false));
      float[] some = new float[2048];
      assertThatThrownBy(() ->
              kernel.runAll(
                  pieces, xNext, yNext, some, 1024, row, some, some, 0, some, 1024, some, 0, some,
                  some, 0))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  private static float[] reals(SplittableRandom random, int size) {
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = (float) random.nextDouble(-1, 1);
    }
    return values;
  }
}
