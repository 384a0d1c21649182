package org.resnet4j.bench.page;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.resnet4j.bench.markup.Element;
import org.resnet4j.bench.result.LayerProfile;
import org.resnet4j.bench.result.LayerProfile.Group;
import org.resnet4j.bench.result.LayerProfile.Step;

/** The part of a page that shows where a network's time goes, and what the machine allows. */
final class LayersPart {
  /** More layers than this are shown when asked for. */
  private static final int MANY = 40;

  private static final double BAR = 200;

  private LayersPart() {}

  /** All of a profile. */
  static Element of(LayerProfile profile, int number) {
    Map<String, Series> algorithms = series(profile);
    Element part = Element.of("div").add(Element.of("h3", heading(profile)));
    part.add(Element.of("p", inShort(profile)));
    part.add(groups(profile));
    Element charts = Element.of("div").with("class", "charts");
    if (profile.limitMillis() != null) {
      part.add(legend(profile, algorithms));
      charts.add(
          Element.of("figure")
              .add(
                  Element.of("figcaption", "Roofline: every layer beside the machine's limit"),
                  roofline(profile, algorithms)));
      part.add(charts);
    }
    Element drawing =
        Element.of("details")
            .add(
                Element.of("summary", "The network, coloured by time"),
                DrawingPart.of(profile, "net" + number));
    part.add(number == 0 ? drawing.with("open", "") : drawing);
    Element layers = layers(profile, algorithms);
    Element details =
        Element.of("details")
            .add(Element.of("summary", "Layer by layer (%s)".formatted(profile.steps().size())))
            .add(layers);
    return part.add(profile.steps().size() > MANY ? details : details.with("open", ""));
  }

  private static String heading(LayerProfile profile) {
    return "%s on %s, batch %s, %s"
        .formatted(
            profile.model(),
            profile.engine(),
            profile.batch(),
            Figures.count(profile.threads(), "thread"));
  }

  private static String inShort(LayerProfile profile) {
    String run =
        "A run takes %s ms, its layers %s ms, at %s GFLOP/s"
            .formatted(
                Figures.digits(profile.millis()),
                Figures.digits(profile.stepMillis()),
                String.format(Locale.ROOT, "%.0f", profile.gflops()));
    if (profile.limitMillis() == null || profile.shareOfPeak() == null) {
      return run + ". Nobody has measured what the device allows.";
    }
    return run
        + ", "
        + Figures.percent(profile.shareOfPeak())
        + " of the peak. If each layer's multiply-adds ran at the peak, or its weights came from"
        + " memory as fast as they can, the same algorithms would take "
        + Figures.digits(profile.limitMillis())
        + " ms: "
        + Figures.percent(profile.limitMillis() / profile.millis())
        + " of that limit is reached.";
  }

  private static Element groups(LayerProfile profile) {
    HtmlTable table =
        new HtmlTable(
            "By algorithm",
            "algorithm",
            ">layers",
            ">ms",
            ">share",
            ">GFLOP/s",
            ">of peak",
            ">limit ms");
    for (Group group : profile.algorithms()) {
      table.row(
          group.algorithm(),
          Integer.toString(group.steps()),
          Figures.digits(group.millis()),
          Figures.percent(group.share()),
          group.gflops() == 0 ? "" : Figures.digits(group.gflops()),
          share(group.shareOfPeak()),
          limit(group.limitMillis()));
    }
    return table.element();
  }

  /** How each algorithm looks: those of the sums first, as they are listed. */
  private static Map<String, Series> series(LayerProfile profile) {
    Map<String, Series> series = new LinkedHashMap<>();
    Stream.concat(
            profile.algorithms().stream().map(Group::algorithm),
            profile.steps().stream().map(Step::algorithm))
        .forEach(name -> series.putIfAbsent(name, new Series(series.size())));
    return series;
  }

  private static Element legend(LayerProfile profile, Map<String, Series> algorithms) {
    Element legend = Element.of("ul").with("class", "legend");
    Set<String> computing =
        profile.steps().stream()
            .filter(step -> step.multiplyAdds() > 0)
            .map(Step::algorithm)
            .collect(Collectors.toSet());
    algorithms.forEach((algorithm, series) -> {
      if (computing.contains(algorithm)) {
        legend.add(Element.of("li").add(series.dot(), Element.of("span", algorithm)));
      }
    });
    return legend;
  }

