package org.resnet4j.simd.kernel.winograd;

import java.util.ArrayList;
import java.util.List;

/**
 * How {@code L d R^T} is computed for constant matrices {@code L} and {@code R}: some rows of the
 * result at a time, first down the columns of {@code d}, then along the rows of what that gave.
 *
 * <p>As many rows at a time as leave most values between the two passes in registers. So nothing is
 * stored but results, where a scratch array between the passes would double the stores; the price
 * is that rows of {@code d} are loaded more than once.
 *
 * @param groups cover the rows of the result
 * @param along the program of {@code R}
 */
record WinogradProgram(List<RowGroup> groups, LinearProgram along) {
  /** Vectors between the passes; more than fit the registers cost less than loading rows again. */
  private static final int MAX_INPUT_VALUES = 24;

  /**
   * Fewer, since each output is followed by the epilogue: a method that is too large for C1 may
   * never be profiled, and so never reach C2.
   */
  private static final int MAX_OUTPUT_VALUES = 16;

  /**
   * Rows of the result that are computed together.
   *
   * @param rows their indices
   * @param down the program of these rows of {@code L}
   */
  record RowGroup(List<Integer> rows, LinearProgram down) {
    private static RowGroup of(double[][] matrix, List<Integer> rows) {
      double[][] part = rows.stream().map(row -> matrix[row]).toArray(double[][]::new);
      return new RowGroup(rows, LinearProgram.of(part));
    }
  }

  /** {@code B^T d B}. */
  static WinogradProgram input(WinogradTile tile) {
    return of(tile.vertical().inputMatrix(), tile.horizontal().inputMatrix(), MAX_INPUT_VALUES);
  }

  /** {@code A^T M A}. */
  static WinogradProgram output(WinogradTile tile) {
    return of(tile.vertical().outputMatrix(), tile.horizontal().outputMatrix(), MAX_OUTPUT_VALUES);
  }

  private static WinogradProgram of(double[][] left, double[][] right, int maxValues) {
    List<RowGroup> groups = new ArrayList<>();
    for (int row = 0; row < left.length; row++) {
      groups.add(RowGroup.of(left, List.of(row)));
    }
    int parts = Math.ceilDiv(left.length * right[0].length, maxValues);
    int maxRows = Math.ceilDiv(left.length, parts);
    while (mergeTwo(left, groups, maxRows)) {
      // The next two.
    }
    return new WinogradProgram(List.copyOf(groups), LinearProgram.of(right));
  }

  /** Merges the two groups that have most work in common; false if none fit together. */
  private static boolean mergeTwo(double[][] matrix, List<RowGroup> groups, int maxRows) {
    int most = -1;
    RowGroup best = null;
    int first = 0;
    int second = 0;
    for (int i = 0; i < groups.size(); i++) {
      for (int j = i + 1; j < groups.size(); j++) {
        RowGroup a = groups.get(i);
        RowGroup b = groups.get(j);
        if (a.rows().size() + b.rows().size() <= maxRows) {
          List<Integer> rows = new ArrayList<>(a.rows());
          rows.addAll(b.rows());
          RowGroup both = RowGroup.of(matrix, List.copyOf(rows));
          int saved = a.down().cost() + b.down().cost() - both.down().cost();
          if (saved > most) {
            most = saved;
            best = both;
            first = i;
            second = j;
          }
        }
      }
    }
    if (best == null) {
      return false;
    }
    groups.set(first, best);
    groups.remove(second);
    return true;
  }
}
