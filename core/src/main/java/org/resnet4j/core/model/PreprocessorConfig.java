package org.resnet4j.core.model;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.resnet4j.core.image.CropOffset;
import org.resnet4j.core.image.Interpolation;
import org.resnet4j.core.image.Preprocessing;
import org.resnet4j.core.json.Json;
import org.resnet4j.core.text.Quote;

/**
 * The {@code preprocessor_config.json} of Hugging Face transformers: a {@code ConvNext} processor,
 * which is what its ResNets have, resizes the shorter side by {@code crop_pct} and crops; those of
 * {@code Bit} and {@code CLIP} resize to {@code shortest_edge} and crop to {@code crop_size}.
 * Others do other things, and so do steps that no ResNet has: they are refused.
 *
 * <p>Source: {@code ConvNextImageProcessor}, {@code BitImageProcessor} and {@code
 * CLIPImageProcessor} of transformers.
 */
final class PreprocessorConfig implements Stated {
  private static final float CONVNEXT_CROP = 224f / 256;
  private static final int CONVNEXT_WARPS_FROM = 384;

  /** Where a processor of Bit or CLIP is told no size to resize or crop to. */
  private static final int USUAL_SIDE = 224;

  private static final String TYPE = "image_processor_type";
  private static final String OLD_TYPE = "feature_extractor_type";

  private static final String CROPS = "do_center_crop";

  /** How the names of processors begin that are built; some end in Fast. */
  private static final List<String> PROCESSORS = List.of("ConvNext", "Bit", "CLIP");

  /** Steps that are looked at here, and those that change no pixel of a picture. */
  private static final Set<String> STEPS =
      Set.of(
          "do_resize", CROPS, "do_rescale", "do_normalize", "do_convert_rgb", "do_reduce_labels");

  private static final int BILINEAR = 2; // Pillow's numbers
  private static final int BICUBIC = 3;

  private final Entries entries;

  /**
   * @param file what messages call the file
   */
  PreprocessorConfig(String file, Map<?, ?> config) {
    this.entries =
        new Entries(file, "the value of", PreprocessingEntries.REMEDY, Json.object(config));
  }

  @Override
  public Preprocessing preprocessing(Preprocessing otherwise, boolean testSize)
      throws ModelFileException {
    for (String step : new String[] {"do_resize", "do_rescale", "do_normalize"}) {
      if (Boolean.FALSE.equals(entries.flag(step))) {
        throw entries.bad(step, "is false, and a picture is always resized and normalised here");
      }
    }
    requireKnownSteps();
    Float factor = number("rescale_factor", Float.NEGATIVE_INFINITY);
    if (factor != null && Math.abs(factor * 255 - 1) > 1e-5) {
      throw entries.bad("rescale_factor", "is " + factor + ", and only 1/255 is built here");
    }
    Preprocessing sizes = isConvNext() ? convNext(otherwise) : resizeAndCrop(otherwise);
    return PreprocessingEntries.byName(
        sizes.withStatistics(
            statistic("image_mean", Float.NEGATIVE_INFINITY, otherwise.channels()),
            statistic("image_std", 0, otherwise.channels())));
  }

  /** What else is done to a picture would be left out without a word. */
  private void requireKnownSteps() throws ModelFileException {
    for (String type : new String[] {TYPE, OLD_TYPE}) {
      String name = entries.text(type);
      if (name != null && PROCESSORS.stream().noneMatch(name::startsWith)) {
        throw entries.bad(
            type,
            "is %s, and only those of %s are built"
                .formatted(Quote.name(name), String.join(", ", PROCESSORS)));
      }
    }
    for (Map.Entry<String, ?> entry : entries.values().entrySet()) {
      String key = entry.getKey();
      boolean step = key.startsWith("do_") || key.equals("rescale_offset");
      if (step && !STEPS.contains(key) && Boolean.TRUE.equals(entry.getValue())) {
        throw entries.bad(key, "is true, which is not built here");
      }
    }
  }

