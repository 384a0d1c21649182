package org.resnet4j.bench.result;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Results of several runs as if they were of one, whose engines are those of each run under names
 * of their own: {@code "A: simd"}, {@code "B: simd"}.
 */
public final class Merged {
  private Merged() {}

  /** The letter of a run, and what follows it: {@code "A: "}. */
  public static String prefix(int run) {
    return Character.toString('A' + run % 26) + (run < 26 ? "" : run / 26) + ": ";
  }

  /** The prefix of an engine's name without its blank, {@code "A:"}; empty of a single run. */
  public static String run(String engine) {
    return engine.substring(0, engine.indexOf(": ") + 1);
  }

  /**
   * All of them, in their order.
   *
   * @param runs at least one; a single one stays what it is
   */
  public static Results of(List<Results> runs) {
    if (runs.size() == 1) {
      return runs.getFirst();
    }
    List<EngineFacts> engines = new ArrayList<>();
    Map<String, Double> prices = new LinkedHashMap<>();
    List<Row> rows = new ArrayList<>();
    List<Missing> missing = new ArrayList<>();
    List<LayerProfile> profiles = new ArrayList<>();
    List<Accuracy> accuracy = new ArrayList<>();
    for (int run = 0; run < runs.size(); run++) {
      String prefix = prefix(run);
      Results each = runs.get(run);
      each.machine().engines().forEach(engine -> engines.add(named(engine, prefix)));
      each.machine().prices().forEach((name, price) -> prices.put(prefix + name, price));
      each.results().forEach(row -> rows.add(named(row, prefix)));
      each.missing().forEach(one -> missing.add(named(one, prefix)));
      each.profiles().forEach(profile -> profiles.add(named(profile, prefix)));
      each.accuracy().forEach(one -> accuracy.add(named(one, prefix)));
    }
    MachineFacts first = runs.getFirst().machine();
    MachineFacts machine =
        new MachineFacts(
            runs.size() + " machines",
            first.cores(),
            first.jdk(),
            first.os(),
            null,
            first.version(),
            null,
            engines,
            first.peakGflopsPerThread(),
            first.date(),
            prices);
    return new Results(machine, null, rows, missing, profiles, accuracy);
  }

  private static EngineFacts named(EngineFacts engine, String prefix) {
    return new EngineFacts(
        prefix + engine.name(),
        engine.kind(),
        engine.device(),
        engine.precision(),
        engine.version());
  }

  private static Row named(Row row, String prefix) {
    return new Row(
        row.model(),
        prefix + row.engine(),
        row.batch(),
        row.threads(),
        row.size(),
        row.imagesPerSecond(),
        row.millis(),
        row.ratioToOurs(),
        row.ratioSpread(),
        row.gflops(),
        row.shareOfPeak(),
        row.rounds(),
        row.answer(),
        row.memoryBytes());
  }

  private static Missing named(Missing one, String prefix) {
    return new Missing(
        one.engine() == null ? prefix.strip() : prefix + one.engine(),
        one.model(),
        one.batch(),
        one.threads(),
        one.kind(),
        one.reason());
  }

  private static LayerProfile named(LayerProfile profile, String prefix) {
    return new LayerProfile(
        profile.model(),
        prefix + profile.engine(),
        profile.device(),
        profile.batch(),
        profile.threads(),
        profile.size(),
        profile.peakGflopsPerThread(),
        profile.readGigabytesPerSecond(),
        profile.weightBytes(),
        profile.millis(),
        profile.stepMillis(),
        profile.limitMillis(),
        profile.gflops(),
        profile.shareOfPeak(),
        profile.steps(),
        profile.algorithms(),
        profile.notes(),
        profile.alternatives());
  }

  private static Accuracy named(Accuracy one, String prefix) {
    return new Accuracy(
        one.model(),
        prefix + one.engine(),
        one.truth(),
        one.images(),
        one.relativeL2(),
        one.maxAbs(),
        one.sameBest(),
        one.pytorch());
  }
}
