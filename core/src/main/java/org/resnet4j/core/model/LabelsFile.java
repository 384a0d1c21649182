package org.resnet4j.core.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.resnet4j.core.json.Json;
import org.resnet4j.core.text.Quote;
import tools.jackson.core.JacksonException;

/** The ways in which people write down labels. */
final class LabelsFile {
  private static final Pattern NUMBER_OR_SYNSET = Pattern.compile("\\d{1,6}|n\\d{8}");
  private static final Pattern NUMBER = Pattern.compile("\\d{1,6}");
  private static final Pattern SYNSET_AND_WORDS = Pattern.compile("n\\d{8} ++.+");
  private static final String REMEDY =
      "write one label a line, or a JSON object from the classes' numbers to their names";

  private final String file;

  private LabelsFile(String file) {
    this.file = file;
  }

  /**
   * The labels of a text.
   *
   * @param file what messages call it
   */
  static Labels parse(String file, String text) throws ModelFileException {
    LabelsFile labels = new LabelsFile(file);
    String start = text.stripLeading();
    return start.startsWith("{") || start.startsWith("[") ? labels.json(text) : labels.lines(text);
  }

  private Labels lines(String text) throws ModelFileException {
    List<String> lines = text.stripTrailing().lines().limit(ResNetSpec.MAX_CLASSES + 1L).toList();
    checkCount(lines.size(), "lines");
    if (!lines.isEmpty() && lines.stream().allMatch(line -> line.indexOf('\t') > 0)) {
      return labels(columns(lines), "tab-separated");
    }
    if (lines.stream().allMatch(line -> SYNSET_AND_WORDS.matcher(line).matches())) {
      return labels(
          lines.stream().map(line -> line.substring(line.indexOf(' ')).strip()).toList(),
          "one a line after its synset");
    }
    return labels(lines, "one a line");
  }

  /** Of each line what follows the numbers and synsets that all lines begin with. */
  private List<String> columns(List<String> lines) throws ModelFileException {
    List<String[]> rows = lines.stream().map(line -> line.split("\t", -1)).toList();
    int columns = rows.stream().mapToInt(row -> row.length).min().orElse(1);
    int name = 0;
    while (name < columns - 1 && isIdentifier(rows, name)) {
      name++;
    }
    int column = name;
    for (int i = 0; i < name; i++) {
      if (NUMBER.matcher(rows.getFirst()[i]).matches()) {
        return inOrder(rows, i, column);
      }
    }
    return rows.stream().map(row -> row[column]).toList();
  }

  /** By their numbers, which count from 0 or from 1, whatever the order of the lines. */
  private List<String> inOrder(List<String[]> rows, int number, int name)
      throws ModelFileException {
    TreeMap<Integer, String> byNumber = new TreeMap<>();
    for (String[] row : rows) {
      if (!NUMBER.matcher(row[number]).matches()) {
        throw bad("has " + Quote.name(row[number]) + " where other lines have a number");
      }
      byNumber.put(Integer.valueOf(row[number]), row[name]);
    }
    int first = byNumber.firstKey();
    int last = first + rows.size() - 1;
    if (first > 1 || byNumber.size() != rows.size() || byNumber.lastKey() != last) {
      throw bad("has numbers that do not count its " + rows.size() + " labels");
    }
    return List.copyOf(byNumber.values());
  }

  private static boolean isIdentifier(List<String[]> rows, int column) {
    return rows.stream().allMatch(row -> NUMBER_OR_SYNSET.matcher(row[column]).matches());
  }

  private Labels json(String text) throws ModelFileException {
    Object value;
    try {
      value = Json.read(text);
    } catch (JacksonException e) {
      throw bad("is not valid JSON: " + Quote.jackson(e.getOriginalMessage()));
    }
    if (value instanceof Map<?, ?> map && map.get("id2label") instanceof Map<?, ?> own) {
      value = own;
    }
    return switch (value) {
      case List<?> list -> {
        checkCount(list.size(), "labels");
        yield labels(names(list), "a JSON list");
      }
      case Map<?, ?> map -> {
        checkCount(map.size(), "labels");
        yield labels(byNumber(map), "a JSON object");
      }
      case null, default -> throw bad("is neither a JSON list nor an object of labels");
    };
  }

  private List<String> byNumber(Map<?, ?> map) throws ModelFileException {
    List<Object> values = new ArrayList<>();
    for (int i = 0; i < map.size(); i++) {
      Object value = map.get(String.valueOf(i));
      if (value == null) {
        Set<?> keys = map.keySet();
        throw bad(
            "has "
                + keys.size()
                + " labels, of which none is for class "
                + i
                + "; there is "
                + Quote.name(String.valueOf(keys.iterator().next())));
      }
      values.add(value);
    }
    return names(values);
  }

  private List<String> names(List<?> values) throws ModelFileException {
    List<String> names = new ArrayList<>();
    for (Object value : values) {
      Object name = value instanceof List<?> pair && !pair.isEmpty() ? pair.getLast() : value;
      if (!(name instanceof String string)) {
        throw bad("label " + names.size() + " (counted from 0) is no string");
      }
      names.add(string);
    }
    return names;
  }

  private void checkCount(int count, String what) throws ModelFileException {
    if (count > ResNetSpec.MAX_CLASSES) {
      throw bad("has more than " + ResNetSpec.MAX_CLASSES + " " + what);
    }
  }

  private Labels labels(List<String> names, String form) throws ModelFileException {
    String problem = Labels.problem(names);
    if (problem != null) {
      throw bad(problem);
    }
    return Labels.of(names, form);
  }

  private ModelFileException bad(String problem) {
    return new ModelFileException(file, problem, REMEDY);
  }
}
