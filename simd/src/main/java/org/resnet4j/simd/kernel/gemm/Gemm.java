package org.resnet4j.simd.kernel.gemm;

import java.util.Objects;
import org.resnet4j.core.stack.AmpleStack;
import org.resnet4j.simd.kernel.layout.Parallel;
import org.resnet4j.simd.machine.VectorWidth;

/**
 * Single-precision general matrix multiplication on row-major matrices, {@code C = alpha * op(A) *
 * op(B) + beta * C}, with {@code op(X)} X or its transpose. Source: BLAS level 3, {@code SGEMM}.
 *
 * <p>{@code op(A)} is m x k, {@code op(B)} k x n, C m x n. A leading dimension is the distance
 * between rows in memory: element {@code (i, j)} of a matrix lies at {@code offset + i * ld + j}.
 * With {@code beta = 0} C is not read, so it may hold NaN. C must not overlap A or B.
 *
 * <p>Rounding: every 256 terms of k form a partial sum of fused multiply-adds, k ascending; {@code
 * C = beta * C} first, then each partial sum is multiplied by alpha and added, each step rounded;
 * with {@code beta = 0} the first one is stored. The sign of a sum that is zero is not defined. The
 * result does not depend on threads or vector width.
 *
 * <p>Source: the loops of Goto and van de Geijn (ACM TOMS 2008) as BLIS names them. Thread-safe.
 */
public final class Gemm {
  private static volatile boolean used;

  private final VectorWidth width;
  private final Parallel parallel;

  /** For one vector width and one way to spread work. */
  public Gemm(VectorWidth width, Parallel parallel) {
    this.width = Objects.requireNonNull(width, "width");
    this.parallel = Objects.requireNonNull(parallel, "parallel");
    if (!used) {
      AmpleStack.run(new FirstUse(width));
    }
  }

  /**
   * All that products initialise; serial, as the caller's thread may hold what runs in parallel.
   */
  private record FirstUse(VectorWidth width) implements AmpleStack.Call<float[], RuntimeException> {
    @Override
    public float[] run() {
      Matrix a = Matrix.of(new float[4], 2);
      float[] c = new float[4];
      Matrix result = Matrix.of(c, 2);
      RowTimesMatrix.multiply(Parallel.SERIAL, 2, 2, 1f, a, a, false, result);
      new GemmCall(width, Parallel.SERIAL, 2, 2, 2, 1f, a, a, false, result).run();
      used = true;
      return c;
    }
  }

  /** At the processor's preferred width, on the calling thread. */
  public static Gemm serial() {
    return new Gemm(VectorWidth.preferred(), Parallel.SERIAL);
  }

  /** Whether a matrix is used as it is or transposed. */
  public enum Transpose {
    /** {@code op(X) = X}. */
    NO,
    /** {@code op(X) = X^T}. */
    YES
  }

  /**
   * An operand in an array.
   *
   * @param data the array
   * @param offset index of element (0, 0)
   * @param ld leading dimension: floats between rows in memory
   * @param transpose whether the operation uses the transpose of what lies in memory
   */
  public record Matrix(float[] data, int offset, int ld, Transpose transpose) {
    /** A matrix that fills its array's rows from the start. */
    public static Matrix of(float[] data, int ld) {
      return new Matrix(data, 0, ld, Transpose.NO);
    }

    /** The transpose, without moving anything. */
    public Matrix transposed() {
      return new Matrix(data, offset, ld, transpose == Transpose.NO ? Transpose.YES : Transpose.NO);
    }

    /** Floats from element (i, j) of {@code op(X)} to (i + 1, j). */
    int rowStep() {
      return transpose == Transpose.NO ? ld : 1;
    }

    /** Floats from element (i, j) of {@code op(X)} to (i, j + 1). */
    int columnStep() {
      return transpose == Transpose.NO ? 1 : ld;
    }

    /** Checks that {@code op(X)} of {@code rows x columns} lies in the array. */
    void check(String name, int rows, int columns) {
      int memoryRows = transpose == Transpose.NO ? rows : columns;
      int memoryColumns = transpose == Transpose.NO ? columns : rows;
      if (ld < Math.max(1, memoryColumns)) {
        throw new IllegalArgumentException(
            name + ": leading dimension " + ld + " is less than the row length " + memoryColumns);
      }
      if (memoryRows > 0 && memoryColumns > 0) {
        long last = (memoryRows - 1L) * ld + memoryColumns;
        Objects.checkFromIndexSize((long) offset, last, (long) data.length);
      }
    }
  }

  /**
   * Multiplies.
   *
   * @param m rows of C, at least 0
   * @param n columns of C, at least 0
   * @param k inner extent, at least 0; with 0, {@code C = beta * C}
   * @param c not transposed
   * @throws IllegalArgumentException if an extent is negative, a leading dimension too small, or C
   *     transposed
   * @throws IndexOutOfBoundsException if a matrix exceeds its array
   */
  public void multiply(int m, int n, int k, float alpha, Matrix a, Matrix b, float beta, Matrix c) {
    if (m < 0 || n < 0 || k < 0) {
      throw new IllegalArgumentException("negative extent: m " + m + ", n " + n + ", k " + k);
    }
    if (c.transpose() == Transpose.YES) {
      throw new IllegalArgumentException("C cannot be transposed; multiply the transposes instead");
    }
    a.check("A", m, k);
    b.check("B", k, n);
    c.check("C", m, n);
    if (m > 0 && n > 0) {
      boolean product = k > 0 && alpha != 0f;
      if (beta != 0f || !product) {
        scale(m, n, beta, c);
      }
      if (product && m == 1 && b.transpose() == Transpose.NO) {
        RowTimesMatrix.multiply(parallel, n, k, alpha, a, b, beta != 0f, c);
      } else if (product) {
        new GemmCall(width, parallel, m, n, k, alpha, a, b, beta != 0f, c).run();
      }
    }
  }

  private static void scale(int m, int n, float beta, Matrix c) {
    if (beta == 1f) {
      return;
    }
    for (int i = 0; i < m; i++) {
      int row = c.offset() + i * c.ld();
      for (int j = row; j < row + n; j++) {
        c.data()[j] = beta == 0f ? 0f : beta * c.data()[j];
      }
    }
  }
}
