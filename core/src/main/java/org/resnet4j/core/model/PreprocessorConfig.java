package org.resnet4j.core.model;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.resnet4j.core.image.CropOffset;
import org.resnet4j.core.image.Interpolation;
import org.resnet4j.core.image.Preprocessing;
import org.resnet4j.core.json.Json;

/**
 * The {@code preprocessor_config.json} of Hugging Face transformers: a {@code ConvNext} processor,
 * which is what its ResNets have, resizes the shorter side by {@code crop_pct} and crops; any other
 * resizes to {@code shortest_edge} and crops to {@code crop_size}.
 *
 * <p>Source: {@code ConvNextImageProcessor} and {@code BitImageProcessor} of transformers.
 */
final class PreprocessorConfig implements Stated {
  private static final float CONVNEXT_CROP = 224f / 256;
  private static final int CONVNEXT_WARPS_FROM = 384;
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
    List<Float> factor = entries.numbers("rescale_factor", Float.NEGATIVE_INFINITY);
    if (factor != null && Math.abs(factor.getFirst() * 255 - 1) > 1e-5) {
      throw entries.bad("rescale_factor", "is " + factor + ", and only 1/255 is built here");
    }
    Preprocessing sizes = isConvNext() ? convNext(otherwise) : resizeAndCrop(otherwise);
    return PreprocessingEntries.byName(
        sizes.withStatistics(
            statistic("image_mean", Float.NEGATIVE_INFINITY, otherwise.channels()),
            statistic("image_std", 0, otherwise.channels())));
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

  private boolean isConvNext() {
    return named("image_processor_type") || named("feature_extractor_type");
  }

  private boolean named(String key) {
    return entries.values().get(key) instanceof String name && name.startsWith("ConvNext");
  }

  private Preprocessing convNext(Preprocessing otherwise) throws ModelFileException {
    Integer stated = side("size", "shortest_edge");
    int crop = stated == null ? otherwise.crop() : stated;
    if (crop >= CONVNEXT_WARPS_FROM) {
      throw entries.bad("size", "is " + crop + ", to which this processor warps a picture");
    }
    List<Float> parts = entries.numbers("crop_pct", 0);
    float part = parts == null ? CONVNEXT_CROP : parts.getFirst();
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
    if (!Boolean.TRUE.equals(entries.flag("do_center_crop"))) {
      throw entries.bad("do_center_crop", "is not true, and the centre is always cropped here");
    }
    Integer resize = side("size", "shortest_edge");
    Integer crop = side("crop_size", "height");
    int size = crop != null ? crop : resize != null ? resize : otherwise.crop();
    return new Preprocessing(
        "from-file",
        resize != null ? resize : size,
        size,
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
    List<Float> resample = entries.numbers("resample", -1);
    if (resample == null) {
      return otherwise;
    }
    return switch (resample.getFirst().intValue()) {
      case BILINEAR -> Interpolation.BILINEAR;
      case BICUBIC -> Interpolation.BICUBIC;
      default ->
          throw entries.bad(
              "resample",
              "is " + resample.getFirst() + ", and only 2 (bilinear) and 3 (bicubic) are built");
    };
  }
}
