package org.resnet4j.bench.page;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.resnet4j.bench.result.Accuracy;
import org.resnet4j.bench.result.EngineFacts;
import org.resnet4j.bench.result.MachineFacts;
import org.resnet4j.bench.result.Merged;
import org.resnet4j.bench.result.Results;
import org.resnet4j.bench.result.Row;

/** Results by what a page asks of them. */
final class Sheet {
  private final Results results;
  private final Map<String, ModelRows> byModel = new LinkedHashMap<>();
  private final Map<String, Map<Row.Configuration, Row>> byEngine = new LinkedHashMap<>();
  private final Map<String, EngineFacts> facts = new HashMap<>();
  private final Map<String, Map<String, Accuracy>> accuracy = new HashMap<>();
  private final Map<String, List<Line>> linesOf = new LinkedHashMap<>();

  /** Of what was measured. */
  Sheet(Results results) {
    this.results = results;
    Map<String, List<Row>> rows = new LinkedHashMap<>();
    for (Row row : results.results()) {
      rows.computeIfAbsent(row.model(), _ -> new ArrayList<>()).add(row);
      byEngine
          .computeIfAbsent(row.engine(), _ -> new TreeMap<>())
          .putIfAbsent(row.configuration(), row);
    }
    rows.forEach((model, its) -> byModel.put(model, new ModelRows(its)));
    results.machine().engines().forEach(one -> facts.putIfAbsent(one.name(), one));
    for (Accuracy one : results.accuracy()) {
      accuracy.computeIfAbsent(one.model(), _ -> new HashMap<>()).putIfAbsent(one.engine(), one);
    }
    addLines();
  }

  /**
   * What charts draw as one line: an engine, and where several were measured its threads.
   *
   * @param engine its name
   * @param threads of the CPU
   * @param label what people read
   * @param series how it looks
   */
  record Line(String engine, int threads, String label, Series series) {}

  /** What was measured. */
  Results results() {
    return results;
  }

  MachineFacts machine() {
    return results.machine();
  }

  /** Networks in the order of their first rows. */
  List<String> models() {
    return List.copyOf(byModel.keySet());
  }

  /** Engines that have a time, in the order in which they were named. */
  List<String> engines() {
    return List.copyOf(byEngine.keySet());
  }

  /** Those that have a time of a network. */
  List<String> engines(String model) {
    return of(model).engines();
  }

  /** Rows of a network, by batch. */
  List<Row> rows(String model) {
    return of(model).all();
  }

  /** An engine's rows of a network, by batch. */
  List<Row> rows(String model, String engine) {
    return of(model).of(engine);
  }

  /** A line's rows of a network, by batch. */
  List<Row> rows(String model, Line line) {
    return of(model).of(line.engine(), line.threads());
  }

  private ModelRows of(String model) {
    return byModel.getOrDefault(model, ModelRows.NONE);
  }

  /** One row of each configuration that an engine has. */
  Collection<Row> rowsOf(String engine) {
    return byEngine.getOrDefault(engine, Map.of()).values();
  }

  /** An engine's row of a configuration. */
  @Nullable Row row(String engine, Row.Configuration configuration) {
    return byEngine.getOrDefault(engine, Map.of()).get(configuration);
  }

  /** How far an engine is from the truth of a network. */
  @Nullable Accuracy accuracy(String model, String engine) {
    return accuracy.getOrDefault(model, Map.of()).get(engine);
  }

  /** One for each engine and its numbers of threads; a device's does not depend on these. */
  List<Line> lines() {
    return linesOf.values().stream().flatMap(List::stream).toList();
  }

  /** Those that have rows of a network. */
  List<Line> lines(String model) {
    return of(model).engines().stream()
        .flatMap(engine -> linesOf.getOrDefault(engine, List.of()).stream())
        .filter(line -> !rows(model, line).isEmpty())
        .sorted(Comparator.comparingInt(line -> line.series().index()))
        .toList();
  }

  private void addLines() {
    Set<Integer> threads = new TreeSet<>();
    Map<String, Set<Integer>> used = new LinkedHashMap<>();
    for (Row row : results.results()) {
      threads.add(row.threads());
      used.computeIfAbsent(row.engine(), _ -> new LinkedHashSet<>()).add(row.threads());
    }
    int drawn = 0;
    for (Map.Entry<String, Set<Integer>> each : used.entrySet()) {
      String engine = each.getKey();
      List<Line> lines = new ArrayList<>();
      boolean several = threads.size() > 1 && isOnCpu(engine);
      for (int count : isOnCpu(engine) ? each.getValue() : Set.of(Collections.max(threads))) {
        String label = several ? engine + ", " + Figures.count(count, "thread") : engine;
        lines.add(new Line(engine, count, label, new Series(drawn++)));
      }
      linesOf.put(engine, lines);
    }
  }

  /** Whether an engine's times are the CPU's; one of which nothing is said is taken to be there. */
  boolean isOnCpu(String engine) {
    EngineFacts its = facts.get(engine);
    return its == null || its.isOnCpu();
  }

  /** Whether an engine is another one's. */
  boolean isPeer(String engine) {
    EngineFacts its = facts.get(engine);
    return its != null && its.kind() == EngineFacts.Kind.PEER;
  }

  /** Whether an engine's times say nothing of any GPU. */
  boolean isEmulated(String engine) {
    EngineFacts its = facts.get(engine);
    return its != null && its.kind() == EngineFacts.Kind.EMULATOR;
  }

  /** What people call a line. */
  String full(Line line) {
    return full(line.engine()) + line.label().substring(line.engine().length());
  }

  /** Whether any engine is emulated. */
  boolean hasEmulator() {
    return engines().stream().anyMatch(this::isEmulated);
  }

  /** Our first engine on the CPU that has a time. */
  @Nullable String ourCpu() {
    return engines().stream()
        .filter(engine -> isOnCpu(engine) && !isPeer(engine))
        .findFirst()
        .orElse(null);
  }

  /** Our first engine on the CPU in the same run as another engine. */
  Optional<String> ourCpu(String besides) {
    return engines().stream()
        .filter(engine -> isOnCpu(engine) && !isPeer(engine))
        .filter(engine -> Merged.run(engine).equals(Merged.run(besides)))
        .findFirst();
  }

  /**
   * How many times as fast one engine is as another in one configuration: of one run by its rounds,
   * which holds where a machine's speed drifts, of several by their images/s.
   */
  static double times(Row one, Row other) {
    return Merged.run(one.engine()).equals(Merged.run(other.engine()))
        ? one.ratioToOurs() / other.ratioToOurs()
        : one.imagesPerSecond() / other.imagesPerSecond();
  }

  /** An engine's name and, of a peer, its version. */
  String full(String engine) {
    EngineFacts its = facts.get(engine);
    String version = its == null ? null : its.version();
    if (its == null || its.kind() == EngineFacts.Kind.PEER) {
      return version == null || version.isEmpty() ? engine : engine + " " + version;
    }
    int run = Merged.run(engine).length();
    String name = (engine.substring(0, run) + " resnet4j " + engine.substring(run).strip()).strip();
    return isEmulated(engine) ? name + " (emulator)" : name;
  }
}
