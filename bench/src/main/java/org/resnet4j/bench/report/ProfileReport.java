package org.resnet4j.bench.report;

import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.resnet4j.bench.result.LayerProfile;
import org.resnet4j.bench.screen.Table;
import org.resnet4j.bench.screen.Units;
import org.resnet4j.core.text.Quote;

/**
 * What {@code profile} prints.
 *
 * @param profile where the time goes
 * @param debug whether people are told the plan's notes
 */
public record ProfileReport(LayerProfile profile, boolean debug) {
  /** Prints all of it. */
  public void print(PrintStream out) {
    out.println("device   " + profile.device());
    if (profile.readGigabytesPerSecond() != null) {
      out.println(
          "peak     "
              + number("%.1f", profile.peakGflopsPerThread())
              + " GFLOP/s on one thread, in registers alone");
      out.println(
          "memory   "
              + number("%.1f", profile.readGigabytesPerSecond())
              + " GB/s of "
              + Units.bytes(profile.weightBytes())
              + " of weights, read again and again");
    }
    out.println(
        "network  %s, batch %s, %s %s, picture %s"
            .formatted(
                Quote.line(profile.model()),
                profile.batch(),
                profile.threads(),
                profile.threads() == 1 ? "thread" : "threads",
                shape(profile.size())));
    out.println();
    printSteps(out);
    out.println();
    printGroups(out);
    out.println();
    out.println(
        "%s ms for a run, %s ms in its steps, %s GFLOP/s"
                .formatted(
                    number("%.2f", profile.millis()),
                    number("%.2f", profile.stepMillis()),
                    number("%.1f", profile.gflops()))
            + (profile.shareOfPeak() == null
                ? ""
                : ", " + share(profile.shareOfPeak()) + " of the peak"));
    if (profile.limitMillis() != null) {
      out.println(
          "%s ms is the limit of these algorithms, each step's work at the peak or its weights from"
                  .formatted(number("%.2f", profile.limitMillis()))
              + " memory; "
              + share(profile.limitMillis() / profile.millis())
              + " of it reached");
    }
    if (debug && !profile.notes().isEmpty()) {
      out.println();
      profile.notes().forEach(note -> out.println("declined " + Quote.oneLine(note)));
    }
    if (!profile.alternatives().isEmpty()) {
      out.println();
      out.println("on one thread, caches warm; * marks what the backend takes");
      printAlternatives(out);
    }
  }

  private void printSteps(PrintStream out) {
    Table table =
        new Table(
            "step", "algorithm", "output", ">ms", ">share", ">GFLOP/s", ">of peak", ">limit ms");
    for (LayerProfile.Step step : profile.steps()) {
      table.add(
          step.node(),
          step.algorithm(),
          shape(step.shape()),
          number("%.3f", step.millis()),
          share(step.share()),
          gflopsCell(step.gflops()),
          shareCell(step.shareOfPeak()),
          limitCell(step.limitMillis()));
    }
    table.print(out);
  }

  private void printGroups(PrintStream out) {
    Table table =
        new Table("algorithm", ">steps", ">ms", ">share", ">GFLOP/s", ">of peak", ">limit ms");
    for (LayerProfile.Group group : profile.algorithms()) {
      table.add(
          group.algorithm(),
          Integer.toString(group.steps()),
          number("%.3f", group.millis()),
          share(group.share()),
          gflopsCell(group.gflops()),
          shareCell(group.shareOfPeak()),
          limitCell(group.limitMillis()));
    }
    table.print(out);
  }

  private void printAlternatives(PrintStream out) {
    Table table =
        new Table("convolution", "first step", "", "algorithm", ">ms", ">expected", ">GFLOP/s");
    for (LayerProfile.Alternatives conv : profile.alternatives()) {
      String shape = conv.convolution();
      String node = conv.node();
      for (LayerProfile.Alternative timed : conv.algorithms()) {
        table.add(
            shape,
            node,
            timed.chosen() ? "*" : "",
            timed.algorithm(),
            number("%.3f", timed.millis()),
            number("%.3f", timed.expectedMillis()),
            gflopsCell(timed.gflops()));
        shape = "";
        node = "";
      }
    }
    table.print(out);
  }

  private static String shape(List<Integer> extents) {
    return extents.stream().map(String::valueOf).collect(Collectors.joining("x"));
  }

  private static String gflopsCell(double gflops) {
    return gflops == 0 ? "" : number("%.1f", gflops);
  }

  private static String limitCell(@Nullable Double millis) {
    return millis == null || millis == 0 ? "" : number("%.3f", millis);
  }

  private static String shareCell(@Nullable Double share) {
    return share == null || share == 0 ? "" : share(share);
  }

  private static String share(double fraction) {
    return Units.percent(fraction).strip();
  }

  private static String number(String format, double value) {
    return String.format(Locale.ROOT, format, value);
  }
}
