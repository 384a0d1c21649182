package org.resnet4j.core.image;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.resnet4j.core.tensor.SampleTable;
import org.resnet4j.core.tensor.Tensor;
import org.resnet4j.core.text.Quote;

/**
 * From a decoded picture to a network's input: resize the shorter side, crop the centre, then
 * {@code (x / 255 - mean) / std} per channel. It belongs to a set of weights, not to a network.
 *
 * <p>With {@link CropOffset#HALF_EVEN} bit-equal to torchvision's {@code Compose([Resize(size,
 * interpolation), CenterCrop(crop), ToTensor(), Normalize(mean, std)])} on a Pillow picture: the
 * longer side is truncated to {@code (int) (size * long / short)}, the crop's offset is rounded as
 * {@code offset} says, a side shorter than the crop is padded with black, and the arithmetic is
 * float32, one rounding per operation.
 *
 * <p>A network for grey pictures has one mean and deviation; the picture then is {@linkplain
 * RgbImage#grey made grey} first. One for any other number of channels takes no pictures.
 *
 * <p>Immutable and thread-safe.
 *
 * @param name how it is called on a command line and in messages
 * @param resizeShorterSide length of the shorter side after resizing, in pixels
 * @param crop width and height of the result, in pixels
 * @param interpolation the resize's filter
 * @param mean of each channel, such as R, G, B, for samples in [0, 1]
 * @param std standard deviation of each channel, positive
 * @param offset how the crop is centred
 */
