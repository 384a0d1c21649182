package org.resnet4j.bench.page;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.resnet4j.bench.result.Accuracy;
import org.resnet4j.bench.result.Missing;
import org.resnet4j.bench.result.Row;
import org.resnet4j.bench.result.RunProgress;

/** The top of a page: what a reader takes away who reads no further. */
final class HeadPart {
  private HeadPart() {}

  /** What is unusual about these results. */
  static List<Element> notes(Sheet sheet) {
    List<String> notes = new ArrayList<>();
    RunProgress progress = sheet.results().progress();
    if (progress != null && !progress.finished()) {
      notes.add(
          "This run is not finished: %s of %s have been measured."
              .formatted(progress.done(), Figures.count(progress.planned(), "configuration")));
    }
    if (sheet.hasEmulator()) {
      notes.add("The GPU's times are an emulator's and say nothing of any GPU.");
    }
    List<Missing> wrong =
        sheet.results().missing().stream()
            .filter(missing -> missing.kind() != Missing.Kind.UNAVAILABLE)
            .toList();
    if (!wrong.isEmpty()) {
      notes.add(
          "%s failed or gave another answer: see Not measured."
              .formatted(
                  wrong.stream()
                      .map(missing -> missing.engine() == null ? "All" : missing.engine())
                      .distinct()
                      .collect(Collectors.joining(", "))));
    }
    return notes.stream().map(DevicePart::note).toList();
  }

  /** A card for each number that matters. */
  static Element cards(Sheet sheet) {
    Element cards = Element.of("ul").with("class", "cards");
    String cpu = sheet.ourCpu();
    if (cpu != null) {
      for (String model : sheet.models()) {
        rate(sheet, model, cpu).ifPresent(cards::add);
      }
      sheet.engines().stream()
          .filter(sheet::isPeer)
          .forEach(peer -> beside(sheet, cpu, peer).ifPresent(cards::add));
      sheet.engines().stream()
          .filter(engine -> !sheet.isOnCpu(engine) && !sheet.isEmulated(engine))
          .forEach(device -> beside(sheet, device, cpu).ifPresent(cards::add));
    }
    accuracy(sheet).ifPresent(cards::add);
    return cards;
  }

  private static Optional<Element> rate(Sheet sheet, String model, String cpu) {
    List<Row> rows = sheet.rows(model).stream().filter(row -> row.engine().equals(cpu)).toList();
    Optional<Row> best = rows.stream().max(Comparator.comparingDouble(Row::imagesPerSecond));
    Optional<Row> quick = rows.stream().min(Comparator.comparingDouble(row -> row.millis().p50()));
    return best.map(row ->
        card(
            Figures.digits(row.imagesPerSecond()) + " images/s",
            "%s by %s at batch %s; %s ms a run at batch %s"
                .formatted(
                    model,
                    sheet.full(cpu),
                    row.batch(),
                    Figures.digits(quick.orElseThrow().millis().p50()),
                    quick.orElseThrow().batch())));
  }

  /** How many times as fast one is as another, in all configurations that both were timed in. */
  private static Optional<Element> beside(Sheet sheet, String one, String other) {
    List<Double> times =
        sheet.results().results().stream()
            .filter(row -> row.engine().equals(one))
            .flatMap(row ->
                Optional.ofNullable(sheet.row(other, row.configuration()))
                    .map(theirs -> row.ratioToOurs() / theirs.ratioToOurs())
                    .stream())
            .sorted()
            .toList();
    if (times.isEmpty()) {
      return Optional.empty();
    }
    String range =
        times.size() == 1
            ? Figures.factor(times.getFirst())
            : Figures.factor(times.getFirst()) + " to " + Figures.factor(times.getLast());
    return Optional.of(
        card(
            range + " times",
            "as fast as %s: %s, in %s"
                .formatted(
                    sheet.full(other),
                    sheet.full(one),
                    Figures.count(times.size(), "configuration"))));
  }

  private static Optional<Element> accuracy(Sheet sheet) {
    List<Accuracy> all = sheet.results().accuracy();
    if (all.isEmpty()) {
      return Optional.empty();
    }
    int images = all.stream().mapToInt(Accuracy::images).sum();
    int same = all.stream().mapToInt(Accuracy::sameBest).sum();
    double worst = all.stream().mapToDouble(Accuracy::relativeL2).max().orElseThrow();
    return Optional.of(
        card(
            "%s of %s right".formatted(same, images),
            "best classes beside the truth, all engines; largest relative error of the logits "
                + Figures.scientific(worst)));
  }

  private static Element card(String number, String words) {
    return Element.of("li").add(Element.of("strong", number), Element.of("span", words));
  }
}
