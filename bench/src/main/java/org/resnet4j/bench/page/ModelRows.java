package org.resnet4j.bench.page;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.resnet4j.bench.result.Row;

/** The rows of one network, all of them, an engine's, and an engine's with so many threads. */
final class ModelRows {
  static final ModelRows NONE = new ModelRows(List.of());

  private final List<Row> all;
  private final Map<String, List<Row>> byEngine = new LinkedHashMap<>();
  private final Map<String, Map<Integer, List<Row>>> byThreads = new LinkedHashMap<>();

  ModelRows(List<Row> rows) {
    this.all = rows.stream().sorted(Comparator.comparingInt(Row::batch)).toList();
    for (Row row : all) {
      byEngine.computeIfAbsent(row.engine(), _ -> new ArrayList<>()).add(row);
      byThreads
          .computeIfAbsent(row.engine(), _ -> new LinkedHashMap<>())
          .computeIfAbsent(row.threads(), _ -> new ArrayList<>())
          .add(row);
    }
  }

  /** By batch. */
  List<Row> all() {
    return all;
  }

  /** Engines that have rows. */
  List<String> engines() {
    return List.copyOf(byEngine.keySet());
  }

  /** An engine's, by batch. */
  List<Row> of(String engine) {
    return Collections.unmodifiableList(byEngine.getOrDefault(engine, List.of()));
  }

  /** An engine's with so many threads, by batch. */
  List<Row> of(String engine, int threads) {
    return Collections.unmodifiableList(
        byThreads.getOrDefault(engine, Map.of()).getOrDefault(threads, List.of()));
  }
}
