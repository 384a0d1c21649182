package org.resnet4j.bench.page;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.resnet4j.bench.markup.Element;
import org.resnet4j.bench.page.Sheet.Line;
import org.resnet4j.bench.result.Accuracy;
import org.resnet4j.bench.result.Row;

/** The part of a page that shows times: throughput by batch, latency, and all rows. */
final class TimesPart {
  /** Beyond this quotient of the largest and the smallest value a chart is logarithmic. */
  private static final double WIDE = 12;

  private TimesPart() {}

  /** A chart for each network, images/s by batch. */
  static Element throughput(Sheet sheet) {
    Element charts = Element.of("div").with("class", "charts");
    for (String model : sheet.models()) {
      charts.add(
          Element.of("figure").add(Element.of("figcaption", model), throughput(sheet, model)));
    }
    return Element.of("section")
        .with("id", "throughput")
        .add(
            Element.of("h2", "Throughput by batch"),
            Element.of(
                "p",
                "Images a second from pictures in the host's memory to logits there, copies to a"
                    + " GPU and back included. Each mark is the median of the rounds, the thin"
                    + " line through it the slowest and the fastest round. Higher is better."),
            legend(sheet),
            charts);
  }

  static Element legend(Sheet sheet) {
    Element legend = Element.of("ul").with("class", "legend");
    for (Line line : sheet.lines()) {
      legend.add(
          Element.of("li").add(line.series().swatch(), Element.of("span", sheet.full(line))));
    }
    return legend;
  }

  private static Element throughput(Sheet sheet, String model) {
    List<Row> rows = sheet.rows(model);
    List<Double> batches =
        rows.stream().map(row -> (double) row.batch()).distinct().sorted().toList();
    double most = rows.stream().mapToDouble(row -> row.range()[1]).max().orElseThrow();
    double least = rows.stream().mapToDouble(row -> row.range()[0]).min().orElseThrow();
    Axis x =
        new Axis(batches.getFirst(), batches.getLast(), Chart.LEFT + 14, Chart.RIGHT - 14, true);
    if (batches.size() == 1) {
      x = new Axis(batches.getFirst() / 2, batches.getFirst() * 2, Chart.LEFT, Chart.RIGHT, true);
    }
    Axis y =
        fastest(rows) / slowest(rows) > WIDE
            ? Axis.logarithmic(least, most, Chart.BOTTOM, Chart.TOP)
            : Axis.linear(most, Chart.BOTTOM, Chart.TOP);
    Chart chart =
        new Chart(model + ", images a second by batch", words(sheet, model), x, y)
            .axes(batches, "batch", "images/s");
    for (Line line : sheet.lines(model)) {
      List<Row> its = sheet.rows(model, line);
      chart.line(
          line.series(),
          its.stream().map(row -> new double[] {row.batch(), row.imagesPerSecond()}).toList());
      for (Row row : its) {
        chart.whisker(line.series(), row.batch(), row.range()[0], row.range()[1]);
        chart.point(
            line.series(),
            row.batch(),
            row.imagesPerSecond(),
            4,
            "%s, batch %s: %s images/s"
                .formatted(sheet.full(line), row.batch(), Figures.digits(row.imagesPerSecond())));
      }
    }
    return chart.svg();
  }

  private static double fastest(List<Row> rows) {
    return rows.stream().mapToDouble(Row::imagesPerSecond).max().orElseThrow();
  }

  private static double slowest(List<Row> rows) {
    return rows.stream().mapToDouble(Row::imagesPerSecond).min().orElseThrow();
  }

  private static String words(Sheet sheet, String model) {
    return sheet.lines(model).stream()
        .map(line ->
            sheet.full(line)
                + ": "
                + sheet.rows(model, line).stream()
                    .map(row -> Figures.digits(row.imagesPerSecond()) + " at batch " + row.batch())
                    .collect(Collectors.joining(", ")))
        .collect(Collectors.joining("; "));
  }

