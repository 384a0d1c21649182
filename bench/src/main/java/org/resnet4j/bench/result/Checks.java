package org.resnet4j.bench.result;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What results may hold: whatever a file says would be shown, also what nobody can measure. */
final class Checks {
  /** Neither is measured, and what is computed of numbers between these is one. */
  private static final double LEAST = 1e-30;

  private static final double MOST = 1e30;

  /** Beyond what any network takes. */
  private static final int MOST_PIXELS = 1 << 20;

  private Checks() {}

  /**
   * The same number.
   *
   * @param what it is, such as {@code "batch of a row"}
   * @throws IllegalArgumentException if it is less
   */
  static int atLeast(int least, int number, String what) {
    if (number < least) {
      throw new IllegalArgumentException(what + " is " + number);
    }
    return number;
  }

  /**
   * The same number.
   *
   * @throws IllegalArgumentException if it is less than zero
   */
  static long notNegative(long number, String what) {
    if (number < 0) {
      throw new IllegalArgumentException(what + " is " + number);
    }
    return number;
  }

  /**
   * The same number.
   *
   * @throws IllegalArgumentException if it is less than zero, no number, or larger or nearer to
   *     zero than what anybody measures
   */
  static double notNegative(double number, String what) {
    if (!(number == 0 || (number >= LEAST && number <= MOST))) {
      throw new IllegalArgumentException(what + " is " + number);
    }
    return number;
  }

  /**
   * The same number, if there is one.
   *
   * @throws IllegalArgumentException if it is less than zero, no number, or beyond measure
   */
  static @Nullable Double notNegative(@Nullable Double number, String what) {
    return number == null ? null : (Double) notNegative(number.doubleValue(), what);
  }

  /**
   * The same number.
   *
   * @throws IllegalArgumentException if it is not more than zero, no number, or beyond measure
   */
  static double positive(double number, String what) {
    if (!(notNegative(number, what) > 0)) {
      throw new IllegalArgumentException(what + " is " + number);
    }
    return number;
  }

  /**
   * A copy; empty if there is none.
   *
   * @throws IllegalArgumentException if there is a null in it
   */
  static <T> List<T> list(@Nullable List<T> list, String what) {
    if (list == null) {
      return List.of();
    }
    for (T each : new ArrayList<@Nullable T>(list)) {
      if (each == null) {
        throw new IllegalArgumentException("there is a null in " + what);
      }
    }
    return List.copyOf(list);
  }

  /**
   * A copy.
   *
   * @throws IllegalArgumentException if they are not so many, or one is less than one or beyond any
   *     picture's
   */
  static List<Integer> sizes(int count, @Nullable List<Integer> sizes, String what) {
    List<Integer> copy = list(sizes, what);
    if (copy.size() != count) {
      throw new IllegalArgumentException("%s is not %s numbers".formatted(what, count));
    }
    for (int size : copy) {
      if (atLeast(1, size, what) > MOST_PIXELS) {
        throw new IllegalArgumentException(what + " is " + size);
      }
    }
    return copy;
  }

  /**
   * A copy; empty if there is none.
   *
   * @throws IllegalArgumentException if a value is null, less than zero, no number, or beyond
   *     measure
   */
  static Map<String, Double> amounts(@Nullable Map<String, Double> amounts, String what) {
    if (amounts == null) {
      return Map.of();
    }
    for (Map.Entry<String, @Nullable Double> each : amounts.entrySet()) {
      Double amount = each.getValue();
      if (amount == null) {
        throw new IllegalArgumentException("there is a null in " + what);
      }
      notNegative(amount.doubleValue(), what);
    }
    return Map.copyOf(amounts);
  }
}
