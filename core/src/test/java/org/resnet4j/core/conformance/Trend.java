package org.resnet4j.core.conformance;

/**
 * A line through points by least squares.
 *
 * @param slope of the line
 * @param error the slope's standard error
 */
public record Trend(double slope, double error) {
  /**
   * The line through {@code (x[i], y[i])}.
   *
   * @param x at least three values, not all the same
   */
  public static Trend of(double[] x, double[] y) {
    int n = x.length;
    double meanX = mean(x);
    double meanY = mean(y);
    double xx = 0;
    double xy = 0;
    for (int i = 0; i < n; i++) {
      xx += (x[i] - meanX) * (x[i] - meanX);
      xy += (x[i] - meanX) * (y[i] - meanY);
    }
    double slope = xy / xx;
    double residuals = 0;
    for (int i = 0; i < n; i++) {
      double residual = y[i] - meanY - slope * (x[i] - meanX);
      residuals += residual * residual;
    }
    return new Trend(slope, Math.sqrt(residuals / (n - 2) / xx));
  }

  private static double mean(double[] values) {
    double sum = 0;
    for (double value : values) {
      sum += value;
    }
    return sum / values.length;
  }
}
