package org.resnet4j.bench.page;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.resnet4j.bench.result.EngineFacts;
import org.resnet4j.bench.result.MachineFacts;
import org.resnet4j.bench.result.Merged;
import org.resnet4j.bench.result.Results;
import org.resnet4j.bench.result.Row;

/** Results by what a page asks of them. */
final class Sheet {
  private final Results results;
  private final Map<String, List<Row>> byModel = new LinkedHashMap<>();
  private final List<Line> lines;

  /** Of what was measured. */
  Sheet(Results results) {
    this.results = results;
    for (Row row : results.results()) {
      byModel.computeIfAbsent(row.model(), _ -> new ArrayList<>()).add(row);
    }
    byModel.values().forEach(rows -> rows.sort(Comparator.comparingInt(Row::batch)));
    this.lines = List.copyOf(drawn());
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
    return results.results().stream().map(Row::engine).distinct().toList();
  }

  /** Rows of a network, by batch. */
  List<Row> rows(String model) {
    return Collections.unmodifiableList(byModel.getOrDefault(model, List.of()));
  }

  /** A line's rows of a network, by batch. */
  List<Row> rows(String model, Line line) {
    return rows(model).stream().filter(row -> isOf(row, line)).toList();
  }

  private static boolean isOf(Row row, Line line) {
    return row.engine().equals(line.engine()) && row.threads() == line.threads();
  }

  /** One for each engine and its numbers of threads; a device's does not depend on these. */
  List<Line> lines() {
    return lines;
  }

  /** Those that have rows of a network. */
  List<Line> lines(String model) {
    List<Row> rows = rows(model);
    return lines.stream().filter(line -> rows.stream().anyMatch(row -> isOf(row, line))).toList();
  }

  private List<Line> drawn() {
    List<Integer> threads = results.results().stream().map(Row::threads).distinct().toList();
    int most = threads.stream().mapToInt(Integer::intValue).max().orElse(1);
    Map<String, Set<Integer>> used = new HashMap<>();
    for (Row row : results.results()) {
      used.computeIfAbsent(row.engine(), _ -> new LinkedHashSet<>()).add(row.threads());
    }
    List<Line> drawn = new ArrayList<>();
    for (String engine : engines()) {
      for (int count : isOnCpu(engine) ? used.getOrDefault(engine, Set.of()) : Set.of(most)) {
        boolean several = threads.size() > 1 && isOnCpu(engine);
        String label = several ? engine + ", " + Figures.count(count, "thread") : engine;
        drawn.add(new Line(engine, count, label, new Series(drawn.size())));
      }
    }
    return drawn;
  }

  /** Whether an engine's times are the CPU's; one of which nothing is said is taken to be there. */
  boolean isOnCpu(String engine) {
    EngineFacts facts = machine().engine(engine);
    return facts == null || facts.isOnCpu();
  }

  /** Whether an engine is another one's. */
  boolean isPeer(String engine) {
    EngineFacts facts = machine().engine(engine);
    return facts != null && facts.kind() == EngineFacts.Kind.PEER;
  }

  /** Whether an engine's times say nothing of any GPU. */
  boolean isEmulated(String engine) {
    EngineFacts facts = machine().engine(engine);
    return facts != null && facts.kind() == EngineFacts.Kind.EMULATOR;
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
    EngineFacts facts = machine().engine(engine);
    String version = facts == null ? null : facts.version();
    if (facts == null || facts.kind() == EngineFacts.Kind.PEER) {
      return version == null || version.isEmpty() ? engine : engine + " " + version;
    }
    int run = Merged.run(engine).length();
    String name = (engine.substring(0, run) + " resnet4j " + engine.substring(run).strip()).strip();
    return isEmulated(engine) ? name + " (emulator)" : name;
  }

  /** An engine's row of a configuration. */
  @Nullable Row row(String engine, Row.Configuration configuration) {
    return results.results().stream()
        .filter(row -> row.engine().equals(engine))
        .filter(row -> Objects.equals(row.configuration(), configuration))
        .findFirst()
        .orElse(null);
  }
}
