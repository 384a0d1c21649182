package org.resnet4j.bench.report;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.resnet4j.bench.result.EngineFacts;
import org.resnet4j.bench.result.MachineFacts;
import org.resnet4j.bench.result.Results;
import org.resnet4j.bench.result.ResultsJson;
import org.resnet4j.bench.result.Row;
import org.resnet4j.core.text.Quote;

/**
 * Tables of a Markdown text, made of results files: what stands between {@code <!-- table of FILE
 * FILE -->} and {@code <!-- end -->} is replaced, if it is a table or nothing. Of several rows for
 * one configuration the last file's counts.
 */
public final class ResultTables {
  private static final String BEGIN = "<!-- table of ";
  private static final String CLOSE = " -->";
  private static final String END = "<!-- end -->";

  /** More than anybody reads. */
  private static final int MOST_COLUMNS = 50;

  private ResultTables() {}

  /**
   * Where a table stands in a text.
   *
   * @param files that its mark names
   * @param from the first character after the mark's line
   * @param to the first character of the end's mark
   */
  private record Place(String files, int from, int to) {}

  /**
   * The text with its tables as the files have them.
   *
   * @param folder of the files that the text names
   * @throws IOException if a file cannot be read or is none, or what would be replaced is no table;
   *     names it
   */
  public static String rewritten(String markdown, Path folder) throws IOException {
    StringBuilder text = new StringBuilder();
    int from = 0;
    for (Place place : places(markdown)) {
      requireTable(place.files(), markdown.substring(place.from(), place.to()));
      String table = table(place.files().split("\\s+", -1), folder);
      text.append(markdown, from, place.from())
          .append(
              markdown.startsWith("\r\n", place.from() - 2) ? table.replace("\n", "\r\n") : table);
      from = place.to();
    }
    return text.append(markdown, from, markdown.length()).toString();
  }

  /**
   * Where tables stand.
   *
   * @throws IOException if one has no end
   */
  private static List<Place> places(String markdown) throws IOException {
    List<Place> places = new ArrayList<>();
    int line = 0;
    for (int next; (next = markdown.indexOf('\n', line) + 1) > 0; line = next) {
      String files = files(markdown.substring(line, next - 1));
      if (files.isEmpty()) {
        continue;
      }
      int end = markdown.indexOf(END, next);
      if (end < 0) {
        throw new IOException(
            "the table of %s has no end; write %s where it ends".formatted(Quote.line(files), END));
      }
      places.add(new Place(files, next, end));
      next = end;
    }
    return places;
  }

  /** The files that the mark at a line's end names; empty if there is none. */
  private static String files(String line) {
    String text = line.endsWith("\r") ? line.substring(0, line.length() - 1) : line;
    int mark = text.lastIndexOf(BEGIN);
    int close = text.length() - CLOSE.length();
    if (mark < 0 || !text.endsWith(CLOSE) || text.indexOf('>', mark) < text.length() - 1) {
      return "";
    }
    return text.substring(Math.min(mark + BEGIN.length(), close), close).strip();
  }

  /** What is no table between the marks is somebody's text, or the end's mark is missing. */
  private static void requireTable(String files, String between) throws IOException {
    for (String line : between.lines().toList()) {
      if (!line.isBlank() && !line.strip().startsWith("|")) {
        throw new IOException(
            "the table of %s: %s would be lost; end it with <!-- end --> on a line of its own"
                .formatted(Quote.line(files), Quote.name(line.strip())));
      }
    }
  }

  /**
   * How many tables of results a text has.
   *
   * @throws IOException if one has no end
   */
  public static int count(String markdown) throws IOException {
    return places(markdown).size();
  }

  /**
   * Both engines' rows of a configuration.
   *
   * @param ours our engine's
   * @param theirs the peer's
   */
  private record Pair(Row ours, Row theirs) {}

