package org.resnet4j.bench.page;

import java.util.ArrayList;
import java.util.List;

/**
 * Where values lie on a line of a chart.
 *
 * @param low value at {@code from}
 * @param high value at {@code to}
 * @param from coordinate
 * @param to coordinate
 * @param logarithmic whether equal ratios are equal lengths
 */
record Axis(double low, double high, double from, double to, boolean logarithmic) {
  private static final int TICKS = 5;

  /** Powers of ten between these are numbers, and so are their ratios. */
  private static final double LEAST = 1e-150;

  private static final double MOST = 1e150;

  /** From zero to somewhat more than the largest value. */
  static Axis linear(double largest, double from, double to) {
    double end = Math.clamp(largest, 1e-9, MOST);
    double step = step(end / TICKS);
    return new Axis(0, Math.ceil(end / step - 1e-9) * step, from, to, false);
  }

  /** Whole powers of ten around the values, all above zero. */
  static Axis logarithmic(double smallest, double largest, double from, double to) {
    double low = Math.pow(10, Math.floor(Math.log10(Math.max(smallest, LEAST)) + 1e-9));
    double high = Math.pow(10, Math.ceil(Math.log10(Math.min(largest, MOST)) - 1e-9));
    return new Axis(low, high > low ? high : low * 10, from, to, true);
  }

  /** A value's coordinate; what lies beyond an end is drawn there. */
  double at(double value) {
    double share =
        logarithmic
            ? Math.log(Math.max(value, low) / low) / Math.log(high / low)
            : (value - low) / (high - low);
    return from + Math.clamp(share, 0, 1) * (to - from);
  }

  /** Round values to be marked. */
  List<Double> ticks() {
    List<Double> ticks = new ArrayList<>();
    if (logarithmic) {
      int first = exponent(low);
      int last = exponent(high);
      for (int exponent = first; exponent <= last; exponent++) {
        double power = Math.pow(10, exponent);
        ticks.add(power);
        if (last == first + 1 && exponent == first) {
          ticks.add(2 * power);
          ticks.add(5 * power);
        }
      }
    } else {
      double step = step((high - low) / TICKS);
      for (int i = 0; low + i * step <= high * 1.001; i++) {
        ticks.add(low + i * step);
      }
    }
    return ticks;
  }

  private static int exponent(double powerOfTen) {
    return Math.toIntExact(Math.round(Math.log10(powerOfTen)));
  }

  /** 1, 2 or 5 times a power of ten, at least so much. */
  private static double step(double least) {
    double power = Math.pow(10, Math.floor(Math.log10(least)));
    for (double factor : new double[] {1, 2, 5}) {
      if (factor * power >= least * 0.999) {
        return factor * power;
      }
    }
    return 10 * power;
  }
}
