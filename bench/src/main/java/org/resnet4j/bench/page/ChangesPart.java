package org.resnet4j.bench.page;

import java.util.ArrayList;
import java.util.List;
import org.resnet4j.bench.markup.Element;
import org.resnet4j.bench.result.Results;
import org.resnet4j.bench.result.Row;

/** The part of a page that holds results beside those of an earlier run. */
final class ChangesPart {
  /** More rows than this are shown when asked for. */
  private static final int MANY = 30;

  private ChangesPart() {}

  private static String inShort(List<Verdict> verdicts) {
    long faster = verdicts.stream().filter(Verdict.FASTER::equals).count();
    long slower = verdicts.stream().filter(Verdict.SLOWER::equals).count();
    return "Of %s, %s faster and %s slower beyond the noise."
        .formatted(
            Figures.count(verdicts.size(), "configuration"),
            faster == 1 ? "1 is" : faster + " are",
            slower == 1 ? "1 is" : slower + " are");
  }

  static Element of(Sheet sheet, Results before) {
    Element section =
        Element.of("section")
            .with("id", "changes")
            .add(Element.of("h2", "Changes since " + Figures.date(before.machine().date())));
    Sheet old = new Sheet(before);
    HtmlTable table =
        new HtmlTable(
            "Images/s, then and now",
            "network",
            ">threads",
            ">batch",
            "engine",
            ">then",
            ">now",
            ">now / then",
            "beyond the noise");
    int shown = 0;
    List<Verdict> verdicts = new ArrayList<>();
    List<String> alone = new ArrayList<>();
    for (Row row : sheet.results().results()) {
      Row then = old.row(row.engine(), row.configuration());
      if (then == null) {
        alone.add("%s, batch %s, %s".formatted(row.model(), row.batch(), sheet.full(row.engine())));
        continue;
      }
      shown++;
      Verdict verdict = Verdict.of(then, row);
      verdicts.add(verdict);
      table.row(
          List.of(
              Element.of("td", row.model()),
              Element.of("td", Integer.toString(row.threads())),
              Element.of("td", Integer.toString(row.batch())),
              Element.of("td", sheet.full(row.engine())),
              Element.of("td", Figures.digits(then.imagesPerSecond())),
              Element.of("td", Figures.digits(row.imagesPerSecond())),
              Element.of("td", Figures.factor(row.imagesPerSecond() / then.imagesPerSecond())),
              Element.of("td", verdict.words).with("class", verdict.look)));
    }
    String other = String.valueOf(before.machine().cpu());
    if (!other.equals(String.valueOf(sheet.machine().cpu()))) {
      section.add(
          DevicePart.note(
              "The earlier results are of another machine, " + other + ": changes may be its."));
    }
    section.add(
        Element.of(
            "p",
            "A change is beyond the noise if no round of one run was as fast as any round of the"
                + " other: the ranges of both do not touch. A machine that others share may drift"
                + " by more between two days; what holds then is the ratio to an engine that has"
                + " not changed."));
    if (shown > 0) {
      section.add(Element.of("p", inShort(verdicts)));
      Element details = Element.of("details").add(Element.of("summary", "Row by row"));
      details.add(table.element());
      section.add(shown > MANY ? details : details.with("open", ""));
    }
    if (!alone.isEmpty()) {
      section.add(Element.of("p", "Not in the earlier results: " + String.join("; ", alone) + "."));
    }
    return section;
  }

  /** What a change means. */
  private enum Verdict {
    FASTER("faster", "good"),
    SLOWER("slower", "bad"),
    NEITHER("no", ""),
    UNKNOWN("not known: rounds are missing", "");

    private final String words;
    private final String look;

    Verdict(String words, String look) {
      this.words = words;
      this.look = look;
    }

    static Verdict of(Row then, Row now) {
      if (then.rounds().isEmpty() || now.rounds().isEmpty()) {
        return UNKNOWN;
      }
      if (now.range()[0] > then.range()[1]) {
        return FASTER;
      }
      return now.range()[1] < then.range()[0] ? SLOWER : NEITHER;
    }
  }
}
