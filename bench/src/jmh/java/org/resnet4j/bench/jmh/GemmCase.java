package org.resnet4j.bench.jmh;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A product {@code C = A B}, A of m x k, B of k x n.
 *
 * @param m rows of C
 * @param n columns of C
 * @param k inner extent
 * @param engine whose
 */
record GemmCase(int m, int n, int k, String engine) implements KernelCase {
  private static final Pattern FORM = Pattern.compile("m(\\d+) n(\\d+) k(\\d+) (\\w+)");

  /** From a benchmark's parameter, such as {@code m3136 n64 k256 openblas}. */
  static GemmCase parse(String parameter) {
    Matcher form = FORM.matcher(parameter);
    if (!form.matches()) {
      throw new IllegalArgumentException(parameter + ": not of the form mM nN kK NAME");
    }
    return new GemmCase(
        Integer.parseInt(form.group(1)),
        Integer.parseInt(form.group(2)),
        Integer.parseInt(form.group(3)),
        form.group(4));
  }

  @Override
  public String kind() {
    return GemmBenchmark.PARAMETER;
  }

  @Override
  public String problem() {
    return String.format(Locale.ROOT, "m%d n%d k%d", m, n, k);
  }

  @Override
  public long multiplyAdds() {
    return (long) m * n * k;
  }
}
