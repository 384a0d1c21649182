package org.resnet4j.bench.page;

import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.resnet4j.bench.markup.Element;
import org.resnet4j.bench.result.Row;

/** The part of a page that shows memory, and with prices what images cost. */
final class CostPart {
  private static final double MILLION = 1e6;
  private static final double SECONDS_AN_HOUR = 3600;

  private CostPart() {}

  /** What engines took when they were opened. */
  static Element memory(Sheet sheet) {
    HtmlTable table =
        new HtmlTable(
            "Memory of an open engine, weights included",
            "network",
            "engine",
            ">smallest batch",
            ">memory",
            ">largest batch",
            ">memory");
    boolean any = false;
    for (String model : sheet.models()) {
      for (Sheet.Line line : sheet.lines(model)) {
        var rows =
            sheet.rows(model, line).stream().filter(row -> row.memoryBytes() != null).toList();
        if (rows.isEmpty()) {
          continue;
        }
        any = true;
        Row first = rows.getFirst();
        Row last = rows.getLast();
        table.row(
            model,
            sheet.full(line),
            Integer.toString(first.batch()),
            bytes(first.memoryBytes()),
            Integer.toString(last.batch()),
            bytes(last.memoryBytes()));
      }
    }
    return Element.of("section")
        .with("id", "memory")
        .add(Element.of("h2", "Memory"))
        .add(
            any
                ? Element.of(
                    "p",
                    "What was allocated while an engine was opened and run once and is still held: objects in"
                        + " the Java heap after a collection, and the C library's heap. What a GPU"
                        + " holds is not in it.")
                : Element.of("p", "These results do not say what memory the engines took."))
        .add(any ? table.element() : Element.of("div"));
  }

  private static String bytes(@Nullable Long bytes) {
    return bytes == null ? "" : Figures.bytes(bytes);
  }

  /** What a million images cost where prices were named. */
  static Element cost(Sheet sheet) {
    Element section = Element.of("section").with("id", "cost").add(Element.of("h2", "Cost"));
    Map<String, Double> prices = new TreeMap<>(sheet.machine().prices());
    if (prices.isEmpty()) {
      return section.add(
          Element.of(
              "p",
              "No prices were named; --price simd=0.17/h, for each engine, adds what a million"
                  + " images cost and where one engine becomes cheaper than another."));
    }
    HtmlTable table =
        new HtmlTable(
            "A million images at each engine's best batch",
            "network",
            "engine",
            ">price an hour",
            ">batch",
            ">images/s",
            ">a million images",
            "cheaper than the others up to, an hour");
    for (String model : sheet.models()) {
      for (Map.Entry<String, Double> price : prices.entrySet()) {
        Row best = best(sheet, model, price.getKey());
        if (best != null) {
          table.row(
              model,
              sheet.full(price.getKey()),
              Figures.digits(price.getValue()),
              Integer.toString(best.batch()),
              Figures.digits(best.imagesPerSecond()),
              Figures.digits(cost(price.getValue(), best)),
              breakEven(sheet, model, price.getKey(), best, prices));
        }
      }
    }
    return section.add(
        Element.of(
            "p",
            "In the currency of the prices that were named: price an hour / 3600 / images/s x one"
                + " million. An engine's break-even is the price of its own machine at which a"
                + " million images would cost what they cost the cheapest of the others."),
        table.element());
  }

  private static @Nullable Row best(Sheet sheet, String model, String engine) {
    return sheet.rows(model).stream()
        .filter(row -> row.engine().equals(engine))
        .max(Comparator.comparingDouble(Row::imagesPerSecond))
        .orElse(null);
  }

  private static double cost(double price, Row row) {
    return price / SECONDS_AN_HOUR / row.imagesPerSecond() * MILLION;
  }

  private static String breakEven(
      Sheet sheet, String model, String engine, Row own, Map<String, Double> prices) {
    double cheapest = Double.POSITIVE_INFINITY;
    String whose = "";
    for (Map.Entry<String, Double> other : prices.entrySet()) {
      Row row = best(sheet, model, other.getKey());
      if (!other.getKey().equals(engine) && row != null && cost(other.getValue(), row) < cheapest) {
        cheapest = cost(other.getValue(), row);
        whose = other.getKey();
      }
    }
    return whose.isEmpty()
        ? ""
        : "%s (%s)"
            .formatted(
                Figures.digits(cheapest * own.imagesPerSecond() * SECONDS_AN_HOUR / MILLION),
                whose);
  }
}