  private static String table(String[] files, Path folder) throws IOException {
    Map<Row.Configuration, Pair> pairs = new LinkedHashMap<>();
    Set<String> ours = new LinkedHashSet<>();
    Set<String> peers = new LinkedHashSet<>();
    for (String file : files) {
      Results results = ResultsJson.read(folder.resolve(file));
      EngineFacts own = first(results.machine(), false);
      EngineFacts peer = first(results.machine(), true);
      ours.add(own.name());
      peers.add(peer.name() + " " + peer.version());
      Map<Row.Configuration, Row> rows = new HashMap<>();
      for (Row row : results.results()) {
        if (row.engine().equals(own.name())) {
          rows.put(row.configuration(), row);
        }
      }
      for (Row row : results.results()) {
        Row beside = rows.get(row.configuration());
        if (row.engine().equals(peer.name()) && beside != null) {
          pairs.put(row.configuration(), new Pair(beside, row));
        }
      }
    }
    requireOne("engines", ours);
    requireOne("engines to compare with", peers);
    requireOne(
        "sizes of pictures",
        pairs.keySet().stream()
            .map(each -> each.size().getFirst() + "x" + each.size().getLast())
            .collect(Collectors.toCollection(LinkedHashSet::new)));
    return table(pairs, peers.iterator().next());
  }

  /** A column's name has neither, so that one would stand for the other. */
  private static void requireOne(String what, Set<String> all) throws IOException {
    if (all.size() > 1) {
      throw new IOException(
          "the results have several %s (%s), and a table has one"
              .formatted(what, Quote.line(String.join(", ", all))));
    }
  }

  private static EngineFacts first(MachineFacts machine, boolean isPeer) throws IOException {
    return machine.engines().stream()
        .filter(engine -> (engine.kind() == EngineFacts.Kind.PEER) == isPeer)
        .findFirst()
        .orElseThrow(() ->
            new IOException(
                isPeer
                    ? "the results have no other engine to compare with"
                    : "the results have no engine of resnet4j"));
  }

  private static String table(Map<Row.Configuration, Pair> pairs, String peer) throws IOException {
    List<String> columns =
        pairs.keySet().stream()
            .sorted(
                Comparator.comparingInt(Row.Configuration::batch)
                    .thenComparingInt(Row.Configuration::threads))
            .map(ResultTables::column)
            .distinct()
            .toList();
    if (columns.size() > MOST_COLUMNS) {
      throw new IOException(
          "the results have %s pairs of batch and threads, and a table takes %s"
              .formatted(columns.size(), MOST_COLUMNS));
    }
    Map<String, Map<String, Pair>> byModel = new LinkedHashMap<>();
    pairs.forEach((configuration, pair) ->
        byModel
            .computeIfAbsent(configuration.model(), _ -> new HashMap<>())
            .putIfAbsent(column(configuration), pair));
    List<List<String>> lines = new ArrayList<>();
    lines.add(
        Stream.of(
                Stream.of("network"),
                columns.stream().map(column -> column + ": times " + peer),
                columns.stream().map(column -> column + ": p50 ms an image, ours, theirs"))
            .flatMap(cells -> cells)
            .toList());
    lines.add(lines.getFirst().stream().map(_ -> "---").toList());
    byModel.forEach((model, its) -> {
      List<String> ratios = new ArrayList<>(List.of(cell(model)));
      List<String> times = new ArrayList<>();
      for (String column : columns) {
        Pair pair = its.get(column);
        ratios.add(pair == null ? "" : ratio(pair.theirs()));
        times.add(pair == null ? "" : millis(pair.ours()) + ", " + millis(pair.theirs()));
      }
      ratios.addAll(times);
      lines.add(ratios);
    });
    StringBuilder text = new StringBuilder();
    lines.forEach(line -> text.append("| ").append(String.join(" | ", line)).append(" |\n"));
    return text.toString();
  }

  /** What a name could end, a cell or its code or the table, is written otherwise. */
  private static String cell(String model) {
    String safe = Quote.line(model).replace("|", "\\|").replace('`', '\'').replace("<!", "< !");
    return "`" + safe + "`";
  }

  private static String column(Row.Configuration configuration) {
    String threads =
        configuration.threads() + (configuration.threads() == 1 ? " thread" : " threads");
    return configuration.batch() == 1 ? threads : "batch " + configuration.batch() + ", " + threads;
  }

  private static String ratio(Row theirs) {
    return String.format(
        Locale.ROOT,
        "%.2f (%.2f to %.2f)",
        1 / theirs.ratioToOurs(),
        1 / theirs.ratioSpread().getLast(),
        1 / theirs.ratioSpread().getFirst());
  }

  private static String millis(Row row) {
    return String.format(Locale.ROOT, "%.1f", row.millis().p50() / row.batch());
  }
}
