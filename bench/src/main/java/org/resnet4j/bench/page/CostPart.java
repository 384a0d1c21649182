package org.resnet4j.bench.page;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
        List<Row> rows =
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
    Map<String, Double> prices = sheet.machine().prices();
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
      List<Offer> offers = offers(sheet, model, prices);
      List<Offer> cheapest =
          offers.stream().sorted(Comparator.comparingDouble(Offer::cost)).limit(2).toList();
      for (Offer offer : offers) {
        Optional<Offer> other = cheapest.stream().filter(each -> !each.equals(offer)).findFirst();
        table.row(
            model,
            sheet.full(offer.row().engine()),
            Figures.digits(offer.price()),
            Integer.toString(offer.row().batch()),
            Figures.digits(offer.row().imagesPerSecond()),
            Figures.digits(offer.cost()),
            other.map(offer::breakEven).orElse(""));
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

  /** Each engine that has a price at its best batch, by name. */
  private static List<Offer> offers(Sheet sheet, String model, Map<String, Double> prices) {
    List<Offer> offers = new ArrayList<>();
    for (String engine : sheet.engines(model).stream().sorted().toList()) {
      Double price = prices.get(engine);
      if (price != null) {
        offers.add(new Offer(price, fastest(sheet.rows(model, engine))));
      }
    }
    return offers;
  }

  private static Row fastest(List<Row> rows) {
    return Collections.max(rows, Comparator.comparingDouble(Row::imagesPerSecond));
  }

  /**
   * An engine with its price.
   *
   * @param price of an hour
   * @param row its fastest
   */
  private record Offer(double price, Row row) {
    /** Of a million images. */
    double cost() {
      return price / SECONDS_AN_HOUR / row.imagesPerSecond() * MILLION;
    }

    /** The price at which its images would cost what another's do, and whose. */
    String breakEven(Offer other) {
      return "%s (%s)"
          .formatted(
              Figures.digits(other.cost() * row.imagesPerSecond() * SECONDS_AN_HOUR / MILLION),
              other.row.engine());
    }
  }
}
