import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/*
 * The table of bench/ab.sh: for each row of the results in FOLDER/a.N.json and b.N.json the medians of both and the median,
 * the smallest and the largest of the rounds' ratios.
 *
 * java -cp JACKSON Table.java FOLDER NAME-A NAME-B
 */

static final String ROW = "%-44s %10s %10s   %s%n";

void main(String[] arguments) throws IOException {
  Path folder = Path.of(arguments[0]);
  Map<String, List<double[]>> rows = new LinkedHashMap<>();
  for (int round = 1; Files.exists(folder.resolve("a." + round + ".json")); round++) {
    Map<String, Double> a = read(folder.resolve("a." + round + ".json"));
    Map<String, Double> b = read(folder.resolve("b." + round + ".json"));
    a.forEach(
        (row, imagesPerSecond) -> {
          if (b.containsKey(row)) {
            rows.computeIfAbsent(row, _ -> new ArrayList<>())
                .add(new double[] {imagesPerSecond, b.get(row)});
          }
        });
  }
  IO.println("A: " + arguments[1] + ", B: " + arguments[2] + "; images/s, medians");
  System.out.printf(ROW, "", "A", "B", "B : A (smallest to largest round)");
  rows.forEach((row, rounds) -> print(row, rounds));
}

void print(String row, List<double[]> rounds) {
  double[] ratios = sorted(rounds.stream().mapToDouble(round -> round[1] / round[0]).toArray());
  System.out.printf(
      ROW,
      row,
      number(median(sorted(rounds.stream().mapToDouble(round -> round[0]).toArray()))),
      number(median(sorted(rounds.stream().mapToDouble(round -> round[1]).toArray()))),
      String.format(
          Locale.ROOT,
          "%.3f (%.3f to %.3f)",
          median(ratios),
          ratios[0],
          ratios[ratios.length - 1]));
}

/** Images per second by row. */
Map<String, Double> read(Path file) throws IOException {
  Map<String, Double> rows = new LinkedHashMap<>();
  try (JsonParser json =
      new JsonFactory().createParser(ObjectReadContext.empty(), Files.readString(file))) {
    while (!"results".equals(json.nextName())) {
      if (json.currentToken() == null) {
        throw new IOException(file + " has no results");
      }
    }
    json.nextToken();
    while (json.nextToken() == JsonToken.START_OBJECT) {
      Map<String, String> row = new HashMap<>();
      while (json.nextToken() == JsonToken.PROPERTY_NAME) {
        String name = json.currentName();
        json.nextToken();
        row.put(name, json.getString());
        json.skipChildren();
      }
      rows.put(
          "%s %s, batch %s, %s threads"
              .formatted(
                  row.get("model"), row.get("engine"), row.get("batch"), row.get("threads")),
          Double.parseDouble(row.get("imagesPerSecond")));
    }
  }
  return rows;
}

double[] sorted(double[] values) {
  Arrays.sort(values);
  return values;
}

double median(double[] sorted) {
  int middle = sorted.length / 2;
  return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

String number(double value) {
  return String.format(Locale.ROOT, "%.2f", value);
}
