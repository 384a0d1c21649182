package org.resnet4j.bench.jmh;

import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.openjdk.jmh.util.Statistics;
import org.resnet4j.bench.screen.Table;
import org.resnet4j.simd.kernel.ConvAlgorithms;
import org.resnet4j.simd.machine.MachineModel;

/**
 * What was measured, as a table.
 *
 * @param cases its lines
 * @param micros of a call, one value for each iteration, by {@link KernelCase#line}; none if the
 *     benchmark failed
 * @param peak GFLOP/s of one thread
 */
record KernelResults(List<KernelCase> cases, Map<String, Statistics> micros, double peak) {
  /** Whether a benchmark failed. */
  boolean missing() {
    return cases.stream().anyMatch(one -> !micros.containsKey(one.line()));
  }

  void print(PrintStream out) {
    out.println("peak  " + number(peak) + " GFLOP/s on one thread, in registers alone");
    out.println();
    Table table =
        new Table("problem", "", "by", ">us", ">smallest", ">largest", ">GFLOP/s", ">of peak");
    for (KernelCase one : cases) {
      Statistics times = micros.get(one.line());
      if (times == null) {
        table.add(
            one.kind() + " " + one.problem(), mark(one), one.engine(), "failed", "", "", "", "");
      } else {
        double gflops = 2.0 * one.multiplyAdds() / times.getPercentile(50) / 1e3;
        table.add(
            one.kind() + " " + one.problem(),
            mark(one),
            one.engine(),
            number(times.getPercentile(50)),
            number(times.getMin()),
            number(times.getMax()),
            number(gflops),
            number(100 * gflops / peak) + " %");
      }
    }
    table.print(out);
  }

  /** A star at the algorithm that the backend takes. */
  private static String mark(KernelCase one) {
    return one instanceof ConvCase conv
            && conv.algorithm() == ConvAlgorithms.choose(conv.shape(), MachineModel.current())
        ? "*"
        : "";
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.1f", value);
  }
}
