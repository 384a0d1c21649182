package org.resnet4j.bench.report;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
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
  private static final Pattern TABLE =
      Pattern.compile("(<!-- table of ([^>]+) -->\r?\n)(.*?)(<!-- end -->)", Pattern.DOTALL);

  private ResultTables() {}

  /**
   * The text with its tables as the files have them.
   *
   * @param folder of the files that the text names
   * @throws IOException if a file cannot be read or is none, or what would be replaced is no table;
   *     names it
   */
  public static String rewritten(String markdown, Path folder) throws IOException {
    StringBuilder text = new StringBuilder();
    Matcher tables = TABLE.matcher(markdown);
    int from = 0;
    while (tables.find()) {
      requireTable(tables.group(2).strip(), tables.group(3));
      text.append(markdown, from, tables.start()).append(tables.group(1));
      String table = table(tables.group(2).strip().split("\\s+", -1), folder);
      text.append(tables.group(1).endsWith("\r\n") ? table.replace("\n", "\r\n") : table);
      text.append(tables.group(4));
      from = tables.end();
    }
    return text.append(markdown.substring(from)).toString();
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

  /** How many tables of results a text has. */
  public static int count(String markdown) {
    return (int) TABLE.matcher(markdown).results().count();
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
    String peer = "";
    for (String file : files) {
      Results results = ResultsJson.read(folder.resolve(file));
      EngineFacts theirs = peer(results.machine());
      peer = theirs.name() + " " + theirs.version();
      for (Row row : results.results()) {
        if (row.engine().equals(theirs.name())) {
          results.results().stream()
              .filter(ours -> !ours.engine().equals(theirs.name()))
              .filter(ours -> ours.configuration().equals(row.configuration()))
              .findFirst()
              .ifPresent(ours -> pairs.put(row.configuration(), new Pair(ours, row)));
        }
      }
    }
    return table(pairs, peer);
  }

  private static EngineFacts peer(MachineFacts machine) throws IOException {
    return machine.engines().stream()
        .filter(engine -> engine.kind() == EngineFacts.Kind.PEER)
        .findFirst()
        .orElseThrow(() -> new IOException("the results have no other engine to compare with"));
  }

  private static String table(Map<Row.Configuration, Pair> pairs, String peer) {
    List<String> columns =
        pairs.keySet().stream()
            .sorted((a, b) ->
                a.batch() == b.batch()
                    ? Integer.compare(a.threads(), b.threads())
                    : Integer.compare(a.batch(), b.batch()))
            .map(ResultTables::column)
            .distinct()
            .toList();
    List<List<String>> lines = new ArrayList<>();
    lines.add(
        Stream.of(
                Stream.of("network"),
                columns.stream().map(column -> column + ": times " + peer),
                columns.stream().map(column -> column + ": p50 ms an image, ours, theirs"))
            .flatMap(cells -> cells)
            .toList());
    lines.add(lines.getFirst().stream().map(_ -> "---").toList());
    for (String model : pairs.keySet().stream().map(Row.Configuration::model).distinct().toList()) {
      List<String> ratios = new ArrayList<>(List.of("`" + model + "`"));
      List<String> times = new ArrayList<>();
      for (String column : columns) {
        Pair pair =
            pairs.entrySet().stream()
                .filter(entry -> entry.getKey().model().equals(model))
                .filter(entry -> column(entry.getKey()).equals(column))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse(null);
        ratios.add(pair == null ? "" : ratio(pair.theirs()));
        times.add(pair == null ? "" : millis(pair.ours()) + ", " + millis(pair.theirs()));
      }
      ratios.addAll(times);
      lines.add(ratios);
    }
    StringBuilder text = new StringBuilder();
    lines.forEach(line -> text.append("| ").append(String.join(" | ", line)).append(" |\n"));
    return text.toString();
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
