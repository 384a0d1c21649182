package org.resnet4j.simd.kernel.winograd;

import org.resnet4j.simd.kernel.layout.BlockedLayout;
import org.resnet4j.simd.kernel.layout.Floor;
import org.resnet4j.simd.kernel.winograd.LinearProgram.Difference;
import org.resnet4j.simd.kernel.winograd.LinearProgram.MultiplyAdd;
import org.resnet4j.simd.kernel.winograd.LinearProgram.Scaled;
import org.resnet4j.simd.kernel.winograd.LinearProgram.Step;
import org.resnet4j.simd.kernel.winograd.LinearProgram.Sum;
import org.resnet4j.simd.kernel.winograd.WinogradProgram.RowGroup;

/**
 * {@link WinogradKernel} in plain loops over the lanes of a pixel: what runs where the JVM does not
 * compile vector code, and what {@link WinogradGenerator}'s code is tested against, bit for bit.
 */
final class ScalarWinograd implements WinogradKernel {
  private static final int PIXEL = BlockedLayout.BLOCK;

  private final WinogradProgram input;
  private final WinogradProgram output;
  private final int products;
  private final boolean fused;

  /** Memory of a thread: values of the passage down, of the one along, and rows between them. */
  private final ThreadLocal<float[]> memory;

  private final int between;

  ScalarWinograd(WinogradTile tile, boolean fused) {
    this.input = WinogradProgram.input(tile);
    this.output = WinogradProgram.output(tile);
    this.products = tile.horizontal().products();
    this.fused = fused;
    int values = Math.max(maxValues(input), maxValues(output));
    this.between = values * PIXEL;
    int rows = Math.max(tile.vertical().products(), tile.vertical().outputs());
    int floats = (values + rows * Math.max(products, tile.horizontal().inputs())) * PIXEL;
    this.memory = ThreadLocal.withInitial(() -> new float[floats]);
  }

  private static int maxValues(WinogradProgram program) {
    int most = program.along().inputs() + program.along().steps().size();
    for (RowGroup group : program.groups()) {
      most = Math.max(most, group.down().inputs() + group.down().steps().size());
    }
    return most;
  }

  @Override
  public void input(float[] x, int xAt, int xRowStride, float[] v, int vAt, int vStride) {
    float[] m = memory.get();
    for (RowGroup group : input.groups()) {
      down(group, x, xAt, xRowStride, PIXEL, input.along().inputs(), m);
      for (int r = 0; r < group.rows().size(); r++) {
        along(input.along(), r, m);
        for (int e = 0; e < products; e++) {
          int to = vAt + (group.rows().get(r) * products + e) * vStride;
          System.arraycopy(m, input.along().results().get(e) * PIXEL, v, to, PIXEL);
        }
      }
    }
  }

  @Override
  public void output(
      float[] x,
      int at,
      int stride,
      float[] bias,
      int biasAt,
      float[] floor,
      float[] residual,
      int residualAt,
      int residualRowStride,
      float[] y,
      int yAt,
      int yRowStride) {
    float[] m = memory.get();
    for (RowGroup group : output.groups()) {
      down(group, x, at, products * stride, stride, products, m);
      for (int r = 0; r < group.rows().size(); r++) {
        along(output.along(), r, m);
        int row = group.rows().get(r);
        for (int k = 0; k < output.along().results().size(); k++) {
          int from = output.along().results().get(k) * PIXEL;
          int other = residualAt + row * residualRowStride + k * PIXEL;
          int to = yAt + row * yRowStride + k * PIXEL;
          for (int lane = 0; lane < PIXEL; lane++) {
            float sum = m[from + lane] + bias[biasAt + lane] + residual[other + lane];
            y[to + lane] = sum < floor[Floor.LIMIT_AT + lane] ? floor[lane] : sum;
          }
        }
      }
    }
  }

  /** Runs a group's program on every column; row r of the results lies at {@link #row}. */
  private void down(
      RowGroup group, float[] x, int at, int rowStride, int step, int columns, float[] m) {
    LinearProgram program = group.down();
    for (int j = 0; j < columns; j++) {
      for (int i = 0; i < program.inputs(); i++) {
        System.arraycopy(x, at + i * rowStride + j * step, m, i * PIXEL, PIXEL);
      }
      run(program, m);
      for (int r = 0; r < group.rows().size(); r++) {
        int from = program.results().get(r) * PIXEL;
        System.arraycopy(m, from, m, row(r, columns) + j * PIXEL, PIXEL);
      }
    }
  }

  /** Runs a program on row {@code r} of what {@link #down} left. */
  private void along(LinearProgram program, int r, float[] m) {
    System.arraycopy(m, row(r, program.inputs()), m, 0, program.inputs() * PIXEL);
    run(program, m);
  }

  private int row(int r, int columns) {
    return between + r * columns * PIXEL;
  }

  /** Computes all values of a program behind its inputs. */
  private void run(LinearProgram program, float[] m) {
    int to = program.inputs() * PIXEL;
    for (Step step : program.steps()) {
      switch (step) {
        case Sum(int a, int b) -> sum(m, a * PIXEL, b * PIXEL, to);
        case Difference(int a, int b) -> difference(m, a * PIXEL, b * PIXEL, to);
        case Scaled(int a, float factor) -> scale(m, a * PIXEL, factor, to);
        case MultiplyAdd(int a, float factor, int b) ->
            multiplyAdd(m, a * PIXEL, factor, b * PIXEL, to);
      }
      to += PIXEL;
    }
  }

  private static void sum(float[] m, int a, int b, int to) {
    for (int lane = 0; lane < PIXEL; lane++) {
      m[to + lane] = m[a + lane] + m[b + lane];
    }
  }

  private static void difference(float[] m, int a, int b, int to) {
    for (int lane = 0; lane < PIXEL; lane++) {
      m[to + lane] = m[a + lane] - m[b + lane];
    }
  }

  private static void scale(float[] m, int a, float factor, int to) {
    for (int lane = 0; lane < PIXEL; lane++) {
      m[to + lane] = m[a + lane] * factor;
    }
  }

  private void multiplyAdd(float[] m, int a, float factor, int b, int to) {
    if (fused) {
      for (int lane = 0; lane < PIXEL; lane++) {
        m[to + lane] = Math.fma(m[a + lane], factor, m[b + lane]);
      }
    } else {
      for (int lane = 0; lane < PIXEL; lane++) {
        m[to + lane] = m[a + lane] * factor + m[b + lane];
      }
    }
  }
}
