package org.resnet4j.core.model;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.resnet4j.core.image.Interpolation;
import org.resnet4j.core.image.Preprocessing;
import org.resnet4j.core.text.Quote;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/**
 * What the {@code __metadata__} of a weights file says about the model. A key that is absent is
 * absent; one that is there must be right.
 *
 * @param file what messages call the file
 * @param entries all keys, of which others than this class's are ignored
 */
record ModelMetadata(String file, Map<String, String> entries) {
  private static final JsonFactory JSON = JsonFactory.builder().build();
  private static final int CHANNELS = 3;

  /** Far above any use, and small enough that a file cannot ask for gigabytes. */
  private static final int MAX_IMAGE = 4096;

  private static final Preprocessing DEFAULT = Preprocessing.TORCHVISION_V1;

  @Nullable String text(String key) {
    return entries.get(key);
  }

  /** The integer from 1 to {@code max} under {@code key}, or null. */
  @Nullable Integer integer(String key, int max) throws ModelFileException {
    String text = entries.get(key);
    if (text == null) {
      return null;
    }
    try {
      int value = Integer.parseInt(text);
      if (value >= 1 && value <= max) {
        return value;
      }
    } catch (NumberFormatException _) {
      // Falls through to the common refusal.
    }
    throw bad(key, "is " + Quote.name(text) + ", which is no integer from 1 to " + max);
  }

  /**
   * From {@code input_size}, {@code resize_size}, {@code crop_size}, {@code interpolation}, {@code
   * mean} and {@code std}; null if the file has none of them. {@code input_size} stands for both
   * sizes; what is absent is {@link Preprocessing#TORCHVISION_V1}'s. A preset that agrees is
   * returned by its name.
   */
  @Nullable Preprocessing preprocessing() throws ModelFileException {
    if (Stream.of("input_size", "resize_size", "crop_size", "interpolation", "mean", "std")
        .noneMatch(entries::containsKey)) {
      return null;
    }
    if (entries.containsKey("mean") != entries.containsKey("std")) {
      String absent = entries.containsKey("mean") ? "std" : "mean";
      throw bad(absent, "is absent, and mean and std go together");
    }
    Integer input = integer("input_size", MAX_IMAGE);
    Integer crop = integer("crop_size", MAX_IMAGE);
    Integer resize = integer("resize_size", MAX_IMAGE);
    Integer size = input != null ? input : crop;
    Preprocessing stated =
        preprocessing(
            resize != null ? resize : size != null ? size : DEFAULT.resizeShorterSide(),
            crop != null ? crop : size != null ? size : DEFAULT.crop(),
            perChannel("mean", Float.NEGATIVE_INFINITY, DEFAULT.mean()),
            perChannel("std", 0, DEFAULT.std()));
    return Preprocessing.presets().stream()
        .filter(preset -> renamed(preset, stated.name()).equals(stated))
        .findFirst()
        .orElse(stated);
  }

  private Preprocessing preprocessing(int resize, int crop, List<Float> mean, List<Float> std)
      throws ModelFileException {
    Interpolation interpolation = interpolation();
    try {
      return new Preprocessing("from-file", resize, crop, interpolation, mean, std);
    } catch (IllegalArgumentException e) {
      throw bad("std", "does not go with 'mean': " + e.getMessage());
    }
  }

  private static Preprocessing renamed(Preprocessing p, String name) {
    return new Preprocessing(
        name, p.resizeShorterSide(), p.crop(), p.interpolation(), p.mean(), p.std());
  }

  private Interpolation interpolation() throws ModelFileException {
    String text = entries.get("interpolation");
    return switch (text) {
      case null -> DEFAULT.interpolation();
      case "bilinear" -> Interpolation.BILINEAR;
      case "bicubic" -> Interpolation.BICUBIC;
      default ->
          throw bad(
              "interpolation", "is " + Quote.name(text) + ", which is not bilinear or bicubic");
    };
  }

  /** Three finite numbers above {@code bound}, separated by commas, or one for all channels. */
  private List<Float> perChannel(String key, float bound, List<Float> absent)
      throws ModelFileException {
    String text = entries.get(key);
    if (text == null) {
      return absent;
    }
    List<Float> values = new ArrayList<>(CHANNELS);
    int count = 1 + (int) text.chars().filter(c -> c == ',').count();
    if (count != 1 && count != CHANNELS) {
      throw bad(key, "has " + count + " numbers, and 1 or 3 are needed");
    }
    for (String part : text.split(",", -1)) {
      values.add(number(key, part, bound));
    }
    return values.size() == 1 ? Collections.nCopies(CHANNELS, values.getFirst()) : values;
  }

  private float number(String key, String text, float bound) throws ModelFileException {
    try {
      float value = Float.parseFloat(text.strip());
      if (Float.isFinite(value) && value > bound) {
        return value;
      }
    } catch (NumberFormatException _) {
      // Falls through to the common refusal.
    }
    String needed = bound == 0 ? "positive number" : "finite number";
    throw bad(key, "has " + Quote.name(text) + ", which is no " + needed);
  }

  /** From {@code classes}, a JSON array of strings; null if absent. */
  @Nullable Labels classes() throws ModelFileException {
    String text = entries.get("classes");
    if (text == null) {
      return null;
    }
    List<String> names = strings("classes", text);
    String problem = Labels.problem(names);
    if (problem != null) {
      throw bad("classes", "is no list of labels: " + problem);
    }
    return Labels.of(names);
  }

  private List<String> strings(String key, String text) throws ModelFileException {
    List<String> strings = new ArrayList<>();
    try (JsonParser json = JSON.createParser(ObjectReadContext.empty(), text)) {
      boolean sound = json.nextToken() == JsonToken.START_ARRAY;
      while (sound && json.nextToken() != JsonToken.END_ARRAY) {
        sound = json.currentToken() == JsonToken.VALUE_STRING;
        if (strings.size() == ResNetSpec.MAX_EXTENT) {
          throw bad(key, "has more than " + ResNetSpec.MAX_EXTENT + " strings");
        }
        strings.add(json.getString());
      }
      if (!sound || json.nextToken() != null) {
        throw bad(key, "is not one JSON array of strings");
      }
    } catch (JacksonException e) {
      throw bad(key, "is not valid JSON: " + e.getOriginalMessage());
    }
    return strings;
  }

  /** About one key: {@code problem} follows its name. */
  ModelFileException bad(String key, String problem) {
    return new ModelFileException(
        file, "metadata " + Quote.name(key) + " " + problem, "write the file's metadata anew");
  }
}
