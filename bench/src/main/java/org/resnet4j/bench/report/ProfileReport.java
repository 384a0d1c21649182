package org.resnet4j.bench.report;

import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import org.resnet4j.bench.measure.Alternatives;
import org.resnet4j.bench.measure.Problem;
import org.resnet4j.bench.measure.Profile;
import org.resnet4j.bench.measure.Roofline;
import org.resnet4j.bench.measure.StepTimes.StepTime;
import org.resnet4j.bench.screen.Table;
import org.resnet4j.bench.screen.Units;
import org.resnet4j.core.tensor.Shape;
import org.resnet4j.core.text.Quote;
import org.resnet4j.simd.kernel.conv.ConvShape;
import tools.jackson.core.JsonGenerator;

/**
 * What {@code profile} prints.
 *
 * @param problem what ran
 * @param device on what
 * @param peak GFLOP/s of one thread
 * @param roofline what all threads could do
 * @param profile the steps' times
 * @param convs what else could serve each convolution; empty if that was not asked for
 * @param debug whether people are told the plan's notes
 */
public record ProfileReport(
    Problem problem,
    String device,
    double peak,
    Roofline roofline,
    Profile profile,
    List<Alternatives.ConvTimes> convs,
    boolean debug) {

  public void print(PrintStream out) {
    out.println("device   " + device);
    if (hasLimits()) {
      out.println(
          "peak     " + number("%.1f", peak) + " GFLOP/s on one thread, in registers alone");
      out.println(
          "memory   "
              + number("%.1f", roofline.gigabytesPerSecond())
              + " GB/s of "
              + Units.bytes(profile.weightBytes())
              + " of weights, read again and again");
    }
    out.println("network  " + problem.describe() + ", picture " + problem.graph().inputShape());
    out.println();
    printSteps(out);
    out.println();
    printGroups(out);
    out.println();
    double gflops = problem.operations() / profile.millis() / 1e6;
    out.println(
        "%s ms for a run, %s ms in its steps, %s GFLOP/s"
                .formatted(
                    number("%.2f", profile.millis()),
                    number("%.2f", profile.stepMillis()),
                    number("%.1f", gflops))
            + (hasLimits() ? ", " + share(gflops / roofline.gflops()) + " of the peak" : ""));
    if (hasLimits()) {
      double limit = profile.limitMillis(roofline, problem.batch());
      out.println(
          "%s ms is the limit of these algorithms, each step's work at the peak or its weights from"
                  .formatted(number("%.2f", limit))
              + " memory; "
              + share(limit / profile.millis())
              + " of it reached");
    }
    if (debug && !profile.notes().isEmpty()) {
      out.println();
      profile.notes().forEach(note -> out.println("declined " + Quote.oneLine(note)));
    }
    if (!convs.isEmpty()) {
      out.println();
      out.println("on one thread, caches warm; * marks what the backend takes");
      printAlternatives(out);
    }
  }

  private void printSteps(PrintStream out) {
    Table table =
        new Table(
            "step", "algorithm", "output", ">ms", ">share", ">GFLOP/s", ">of peak", ">limit ms");
    for (StepTime step : profile.steps()) {
      table.add(
          step.info().node(),
          step.info().kernel(),
          step.info().shape().toString(),
          number("%.3f", step.millis()),
          share(step.millis() / profile.stepMillis()),
          gflopsCell(gflops(step.info().multiplyAdds(), step.millis())),
          shareCell(gflops(step.info().multiplyAdds(), step.millis()) / roofline.gflops()),
          limitCell(roofline.millis(step.info(), problem.batch())));
    }
    table.print(out);
  }

  private void printGroups(PrintStream out) {
    Table table =
        new Table("algorithm", ">steps", ">ms", ">share", ">GFLOP/s", ">of peak", ">limit ms");
    for (Profile.Group group : groups()) {
      double gflops = gflops(group.multiplyAdds(), group.millis());
      table.add(
          group.kernel(),
          Integer.toString(group.steps()),
          number("%.3f", group.millis()),
          share(group.millis() / profile.stepMillis()),
          gflopsCell(gflops),
          shareCell(gflops / roofline.gflops()),
          limitCell(group.limitMillis()));
    }
    table.print(out);
  }

  private void printAlternatives(PrintStream out) {
    Table table =
        new Table("convolution", "first step", "", "algorithm", ">ms", ">expected", ">GFLOP/s");
    for (Alternatives.ConvTimes conv : convs) {
      String shape = describe(conv.shape());
      String node = conv.node();
      for (Alternatives.Timed timed : conv.timed()) {
        table.add(
            shape,
            node,
            timed.chosen() ? "*" : "",
            timed.algorithm().name(),
            number("%.3f", timed.millis()),
            number("%.3f", timed.expectedMillis()),
            gflopsCell(gflops(conv.shape().multiplyAdds(), timed.millis())));
        shape = "";
        node = "";
      }
    }
    table.print(out);
  }

  private static String describe(ConvShape shape) {
    return "%s to %s, %sx%s on %sx%s%s%s"
        .formatted(
            shape.inChannels(),
            shape.outChannels(),
            shape.kernel(),
            shape.kernel(),
            shape.height(),
            shape.width(),
            shape.stride() == 1 ? "" : ", stride " + shape.stride(),
            shape.groups() == 1 ? "" : ", groups " + shape.groups());
  }

  /** The JSON object's properties. */
  public void write(JsonGenerator out) {
    out.writeStringProperty("model", problem.model());
    out.writeStringProperty("device", device);
    out.writeNumberProperty("batch", problem.batch());
    out.writeNumberProperty("threads", problem.threads());
    JsonLines.number(out, "peakGflopsPerThread", peak);
    JsonLines.number(out, "readGigabytesPerSecond", roofline.gigabytesPerSecond());
    JsonLines.number(out, "millis", profile.millis());
    JsonLines.number(out, "limitMillis", profile.limitMillis(roofline, problem.batch()));
    JsonLines.number(out, "gflops", problem.operations() / profile.millis() / 1e6);
    out.writeArrayPropertyStart("steps");
    for (StepTime step : profile.steps()) {
      out.writeStartObject();
      out.writeStringProperty("node", step.info().node());
      out.writeStringProperty("algorithm", step.info().kernel());
      writeShape(out, step.info().shape());
      writeTime(
          out,
          step.info().multiplyAdds(),
          step.millis(),
          roofline.millis(step.info(), problem.batch()));
      out.writeEndObject();
    }
    out.writeEndArray();
    out.writeArrayPropertyStart("algorithms");
    for (Profile.Group group : groups()) {
      out.writeStartObject();
      out.writeStringProperty("algorithm", group.kernel());
      out.writeNumberProperty("steps", group.steps());
      writeTime(out, group.multiplyAdds(), group.millis(), group.limitMillis());
      out.writeEndObject();
    }
    out.writeEndArray();
    out.writeArrayPropertyStart("notes");
    profile.notes().forEach(out::writeString);
    out.writeEndArray();
    if (!convs.isEmpty()) {
      out.writeArrayPropertyStart("alternatives");
      convs.forEach(conv -> write(out, conv));
      out.writeEndArray();
    }
  }

  private static void writeShape(JsonGenerator out, Shape shape) {
    out.writeArrayPropertyStart("shape");
    out.writeNumber(shape.channels());
    out.writeNumber(shape.height());
    out.writeNumber(shape.width());
    out.writeEndArray();
  }

  private void writeTime(JsonGenerator out, long multiplyAdds, double millis, double limitMillis) {
    JsonLines.number(out, "millis", millis);
    JsonLines.number(out, "share", millis / profile.stepMillis());
    JsonLines.number(out, "gflops", gflops(multiplyAdds, millis));
    JsonLines.number(out, "shareOfPeak", gflops(multiplyAdds, millis) / roofline.gflops());
    JsonLines.number(out, "limitMillis", limitMillis);
  }

  private void write(JsonGenerator out, Alternatives.ConvTimes conv) {
    out.writeStartObject();
    out.writeStringProperty("node", conv.node());
    out.writeStringProperty("convolution", describe(conv.shape()));
    out.writeArrayPropertyStart("algorithms");
    for (Alternatives.Timed timed : conv.timed()) {
      out.writeStartObject();
      out.writeStringProperty("algorithm", timed.algorithm().name());
      out.writeBooleanProperty("chosen", timed.chosen());
      JsonLines.number(out, "millis", timed.millis());
      JsonLines.number(out, "expectedMillis", timed.expectedMillis());
      JsonLines.number(out, "gflops", gflops(conv.shape().multiplyAdds(), timed.millis()));
      out.writeEndObject();
    }
    out.writeEndArray();
    out.writeEndObject();
  }

  private boolean hasLimits() {
    return !Double.isNaN(roofline.gflops());
  }

  private List<Profile.Group> groups() {
    return profile.groups(roofline, problem.batch());
  }

  private double gflops(long multiplyAdds, double millis) {
    return 2.0 * multiplyAdds * problem.batch() / millis / 1e6;
  }

  private static String gflopsCell(double gflops) {
    return gflops == 0 ? "" : number("%.1f", gflops);
  }

  private static String limitCell(double millis) {
    return millis == 0 || Double.isNaN(millis) ? "" : number("%.3f", millis);
  }

  private static String shareCell(double share) {
    return share == 0 || Double.isNaN(share) ? "" : share(share);
  }

  private static String share(double fraction) {
    return Units.percent(fraction).strip();
  }

  private static String number(String format, double value) {
    return String.format(Locale.ROOT, format, value);
  }
}
