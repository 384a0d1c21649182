package org.resnet4j.bench.page;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.BinaryOperator;
import java.util.stream.Collectors;
import org.resnet4j.bench.markup.Element;
import org.resnet4j.bench.result.LayerProfile;
import org.resnet4j.bench.result.Missing;
import org.resnet4j.bench.result.Row;

/** The part of a page that holds a GPU beside the CPU. */
final class DevicePart {
  private DevicePart() {}

  static Element of(Sheet sheet) {
    Element section =
        Element.of("section").with("id", "gpu").add(Element.of("h2", "CPU against GPU"));
    List<String> devices =
        sheet.engines().stream().filter(engine -> !sheet.isOnCpu(engine)).toList();
    String cpu = sheet.ourCpu();
    if (devices.isEmpty()) {
      return section.add(Element.of("p", why(sheet)));
    }
    if (sheet.hasEmulator()) {
      section.add(
          note(
              "The GPU of this page is an emulator's: it shows that the engine computes the right"
                  + " answers, and its times say nothing of any GPU."));
    }
    if (cpu != null) {
      section.add(crossover(sheet, cpu, devices));
    }
    return section.add(deviceOnly(sheet));
  }

  /** The reason why there is none, if one was asked for. */
  private static String why(Sheet sheet) {
    return sheet.results().missing().stream()
        .filter(missing -> missing.engine() != null && missing.engine().contains("cuda"))
        .findFirst()
        .map(missing -> "No GPU was measured: " + missing.reason() + ".")
        .orElse("No GPU was measured; add --backends simd,cuda where there is one.");
  }

  private static Element crossover(Sheet sheet, String cpu, List<String> devices) {
    HtmlTable table =
        new HtmlTable(
            "Where the GPU overtakes " + sheet.full(cpu) + ", copies to it and back included",
            "network",
            "engine",
            "overtakes from batch",
            ">times the CPU there",
            ">most times the CPU",
            ">at batch");
    for (String model : sheet.models()) {
      Map<Integer, Row> best = best(sheet.rows(model, cpu));
      for (String device : devices) {
        List<Row> its = sheet.rows(model, device);
        if (!its.isEmpty()) {
          table.row(crossover(sheet, its, best));
        }
      }
    }
    return table.element();
  }

  /** A device's rows of a network beside the CPU's best of each batch. */
  private static String[] crossover(Sheet sheet, List<Row> device, Map<Integer, Row> best) {
    String from = "at none of those measured";
    String there = "";
    double most = 0;
    String at = "";
    for (Row row : device) {
      Row ours = best.get(row.batch());
      if (ours == null) {
        continue;
      }
      double times = row.imagesPerSecond() / ours.imagesPerSecond();
      if (times > 1 && there.isEmpty()) {
        from = Integer.toString(row.batch());
        there = Figures.factor(times);
      }
      if (times > most) {
        most = times;
        at = Integer.toString(row.batch());
      }
    }
    return new String[] {
      device.getFirst().model(),
      sheet.full(device.getFirst().engine()),
      from,
      there,
      most == 0 ? "" : Figures.factor(most),
      at
    };
  }

  /** The fastest row of each batch, whatever its threads. */
  private static Map<Integer, Row> best(List<Row> rows) {
    return rows.stream()
        .collect(
            Collectors.toMap(
                Row::batch,
                row -> row,
                BinaryOperator.maxBy(Comparator.comparingDouble(Row::imagesPerSecond))));
  }

  private static Element deviceOnly(Sheet sheet) {
    HtmlTable table =
        new HtmlTable(
            "The device alone: layers only, input already there",
            "network",
            "engine",
            ">batch",
            ">ms on the device",
            ">images/s",
            ">ms end to end");
    for (LayerProfile profile : sheet.results().profiles()) {
      if (!sheet.isOnCpu(profile.engine())) {
        table.row(
            profile.model(),
            sheet.full(profile.engine()),
            Integer.toString(profile.batch()),
            Figures.digits(profile.stepMillis()),
            Figures.digits(profile.batch() / profile.stepMillis() * 1000),
            endToEnd(sheet, profile));
      }
    }
    return Element.of("div")
        .add(
            Element.of("h3", "The device alone"),
            Element.of(
                "p",
                "What the layers take on the device, by its own clock, without copies: not to be"
                    + " held against any time elsewhere on this page, which are all end to end."),
            table.element());
  }

  private static String endToEnd(Sheet sheet, LayerProfile profile) {
    return sheet.rows(profile.model(), profile.engine()).stream()
        .filter(row -> row.batch() == profile.batch())
        .findFirst()
        .map(row -> Figures.digits(row.millis().p50()))
        .orElse("");
  }

  /** A box that nobody overlooks. */
  static Element note(String text) {
    return Element.of("div").with("class", "note").with("role", "note").add(Element.of("p", text));
  }

  /** What was to be measured and is missing. */
  static Element missing(List<Missing> all) {
    HtmlTable table =
        new HtmlTable("What was to be measured and was not", "what", "happened", "why");
    for (Missing each : all) {
      String what =
          (each.model() == null ? "everything" : each.model())
              + (each.batch() == null ? "" : ", batch " + each.batch())
              + (each.engine() == null ? "" : ", " + each.engine());
      table.row(
          List.of(
              Element.of("td", what),
              Element.of(
                  "td",
                  switch (each.kind()) {
                    case UNAVAILABLE -> "is not here";
                    case FAILED -> "failed";
                    case DISAGREES -> "gave another answer, and was not timed";
                  }),
              Element.of("td", each.reason()).with("class", "reason")));
    }
    return Element.of("section")
        .with("id", "missing")
        .add(Element.of("h2", "Not measured"), table.element());
  }
}
