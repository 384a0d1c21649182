package org.resnet4j.bench.page;

import java.util.List;
import org.resnet4j.bench.markup.Element;
import org.resnet4j.bench.result.Accuracy;

/** The part of a page that shows whether answers are right. */
final class AccuracyPart {
  private AccuracyPart() {}

  static Element of(Sheet sheet) {
    Element section = Element.of("section").with("id", "accuracy");
    section.add(Element.of("h2", "Accuracy"));
    List<Accuracy> all = sheet.results().accuracy();
    if (all.isEmpty()) {
      return section.add(
          Element.of(
              "p",
              "These results do not say how far the answers are from the truth. Engines that were"
                  + " timed together gave the same logits before."));
    }
    HtmlTable table =
        new HtmlTable(
            "Distance of the logits from the truth",
            "network",
            "engine",
            ">relative error",
            ">largest error of a logit",
            ">same best class",
            ">PyTorch's own error",
            "truth");
    for (Accuracy one : all) {
      boolean same = one.sameBest() == one.images();
      table.row(
          List.of(
              Element.of("td", one.model()),
              Element.of("td", sheet.full(one.engine())),
              Element.of("td", Figures.scientific(one.relativeL2())),
              Element.of("td", Figures.scientific(one.maxAbs())),
              Element.of("td", "%s of %s".formatted(one.sameBest(), one.images()))
                  .with("class", same ? "good" : "bad"),
              Element.of("td", one.pytorch() == null ? "" : Figures.scientific(one.pytorch())),
              Element.of("td", one.truth()).with("class", "words")));
    }
    return section.add(
        Element.of(
            "p",
            "Relative error: the norm of the difference divided by the norm of the truth. PyTorch's"
                + " own error is what float32 costs PyTorch on the same network and input: an"
                + " engine in float32 that stays near it has lost nothing. Before any time is"
                + " taken, engines have to agree within 1e-4 (tf32, fp16: 2e-2, bf16: 1e-1, int8: 3e-1)."),
        table.element());
  }
}
