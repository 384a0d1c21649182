package org.resnet4j.bench.page;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.resnet4j.bench.markup.Element;
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
          "Failed, or gave another answer: %s. See Not measured."
              .formatted(
                  wrong.stream()
                      .map(missing ->
                          missing.engine() == null ? "a whole configuration" : missing.engine())
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
          .forEach(peer ->
              sheet.ourCpu(peer).flatMap(ours -> beside(sheet, ours, peer)).ifPresent(cards::add));
      sheet.engines().stream()
          .filter(engine -> !sheet.isOnCpu(engine) && !sheet.isEmulated(engine))
          .forEach(device ->
              beside(sheet, device, sheet.ourCpu(device).orElse(cpu)).ifPresent(cards::add));
      accuracy(sheet, cpu).ifPresent(cards::add);
    }
    return cards;
  }

  private static Optional<Element> rate(Sheet sheet, String model, String cpu) {
    List<Row> rows = sheet.rows(model, cpu);
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
        sheet.rowsOf(one).stream()
            .flatMap(row ->
                Optional.ofNullable(sheet.row(other, row.configuration()))
                    .map(theirs -> Sheet.times(row, theirs))
                    .stream())
            .sorted()
            .toList();
    if (times.isEmpty()) {
      return Optional.empty();
    }
    String lowest = Figures.factor(times.getFirst());
    String highest = Figures.factor(times.getLast());
    String range = lowest.equals(highest) ? lowest : lowest + " to " + highest;
    return Optional.of(
        card(
            range + " times",
            "as fast as %s: %s, in %s"
                .formatted(
                    sheet.full(other),
                    sheet.full(one),
                    Figures.count(times.size(), "configuration"))));
  }

  private static Optional<Element> accuracy(Sheet sheet, String cpu) {
    List<Accuracy> its =
        sheet.results().accuracy().stream().filter(one -> one.engine().equals(cpu)).toList();
    if (its.isEmpty()) {
      return Optional.empty();
    }
    int images = its.stream().mapToInt(Accuracy::images).sum();
    int same = its.stream().mapToInt(Accuracy::sameBest).sum();
    double worst = its.stream().mapToDouble(Accuracy::relativeL2).max().orElseThrow();
    String truth =
        its.stream().map(Accuracy::truth).distinct().collect(Collectors.joining(" and "));
    return Optional.of(
        card(
            Figures.scientific(worst) + " error",
            "of %s's logits beside %s; the same best class for %s of %s"
                .formatted(sheet.full(cpu), truth, same, Figures.count(images, "image"))));
  }

  private static Element card(String number, String words) {
    return Element.of("li").add(Element.of("strong", number), Element.of("span", words));
  }
}