  /** The finite number above {@code bound} under {@code key}, or null. */
  private @Nullable Float number(String key, float bound) throws ModelFileException {
    List<Float> numbers = entries.numbers(key, bound);
    if (numbers != null && numbers.size() > 1) {
      throw entries.bad(key, "is " + Entries.show(numbers) + ", which is not one number");
    }
    return numbers == null ? null : numbers.getFirst();
  }

  private List<Float> statistic(String key, float bound, int channels) throws ModelFileException {
    List<Float> values = entries.numbers(key, bound);
    if (values == null) {
      throw entries.bad(key, "is absent, and differs from processor to processor");
    }
    if (values.size() != channels) {
      throw entries.bad(key, "has not one number for each of " + channels + " channels");
    }
    return values;
  }

  /** By the newer key if there is one, else by the older, else as for the model. */
  private boolean isConvNext() throws ModelFileException {
    String type = entries.text(TYPE);
    String name = type == null ? entries.text(OLD_TYPE) : type;
    if (name == null && (entries.has("crop_size") || entries.has(CROPS))) {
      throw entries.bad(
          TYPE, "is absent, and the processor of ResNets has neither crop_size nor do_center_crop");
    }
    return name == null || name.startsWith("ConvNext");
  }

  private Preprocessing convNext(Preprocessing otherwise) throws ModelFileException {
    Integer crop = side("size", "shortest_edge");
    if (crop == null) {
      throw entries.bad(
          "size", "is absent, and this processor warps a picture to " + CONVNEXT_WARPS_FROM);
    }
    if (crop >= CONVNEXT_WARPS_FROM) {
      throw entries.bad("size", "is " + crop + ", to which this processor warps a picture");
    }
    Float stated = number("crop_pct", 0);
    float part = stated == null ? CONVNEXT_CROP : stated;
    double resize = crop / Double.parseDouble(String.valueOf(part));
    if (resize < 1 || resize > PreprocessingEntries.MAX_IMAGE) {
      throw entries.bad("crop_pct", "is " + part + ", which resizes to no usable size");
    }
    return new Preprocessing(
        "from-file",
        (int) resize,
        crop,
        interpolation(Interpolation.BILINEAR),
        otherwise.mean(),
        otherwise.std(),
        CropOffset.DOWN);
  }

  private Preprocessing resizeAndCrop(Preprocessing otherwise) throws ModelFileException {
    if (entries.has(CROPS) && !Boolean.TRUE.equals(entries.flag(CROPS))) { // else it crops
      throw entries.bad(CROPS, "is not true, and the centre is always cropped here");
    }
    Integer resize = side("size", "shortest_edge");
    Integer crop = side("crop_size", "height");
    return new Preprocessing(
        "from-file",
        resize == null ? USUAL_SIDE : resize,
        crop == null ? USUAL_SIDE : crop,
        interpolation(Interpolation.BICUBIC),
        otherwise.mean(),
        otherwise.std(),
        CropOffset.DOWN);
  }

  /** A length that is a number, or in an object under {@code edge}; null if there is none. */
  private @Nullable Integer side(String key, String edge) throws ModelFileException {
    if (!(entries.values().get(key) instanceof Map<?, ?> object)) {
      return entries.integer(key, PreprocessingEntries.MAX_IMAGE);
    }
    Object height = object.get("height");
    boolean square = height != null && height.equals(object.get("width"));
    if (!object.containsKey(edge) || (edge.equals("height") && !square)) {
      throw entries.bad(key, "is " + Entries.show(object) + ", which is not built here");
    }
    return new Entries(entries.file(), entries.what(), entries.remedy(), Json.object(object))
        .integer(edge, PreprocessingEntries.MAX_IMAGE);
  }

  private Interpolation interpolation(Interpolation otherwise) throws ModelFileException {
    Float resample = number("resample", -1);
    if (resample == null) {
      return otherwise;
    } else if (resample == BILINEAR) {
      return Interpolation.BILINEAR;
    } else if (resample == BICUBIC) {
      return Interpolation.BICUBIC;
    }
    throw entries.bad(
        "resample", "is " + resample + ", and only 2 (bilinear) and 3 (bicubic) are built");
  }
}