  /** Each layer's rate by its multiply-adds for a byte of weights. */
  private static Element roofline(LayerProfile profile, Map<String, Series> algorithms) {
    List<Step> steps =
        profile.steps().stream()
            .filter(step -> step.performed() > 0 && step.weightBytes() > 0 && step.millis() > 0)
            .toList();
    double read = profile.readGigabytesPerSecond() == null ? 0 : profile.readGigabytesPerSecond();
    double least = 0.5;
    double most = 1000;
    double slowest = profile.peak();
    for (Step step : steps) {
      least = Math.min(least, intensity(profile, step));
      most = Math.max(most, intensity(profile, step));
      slowest = Math.min(slowest, rate(profile, step));
    }
    Axis x = Axis.logarithmic(least, most, Chart.LEFT, Chart.RIGHT);
    Axis y =
        Axis.logarithmic(
            Math.max(slowest, profile.peak() / 1000),
            profile.peak() * 1.6,
            Chart.BOTTOM,
            Chart.TOP);
    Chart chart =
        new Chart(
                "Roofline of " + heading(profile),
                "Layers by operations for each byte of weights and by the operations that their"
                    + " algorithms do in a second; the table below has the same numbers",
                x,
                y)
            .axes(x.ticks(), "operations for each byte of weights", "GFLOP/s done");
    double knee = profile.peak() / read;
    if (read > 0) {
      double from = Math.max(x.low(), y.low() / read);
      double to = Math.clamp(knee, x.low(), x.high());
      chart.roof(from, from * read, to, to * read);
      chart.roof(to, profile.peak(), x.high(), profile.peak());
    }
    for (Step step : steps) {
      chart.point(
          Objects.requireNonNull(algorithms.get(step.algorithm())),
          intensity(profile, step),
          rate(profile, step),
          3.2,
          "%s, %s: %s ms, %s GFLOP/s done"
              .formatted(
                  step.node(),
                  step.algorithm(),
                  Figures.digits(step.millis()),
                  Figures.digits(rate(profile, step))));
    }
    return chart.svg();
  }

  private static double intensity(LayerProfile profile, Step step) {
    return 2.0 * step.performed() * profile.batch() / step.weightBytes();
  }

  private static double rate(LayerProfile profile, Step step) {
    return 2.0 * step.performed() * profile.batch() / step.millis() / 1e6;
  }

  private static Element layers(LayerProfile profile, Map<String, Series> algorithms) {
    double longest =
        profile.steps().stream().mapToDouble(Step::millis).filter(ms -> ms > 0).max().orElse(1);
    HtmlTable table =
        new HtmlTable(
            "Layers; the upright line in a bar is the least that its algorithm could take",
            "layer",
            "algorithm",
            "output",
            "",
            ">ms",
            ">limit ms",
            ">GFLOP/s",
            ">of peak");
    for (Step step : profile.steps()) {
      List<Element> cells = new ArrayList<>();
      cells.add(Element.of("td", step.node()));
      cells.add(Element.of("td", step.algorithm()));
      cells.add(Element.of("td", shape(step.shape())).with("class", "whole"));
      cells.add(bar(Objects.requireNonNull(algorithms.get(step.algorithm())), step, longest));
      cells.add(Element.of("td", String.format(Locale.ROOT, "%.3f", step.millis())));
      cells.add(Element.of("td", limit(step.limitMillis())));
      cells.add(Element.of("td", step.gflops() == 0 ? "" : Figures.digits(step.gflops())));
      cells.add(Element.of("td", share(step.shareOfPeak())));
      table.row(cells);
    }
    return table.element();
  }

  private static Element bar(Series series, Step step, double longest) {
    Element svg =
        Element.of("svg")
            .with("viewBox", "0 0 " + Element.number(BAR) + " 16")
            .with("preserveAspectRatio", "none")
            .with("aria-hidden", "true")
            .add(
                Element.of("rect")
                    .with("class", series.classes("fill"))
                    .with("y", 3)
                    .with("height", 10)
                    .with("width", Math.max(0.5, step.millis() / longest * (BAR - 2))));
    if (step.limitMillis() != null && step.limitMillis() > 0) {
      double at = Math.min(1, step.limitMillis() / longest) * (BAR - 2);
      svg.add(
          Element.of("line")
              .with("class", "limit")
              .with("x1", at)
              .with("x2", at)
              .with("y1", 0)
              .with("y2", 16));
    }
    return Element.of("td").with("class", "bar").add(svg);
  }

  private static String limit(@Nullable Double millis) {
    return millis == null || millis == 0 ? "" : String.format(Locale.ROOT, "%.3f", millis);
  }

  private static String share(@Nullable Double share) {
    return share == null || share == 0 ? "" : Figures.percent(share);
  }

  private static String shape(List<Integer> extents) {
    return String.join(" × ", extents.stream().map(String::valueOf).toList());
  }
}
