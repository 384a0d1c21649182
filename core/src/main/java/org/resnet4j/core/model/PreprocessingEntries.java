package org.resnet4j.core.model;

import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.resnet4j.core.image.CropOffset;
import org.resnet4j.core.image.Interpolation;
import org.resnet4j.core.image.Preprocessing;

/**
 * A preprocessing in this library's words or timm's: {@code resize_size}, {@code crop_size}, {@code
 * input_size}, {@code crop_pct}, {@code crop_mode}, {@code interpolation}, {@code mean} and {@code
 * std}, and {@code crop_offset}, which is this library's alone. {@code input_size} is a length or
 * {@code (C, H, W)} and stands for both sizes; {@code crop_pct} is which part of the resized side
 * the crop is, as timm rounds it. {@code test_input_size} and {@code test_crop_pct} take their
 * places if they are wanted and there.
 */
final class PreprocessingEntries {
  /** What helps where one entry is wrong: options for others would leave it in force. */
  static final String REMEDY = "name the preprocessing in its place, by --preset";

  /** Far above any use, and small enough that a file cannot ask for gigabytes. */
  static final int MAX_IMAGE = 4096;

  private static final List<String> KEYS =
      List.of("input_size", "resize_size", "crop_size", "crop_pct", "interpolation", "mean", "std");

  private final Entries entries;
  private final Preprocessing otherwise;
  private final String sizeKey;
  private final String partKey;
  private @Nullable Double otherPart;

  /**
   * @param otherwise what counts where a key is absent; its channels are the network's
   * @param testSize whether the keys for tests are wanted
   */
  PreprocessingEntries(Entries entries, Preprocessing otherwise, boolean testSize) {
    this.entries = entries.withRemedy(REMEDY);
    this.otherwise = otherwise;
    this.sizeKey = testSize && entries.has("test_input_size") ? "test_input_size" : "input_size";
    this.partKey = testSize && entries.has("test_crop_pct") ? "test_crop_pct" : "crop_pct";
  }

  /** What is read as {@code preprocessing}. */
  static Map<String, String> of(Preprocessing preprocessing) {
    return Map.of(
        "resize_size",
        Integer.toString(preprocessing.resizeShorterSide()),
        "crop_size",
        Integer.toString(preprocessing.crop()),
        "crop_offset",
        word(preprocessing.offset()),
        "interpolation",
        word(preprocessing.interpolation()),
        "mean",
        preprocessing.mean().toString(),
        "std",
        preprocessing.std().toString());
  }

  private static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  /** Which part of the resized side the crop is where nothing is said but a size. */
  PreprocessingEntries orPart(double part) {
    otherPart = part;
    return this;
  }

  /**
   * What the entries say; null if they say nothing. A preset that agrees is returned by its name.
   */
  @Nullable Preprocessing read() throws ModelFileException {
    if (KEYS.stream().noneMatch(entries::has)) {
      return null;
    }
    if (entries.has("mean") != entries.has("std")) {
      String absent = entries.has("mean") ? "std" : "mean";
      throw entries.bad(absent, "is absent, and mean and std go together");
    }
    String mode = entries.text("crop_mode");
    if (mode != null && !mode.equals("center")) {
      throw entries.bad("crop_mode", "is " + Entries.show(mode) + ", which is not center");
    }
    Integer input = inputSize();
    Integer stated = entries.integer("crop_size", MAX_IMAGE);
    int crop = stated != null ? stated : input != null ? input : otherwise.crop();
    Integer resize = entries.integer("resize_size", MAX_IMAGE);
    return named(
        resize != null ? resize : resizeByPart(crop, stated != null || input != null),
        crop,
        perChannel("mean", Float.NEGATIVE_INFINITY, otherwise.mean()),
        perChannel("std", 0, otherwise.std()));
  }

  private @Nullable Integer inputSize() throws ModelFileException {
    List<Integer> size = entries.integers(sizeKey, MAX_IMAGE);
    if (size == null) {
      return null;
    }
    if (size.size() == 1) {
      return size.getFirst();
    }
    if (size.size() != 3 || !size.get(1).equals(size.get(2))) {
      throw entries.bad(sizeKey, "is " + size + ", which is not channels and a square");
    }
    if (size.getFirst() != otherwise.channels()) {
      throw entries.bad(
          sizeKey,
          "has " + size.getFirst() + " channels, and the network takes " + otherwise.channels());
    }
    return size.get(1);
  }

  private int resizeByPart(int crop, boolean cropStated) throws ModelFileException {
    List<Float> part = entries.numbers(partKey, 0);
    if (part == null && otherPart != null) {
      return (int) Math.floor(crop / otherPart);
    }
    if (part == null) {
      return cropStated ? crop : otherwise.resizeShorterSide();
    }
    // In double, as the exact quotient of what is written: 224 / 0.875 is 256.
    double resize = Math.floor(crop / Double.parseDouble(part.getFirst().toString()));
    if (part.size() != 1 || resize < 1 || resize > MAX_IMAGE) {
      throw entries.bad(partKey, "is " + part + ", which resizes to no usable size");
    }
    return (int) resize;
  }

  private Preprocessing named(int resize, int crop, List<Float> mean, List<Float> std)
      throws ModelFileException {
    Preprocessing stated;
    try {
      stated = new Preprocessing("from-file", resize, crop, interpolation(), mean, std, offset());
    } catch (IllegalArgumentException e) {
      throw entries.bad("std", "does not go with 'mean': " + e.getMessage());
    }
    return byName(stated);
  }

  /** The preset that does the same, or {@code stated} itself. */
  static Preprocessing byName(Preprocessing stated) {
    return Stream.concat(Preprocessing.presets().stream(), Stream.of(stated))
        .filter(preset -> preset.withName(stated.name()).equals(stated))
        .findFirst()
        .orElseThrow();
  }

  private CropOffset offset() throws ModelFileException {
    String text = entries.text("crop_offset");
    if (text == null) {
      return otherwise.offset();
    }
    return Stream.of(CropOffset.values())
        .filter(offset -> word(offset).equals(text))
        .findFirst()
        .orElseThrow(
            () -> entries.bad("crop_offset", "is " + Entries.show(text) + ", which is unknown"));
  }

  private Interpolation interpolation() throws ModelFileException {
    String text = entries.text("interpolation");
    return switch (text) {
      case null -> otherwise.interpolation();
      case "bilinear" -> Interpolation.BILINEAR;
      case "bicubic" -> Interpolation.BICUBIC;
      default ->
          throw entries.bad(
              "interpolation", "is " + Entries.show(text) + ", which is not bilinear or bicubic");
    };
  }

  /** A number for each channel, or one for all. */
  private List<Float> perChannel(String key, float bound, List<Float> absent)
      throws ModelFileException {
    List<Float> values = entries.numbers(key, bound);
    if (values == null) {
      return absent;
    }
    int channels = otherwise.channels();
    if (values.size() == 1) {
      return Collections.nCopies(channels, values.getFirst());
    }
    if (values.size() != channels) {
      throw entries.bad(
          key, "has " + values.size() + " numbers, and 1 or " + channels + " are needed");
    }
    return values;
  }
}