public record Preprocessing(
    String name,
    int resizeShorterSide,
    int crop,
    Interpolation interpolation,
    List<Float> mean,
    List<Float> std,
    CropOffset offset) {

  private static final List<Float> IMAGENET_MEAN = List.of(0.485f, 0.456f, 0.406f);
  private static final List<Float> IMAGENET_STD = List.of(0.229f, 0.224f, 0.225f);

  /** torchvision's {@code IMAGENET1K_V1} weights: 256, 224, bilinear. */
  public static final Preprocessing TORCHVISION_V1 =
      new Preprocessing(
          "torchvision-v1", 256, 224, Interpolation.BILINEAR, IMAGENET_MEAN, IMAGENET_STD);

  /** torchvision's {@code IMAGENET1K_V2} weights: 232, 224, bilinear. */
  public static final Preprocessing TORCHVISION_V2 =
      new Preprocessing(
          "torchvision-v2", 232, 224, Interpolation.BILINEAR, IMAGENET_MEAN, IMAGENET_STD);

  /** timm's {@code a1_in1k} weights: crop_pct 0.95, so 235 = floor(224 / 0.95), 224, bicubic. */
  public static final Preprocessing TIMM_A1 =
      new Preprocessing("timm-a1", 235, 224, Interpolation.BICUBIC, IMAGENET_MEAN, IMAGENET_STD);

  /** The demo model's: 64, 64, bilinear, Fashion-MNIST's mean and deviation on every channel. */
  public static final Preprocessing FASHION_MNIST =
      new Preprocessing(
          "fashion-mnist",
          64,
          64,
          Interpolation.BILINEAR,
          List.of(0.2860f, 0.2860f, 0.2860f),
          List.of(0.3530f, 0.3530f, 0.3530f));

  private static final List<Preprocessing> PRESETS =
      List.of(TORCHVISION_V1, TORCHVISION_V2, TIMM_A1, FASHION_MNIST);

  private static final int RGB = 3;
  private static final int MAX_ARRAY = Integer.MAX_VALUE - 8;

  /** The largest FP16: what is beyond it at the input is no picture in any precision. */
  private static final int MAX_VALUE = 65_504;

  /**
   * Checks the sizes and statistics.
   *
   * @throws IllegalArgumentException if a size is less than 1, the result would exceed an array,
   *     means and deviations are none or differ in number, one is not finite, a deviation is not
   *     positive, or with them a sample's magnitude would exceed 65504
   */
  public Preprocessing {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(interpolation, "interpolation");
    Objects.requireNonNull(offset, "offset");
    mean = List.copyOf(mean);
    std = List.copyOf(std);
    int channels = Math.max(mean.size(), RGB);
    if (resizeShorterSide < 1 || crop < 1 || crop > MAX_ARRAY / channels / crop) {
      throw new IllegalArgumentException(
          "%s: cannot resize to %s and crop to %s".formatted(name, resizeShorterSide, crop));
    }
    boolean valid =
        !mean.isEmpty()
            && std.size() == mean.size()
            && mean.stream().allMatch(Float::isFinite)
            && std.stream().allMatch(deviation -> Float.isFinite(deviation) && deviation > 0);
    if (!valid) {
      throw new IllegalArgumentException(
          "%s: needs as many finite means as positive deviations, got %s and %s"
              .formatted(name, mean, std));
    }
    for (int channel = 0; channel < mean.size(); channel++) {
      float darkest = normalised(0, mean.get(channel), std.get(channel));
      float brightest = normalised(255, mean.get(channel), std.get(channel));
      if (!(Math.abs(darkest) <= MAX_VALUE && Math.abs(brightest) <= MAX_VALUE)) {
        throw new IllegalArgumentException(
            "%s: a mean of %s and a deviation of %s turn samples into %s to %s, and at most %s is allowed"
                .formatted(
                    name, mean.get(channel), std.get(channel), darkest, brightest, MAX_VALUE));
      }
    }
  }

  /** With the crop centred as torchvision centres it. */
  public Preprocessing(
      String name,
      int resizeShorterSide,
      int crop,
      Interpolation interpolation,
      List<Float> mean,
      List<Float> std) {
    this(name, resizeShorterSide, crop, interpolation, mean, std, CropOffset.HALF_EVEN);
  }

  private static float normalised(int sample, float mean, float std) {
    return (sample / 255f - mean) / std;
  }

  /** All presets, unmodifiable. */
  public static List<Preprocessing> presets() {
    return PRESETS;
  }

  /**
   * The preset of that name.
   *
   * @param name such as {@code torchvision-v1}
   * @throws IllegalArgumentException if there is none; the message lists the names
   */
  public static Preprocessing named(String name) {
    return PRESETS.stream()
        .filter(preset -> preset.name.equals(name))
        .findFirst()
        .orElseThrow(() ->
            new IllegalArgumentException(
                "no preprocessing named %s; there are %s".formatted(Quote.name(name), names())));
  }

  /** This preprocessing by another name. */
  public Preprocessing withName(String other) {
    return new Preprocessing(other, resizeShorterSide, crop, interpolation, mean, std, offset);
  }

  /** This preprocessing with other statistics. */
  public Preprocessing withStatistics(List<Float> otherMean, List<Float> otherStd) {
    return new Preprocessing(
        name, resizeShorterSide, crop, interpolation, otherMean, otherStd, offset);
  }

  /** This preprocessing with another filter. */
  public Preprocessing withInterpolation(Interpolation other) {
    return new Preprocessing(name, resizeShorterSide, crop, other, mean, std, offset);
  }

  /** C: 3 for RGB, 1 for grey; pictures are of no other. */
  public int channels() {
    return mean.size();
  }

  /**
   * Refuses what is not for pictures.
   *
   * @throws IllegalArgumentException if there are neither 3 channels nor 1
   */
  public void requirePictures() {
    if (channels() != RGB && channels() != 1) {
      throw new IllegalArgumentException(
          name + ": pictures have 3 channels or 1, and the network takes " + channels());
    }
  }

  /** Number of floats of one result, {@code C * crop * crop}. */
  public int size() {
    return channels() * crop * crop;
  }

  /**
   * The network's input for {@code image}: {@code [C, crop, crop]}, planes R, G, B or one of grey.
   *
   * @throws IllegalArgumentException if the network takes neither
   */
  public Tensor apply(RgbImage image) {
    float[] out = new float[size()];
    apply(image, out, 0);
    return Tensor.of(out, channels(), crop, crop);
  }

  /**
   * Writes the network's input for {@code image} to {@code out[start ... start + size() - 1]}, such
   * as one image of an NCHW batch.
   *
   * @throws IllegalArgumentException if the network takes neither RGB nor grey
   * @throws IndexOutOfBoundsException if {@code out} is too short
   */
  public void apply(RgbImage image, float[] out, int start) {
    Objects.checkFromIndexSize(start, size(), out.length);
    byte[] samples = new byte[size()];
    crop(image, samples, 0);
    table().read(MemorySegment.ofArray(samples), 1, crop * crop, out, start);
  }

  /**
   * The first half of {@link #apply}: resized and cropped, not yet normalised. Writes RGB or grey
   * samples, rows from top to bottom, to {@code out[start ... start + size() - 1]}, such as one
   * image of an NHWC batch. {@link #table} is the other half.
   *
   * @throws IllegalArgumentException if the network takes neither
   * @throws IndexOutOfBoundsException if {@code out} is too short
   */
  public void crop(RgbImage image, byte[] out, int start) {
    Objects.checkFromIndexSize(start, size(), out.length);
    requirePictures();
    CenterCrop placed = CenterCrop.of(image, resizeShorterSide, crop, offset);
    RgbImage source = channels() == RGB ? image : image.grey();
    RgbImage pixels =
        Resample.window(source, placed.width(), placed.height(), placed.window(), interpolation);
    Arrays.fill(out, start, start + size(), (byte) 0);
    for (int y = 0; y < pixels.height(); y++) {
      int to = start + channels() * ((placed.padTop() + y) * crop + placed.padLeft());
      row(pixels, y, out, to);
    }
  }

  /** Which part of {@code image} becomes the input. */
  public CropArea area(RgbImage image) {
    CenterCrop placed = CenterCrop.of(image, resizeShorterSide, crop, offset);
    double across = (double) image.width() / placed.width();
    double down = (double) image.height() / placed.height();
    return new CropArea(
        (placed.window().left() - placed.padLeft()) * across,
        (placed.window().top() - placed.padTop()) * down,
        crop * across,
        crop * down);
  }

  private void row(RgbImage pixels, int y, byte[] out, int to) {
    int from = RGB * pixels.width() * y;
    if (channels() == RGB) {
      System.arraycopy(pixels.data(), from, out, to, RGB * pixels.width());
      return;
    }
    for (int x = 0; x < pixels.width(); x++) {
      out[to + x] = pixels.data()[from + RGB * x];
    }
  }

  /** The second half of {@link #apply}: {@code (x / 255 - mean) / std}. */
  public SampleTable table() {
    return SampleTable.of(
        channels(), (channel, sample) -> normalised(sample, mean.get(channel), std.get(channel)));
  }

  private static String names() {
    return PRESETS.stream().map(Preprocessing::name).collect(Collectors.joining(", "));
  }
}
