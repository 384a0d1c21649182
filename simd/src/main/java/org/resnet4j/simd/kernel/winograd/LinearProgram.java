package org.resnet4j.simd.kernel.winograd;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The product of a small constant matrix and a vector as straight-line code, in few operations:
 * what rows or columns that differ in signs alone have in common is computed once.
 *
 * <p>Values are numbered: first the inputs, then one for each step. The order of operations, and so
 * the rounding of the results, follows from the matrix alone. Immutable.
 *
 * @param inputs columns of the matrix
 * @param steps each uses values before its own
 * @param results the value of each row of the matrix
 */
record LinearProgram(int inputs, List<Step> steps, List<Integer> results) {
  /** Computes one value from others. */
  sealed interface Step {}

  /** {@code a + b}. */
  record Sum(int a, int b) implements Step {}

  /** {@code a - b}. */
  record Difference(int a, int b) implements Step {}

  /** {@code a * factor}. */
  record Scaled(int a, float factor) implements Step {}

  /** {@code a * factor + b}, rounded once where the processor can. */
  record MultiplyAdd(int a, float factor, int b) implements Step {}

  /**
   * The program of a matrix.
   *
   * @param matrix no row of which is zero; entries are exact in float
   */
  static LinearProgram of(double[][] matrix) {
    return new Writer(matrix).write();
  }

  /** The inputs that the results depend on, ascending. */
  List<Integer> used() {
    Set<Integer> used = new HashSet<>(results);
    for (Step step : steps) {
      switch (step) {
        case Sum(int a, int b) -> used.addAll(List.of(a, b));
        case Difference(int a, int b) -> used.addAll(List.of(a, b));
        case Scaled(int a, float _) -> used.add(a);
        case MultiplyAdd(int a, float _, int b) -> used.addAll(List.of(a, b));
      }
    }
    return used.stream().filter(value -> value < inputs).sorted().toList();
  }

  /** Steps, and inputs to load: what a program costs. */
  int cost() {
    return steps.size() + used().size();
  }

  /**
   * A value and what each row multiplies it with.
   *
   * @param value its number
   * @param factors one for each row
   */
  private record Column(int value, double[] factors) {}

  /** Writes one program. */
  private static final class Writer {
    private final int inputs;
    private final List<Step> steps = new ArrayList<>();

    /** What the rows are sums of. */
    private final List<Column> columns = new ArrayList<>();

    private final int rows;

    Writer(double[][] matrix) {
      this.inputs = matrix[0].length;
      this.rows = matrix.length;
      for (int j = 0; j < inputs; j++) {
        double[] column = new double[rows];
        for (int i = 0; i < rows; i++) {
          column[i] = exact(matrix[i][j]);
        }
        columns.add(new Column(j, column));
      }
    }

    private static double exact(double entry) {
      if ((float) entry != entry) {
        throw new IllegalArgumentException(entry + " is not exact in float");
      }
      return entry;
    }

    LinearProgram write() {
      for (int j = 0; j < columns.size(); j++) {
        for (int k = j + 1; k < columns.size(); k++) {
          if (sameMagnitudes(columns.get(j).factors(), columns.get(k).factors())) {
            mergeColumns(j, k);
            break;
          }
        }
      }
      Integer[] results = new Integer[rows];
      for (int i = 0; i < rows; i++) {
        for (int k = i + 1; k < rows && results[i] == null; k++) {
          if (results[k] == null && isPair(row(i), row(k))) {
            writePair(i, k, results);
          }
        }
        if (results[i] == null) {
          results[i] = sum(row(i));
        }
      }
      return new LinearProgram(inputs, List.copyOf(steps), List.of(results));
    }

    private double[] row(int i) {
      return columns.stream().mapToDouble(column -> column.factors()[i]).toArray();
    }

    /** Whether two vectors are equal but for signs, and not zero. */
    private static boolean sameMagnitudes(double[] x, double[] y) {
      boolean zero = true;
      for (int i = 0; i < x.length; i++) {
        if (Math.abs(x[i]) != Math.abs(y[i])) {
          return false;
        }
        zero &= x[i] == 0;
      }
      return !zero;
    }

    /** Puts the sum and the difference of two values in their places, as far as rows need them. */
    private void mergeColumns(int j, int k) {
      Column a = columns.get(j);
      Column b = columns.get(k);
      double[] sum = new double[rows];
      double[] difference = new double[rows];
      boolean added = false;
      boolean subtracted = false;
      for (int i = 0; i < rows; i++) {
        double factor = a.factors()[i];
        boolean equal = factor == b.factors()[i];
        (equal ? sum : difference)[i] = factor;
        added |= equal && factor != 0;
        subtracted |= !equal;
      }
      columns.remove(k);
      columns.remove(j);
      if (subtracted) {
        columns.add(j, new Column(value(new Difference(a.value(), b.value())), difference));
      }
      if (added) {
        columns.add(j, new Column(value(new Sum(a.value(), b.value())), sum));
      }
    }

    /** Whether two rows share a part with equal signs and one with opposite signs. */
    private static boolean isPair(double[] x, double[] y) {
      boolean equal = false;
      boolean opposite = false;
      for (int j = 0; j < x.length; j++) {
        equal |= x[j] != 0 && x[j] == y[j];
        opposite |= x[j] != 0 && x[j] == -y[j];
      }
      return equal && opposite && sameMagnitudes(x, y);
    }

    /** {@code even + odd} and {@code even - odd}. */
    private void writePair(int i, int k, Integer[] results) {
      double[] x = row(i);
      double[] y = row(k);
      double[] even = new double[x.length];
      double[] odd = new double[x.length];
      for (int j = 0; j < x.length; j++) {
        (x[j] == y[j] ? even : odd)[j] = x[j];
      }
      int sumOfEven = sum(even);
      int sumOfOdd = sum(odd);
      results[i] = value(new Sum(sumOfEven, sumOfOdd));
      results[k] = value(new Difference(sumOfEven, sumOfOdd));
    }

    /** The sum of all values times their factors: from the last factor of 1 on, downwards. */
    private int sum(double[] factors) {
      int first = -1;
      for (int j = 0; j < factors.length; j++) {
        boolean better = first < 0 || factors[first] != 1 || factors[j] == 1;
        first = factors[j] != 0 && better ? j : first;
      }
      if (first < 0) {
        throw new IllegalArgumentException("a row of zeros");
      }
      int sum = columns.get(first).value();
      if (factors[first] != 1) {
        sum = value(new Scaled(sum, (float) factors[first]));
      }
      for (int j = factors.length - 1; j >= 0; j--) {
        if (j != first && factors[j] != 0) {
          sum = plus(columns.get(j).value(), factors[j], sum);
        }
      }
      return sum;
    }

    /** {@code a * factor + b}. */
    private int plus(int a, double factor, int b) {
      if (factor == 1) {
        return value(new Sum(b, a));
      }
      if (factor == -1) {
        return value(new Difference(b, a));
      }
      return value(new MultiplyAdd(a, (float) factor, b));
    }

    private int value(Step step) {
      steps.add(step);
      return inputs + steps.size() - 1;
    }
  }
}