  /** Quantiles of the smallest batch as bars. */
  static Element latency(Sheet sheet) {
    Element section =
        Element.of("section")
            .with("id", "latency")
            .add(
                Element.of("h2", "Latency"),
                Element.of(
                    "p",
                    "Milliseconds of a run of the smallest batch: the mark is p50, half of all runs"
                        + " took no longer; the thick line ends at p90, the thin one at p99. Lower"
                        + " is better."));
    for (String model : sheet.models()) {
      int batch = sheet.rows(model).stream().mapToInt(Row::batch).min().orElseThrow();
      List<Line> lines = new ArrayList<>();
      List<Row> rows = new ArrayList<>();
      for (Line line : sheet.lines(model)) {
        for (Row row : sheet.rows(model, line)) {
          if (row.batch() == batch) {
            lines.add(line);
            rows.add(row);
          }
        }
      }
      double most = rows.stream().mapToDouble(row -> row.millis().p99()).max().orElseThrow();
      HtmlTable table =
          new HtmlTable(
              "%s, batch %s, ms".formatted(model, batch), "engine", "", ">p50", ">p90", ">p99");
      for (int i = 0; i < rows.size(); i++) {
        Row.Latency millis = rows.get(i).millis();
        table.row(
            List.of(
                Element.of("td", sheet.full(lines.get(i))),
                bar(lines.get(i).series(), millis, most),
                Element.of("td", Figures.digits(millis.p50())),
                Element.of("td", Figures.digits(millis.p90())),
                Element.of("td", Figures.digits(millis.p99()))));
      }
      section.add(table.element());
    }
    return section;
  }

  private static Element bar(Series series, Row.Latency millis, double most) {
    double scale = 196 / most;
    String colour = series.classes("series");
    Element svg =
        Element.of("svg")
            .with("viewBox", "0 0 200 16")
            .with("preserveAspectRatio", "none")
            .with("aria-hidden", "true");
    svg.add(
        stroke(colour, 0, millis.p99() * scale, 1.5),
        stroke(colour, 0, millis.p90() * scale, 5),
        Element.of("rect")
            .with("class", series.classes("mark"))
            .with("x", Math.max(0, millis.p50() * scale - 2))
            .with("y", 1)
            .with("width", 4)
            .with("height", 14));
    return Element.of("td").with("class", "bar").add(svg);
  }

  private static Element stroke(String classes, double from, double to, double width) {
    return Element.of("line")
        .with("class", classes)
        .with("x1", from)
        .with("x2", to)
        .with("y1", 8)
        .with("y2", 8)
        .with("style", "stroke-width:" + Element.number(width));
  }

  /** Every row, with the accuracy of whoever it is of. */
  static Element all(Sheet sheet) {
    HtmlTable table =
        new HtmlTable(
            "Every configuration that was timed",
            "network",
            ">threads",
            ">batch",
            "engine",
            ">images/s",
            ">p50 ms",
            ">p90 ms",
            ">p99 ms",
            ">beside the first",
            ">GFLOP/s",
            ">of CPU peak",
            ">error");
    for (Row row : sheet.results().results()) {
      table.row(
          row.model(),
          sheet.isOnCpu(row.engine()) ? Integer.toString(row.threads()) : "",
          Integer.toString(row.batch()),
          sheet.full(row.engine()),
          Figures.digits(row.imagesPerSecond()),
          Figures.digits(row.millis().p50()),
          Figures.digits(row.millis().p90()),
          Figures.digits(row.millis().p99()),
          "%s (%s to %s)"
              .formatted(
                  Figures.factor(row.ratioToOurs()),
                  Figures.factor(row.ratioSpread().getFirst()),
                  Figures.factor(row.ratioSpread().getLast())),
          String.format(Locale.ROOT, "%.0f", row.gflops()),
          Figures.percent(row.shareOfPeak()),
          error(sheet.accuracy(row.model(), row.engine())));
    }
    return Element.of("section")
        .with("id", "all")
        .add(
            Element.of("h2", "All numbers"),
            Element.of(
                "p",
                "Beside the first: images/s divided by those of the configuration's first engine"
                    + " in the same round, median (smallest to largest); it holds where a"
                    + " machine's speed drifts. GFLOP/s count two operations for each multiply-add"
                    + " of the network's definition, whatever an algorithm saves, so that a share"
                    + " of the peak may exceed 100 %. Error: the logits' distance from the truth,"
                    + " as under Accuracy."),
            table.element());
  }

  private static String error(@Nullable Accuracy accuracy) {
    return accuracy == null ? "" : Figures.scientific(accuracy.relativeL2());
  }
}
