package org.resnet4j.bench.page;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.resnet4j.bench.markup.Element;
import org.resnet4j.bench.result.EngineFacts;
import org.resnet4j.bench.result.MachineFacts;
import org.resnet4j.bench.result.Merged;
import org.resnet4j.bench.result.Results;
import org.resnet4j.bench.result.RunProgress;

/** The part of a page that says where and how its numbers came about. */
final class MachinePart {
  private MachinePart() {}

  static Element of(List<Results> runs) {
    Element section =
        Element.of("section").with("id", "machine").add(Element.of("h2", "Machine and method"));
    for (int run = 0; run < runs.size(); run++) {
      if (runs.size() > 1) {
        section.add(Element.of("h3", "Machine " + Merged.prefix(run).replace(": ", "")));
      }
      add(section, runs.get(run));
    }
    return section.add(
        Element.of(
            "p",
            "Every engine gets the same network, weights and images, and has to give the same"
                + " logits before anything is timed. Each is warmed up until it gets no faster;"
                + " then they run in turns, at least seven rounds, so that a machine whose speed"
                + " drifts slows all of them alike. GFLOP/s count two operations for each"
                + " multiply-add."));
  }

  private static void add(Element section, Results results) {
    MachineFacts machine = results.machine();
    Element facts = Element.of("dl");
    add(facts, "processor", machine.cpu() == null ? "unknown" : machine.cpu());
    add(facts, "cores", Integer.toString(machine.cores()));
    add(
        facts,
        "peak",
        Figures.digits(machine.peakGflopsPerThread())
            + " GFLOP/s on one thread, multiply-adds in registers alone");
    add(
        facts,
        "memory",
        machine.memoryBytes() == null ? null : Figures.bytes(machine.memoryBytes()));
    add(facts, "system", machine.os());
    add(facts, "Java", machine.jdk());
    add(facts, "resnet4j", machine.version());
    for (EngineFacts engine : machine.engines()) {
      add(facts, engine.name(), describe(engine));
    }
    add(facts, "date", Figures.date(machine.date()));
    RunProgress progress = results.progress();
    if (progress != null) {
      add(
          facts,
          "measured",
          "%s of %s, %s s for each engine of a configuration beside the warm-up, %s min in all"
              .formatted(
                  progress.done(),
                  Figures.count(progress.planned(), "configuration"),
                  Figures.digits(progress.secondsPerEngine()),
                  Figures.digits(progress.seconds() / 60)));
    }
    section.add(facts);
    if (machine.command() != null) {
      section.add(
          Element.of("p", "The same again:"),
          Element.of("p").add(Element.of("code", machine.command())));
    }
  }

  private static String describe(EngineFacts engine) {
    String version = engine.version();
    return (version == null || version.isEmpty() ? "" : version + ", ")
        + engine.device()
        + ", "
        + engine.precision();
  }

  private static void add(Element list, String term, @Nullable String what) {
    if (what != null) {
      list.add(Element.of("dt", term), Element.of("dd", what));
    }
  }
}
