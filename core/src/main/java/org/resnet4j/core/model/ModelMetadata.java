package org.resnet4j.core.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.resnet4j.core.image.Preprocessing;
import org.resnet4j.core.json.Json;
import org.resnet4j.core.text.Quote;
import tools.jackson.core.JacksonException;

/** What the strings beside a weights file's tensors say, in this library's words or timm's. */
final class ModelMetadata implements Stated {
  private final Entries entries;

  /**
   * @param file what messages call the file
   * @param strings all keys, of which others than this class's are ignored
   */
  ModelMetadata(String file, Map<String, String> strings) {
    this.entries =
        new Entries(
            file, "metadata", "say it by an option or write the file's metadata anew", strings);
  }

  /** What a file is to say so that it means the same pictures and answers. */
  static Map<String, String> of(Preprocessing preprocessing, Labels labels) {
    Map<String, String> strings = new TreeMap<>(PreprocessingEntries.of(preprocessing));
    if (labels.size() > 0) {
      strings.put("classes", Json.write(labels.names()));
    }
    return strings;
  }

  /** From {@code model}, one of this library's names, else {@code architecture}, timm's word. */
  @Override
  public @Nullable ResNetSpec network() throws ModelFileException {
    String name = entries.text("model");
    if (name == null) {
      return TimmConfig.network(entries);
    }
    ResNetSpec network = ResNets.find(name).orElse(null);
    if (network == null) {
      throw entries.bad("model", "is " + Entries.show(name) + ", which is unknown");
    }
    return network;
  }

  @Override
  public @Nullable Integer baseWidth() throws ModelFileException {
    return entries.integer("base_width", ResNetSpec.MAX_EXTENT);
  }

  @Override
  public @Nullable Preprocessing preprocessing(Preprocessing otherwise, boolean testSize)
      throws ModelFileException {
    return new PreprocessingEntries(entries, otherwise, testSize).read();
  }

  /** From {@code classes}, a JSON array of strings. */
  @Override
  public @Nullable Labels labels(int classes) throws ModelFileException {
    String text = entries.text("classes");
    if (text == null) {
      return null;
    }
    List<String> names = strings("classes", text);
    String problem = Labels.problem(names);
    if (problem != null) {
      throw entries.bad("classes", "is no list of labels: " + problem);
    }
    if (names.size() != classes) {
      throw entries.bad(
          "classes", "has " + names.size() + " names, and fc.weight has " + classes + " classes");
    }
    return Labels.of(names);
  }

  private List<String> strings(String key, String text) throws ModelFileException {
    List<String> strings = new ArrayList<>();
    try {
      if (!(Json.read(text) instanceof List<?> array)) {
        throw entries.bad(key, "is not one JSON array of strings");
      }
      if (array.size() > ResNetSpec.MAX_CLASSES) {
        throw entries.bad(key, "has more than " + ResNetSpec.MAX_CLASSES + " strings");
      }
      for (Object value : array) {
        if (!(value instanceof String string)) {
          throw entries.bad(key, "is not one JSON array of strings");
        }
        strings.add(string);
      }
    } catch (JacksonException e) {
      throw entries.bad(key, "is not valid JSON: " + Quote.jackson(e.getOriginalMessage()));
    }
    return strings;
  }

  @Override
  public @Nullable String dataset() {
    return entries.values().get("dataset") instanceof String text ? text : null;
  }

  @Override
  public void checkClasses(int classes) throws ModelFileException {
    entries.checkClasses(classes);
  }
}
