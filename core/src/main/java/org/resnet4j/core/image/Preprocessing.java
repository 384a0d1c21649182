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
 * <p>Bit-equal to torchvision's {@code Compose([Resize(size, interpolation), CenterCrop(crop),
 * ToTensor(), Normalize(mean, std)])} on a Pillow picture: the longer side is truncated to {@code
 * (int) (size * long / short)}, the crop's offset is rounded half to even, a side shorter than the
 * crop is padded with black, and the arithmetic is float32, one rounding per operation.
 *
 * <p>Immutable and thread-safe.
 *
 * @param name how it is called on a command line and in messages
 * @param resizeShorterSide length of the shorter side after resizing, in pixels
 * @param crop width and height of the result, in pixels
 * @param interpolation the resize's filter
 * @param mean of R, G, B, for samples in [0, 1]
 * @param std standard deviation of R, G, B, positive
 */
public record Preprocessing(
    String name,
    int resizeShorterSide,
    int crop,
    Interpolation interpolation,
    List<Float> mean,
    List<Float> std) {

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

  /** Above this, the result of 3 channels would exceed an array. */
  private static final int MAX_CROP = 26_754;

  /** The largest FP16: what is beyond it at the input is no picture in any precision. */
  private static final int MAX_VALUE = 65_504;

  /**
   * Checks the sizes and statistics.
   *
   * @throws IllegalArgumentException if a size is less than 1, the result would exceed an array,
   *     there are not three means and deviations, one is not finite, a deviation is not positive,
   *     or with them a sample's magnitude would exceed 65504
   */
  public Preprocessing {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(interpolation, "interpolation");
    mean = List.copyOf(mean);
    std = List.copyOf(std);
    if (resizeShorterSide < 1 || crop < 1 || crop > MAX_CROP) {
      throw new IllegalArgumentException(
          "%s: cannot resize to %s and crop to %s".formatted(name, resizeShorterSide, crop));
    }
    boolean valid =
        mean.size() == 3
            && std.size() == 3
            && mean.stream().allMatch(Float::isFinite)
            && std.stream().allMatch(deviation -> Float.isFinite(deviation) && deviation > 0);
    if (!valid) {
      throw new IllegalArgumentException(
          "%s: needs three finite means and positive deviations, got %s and %s"
              .formatted(name, mean, std));
    }
    for (int channel = 0; channel < 3; channel++) {
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

  /** Number of floats of one result, {@code 3 * crop * crop}. */
  public int size() {
    return 3 * crop * crop;
  }

  /** The network's input for {@code image}: {@code [3, crop, crop]}, planes R, G, B. */
  public Tensor apply(RgbImage image) {
    float[] out = new float[size()];
    apply(image, out, 0);
    return Tensor.of(out, 3, crop, crop);
  }

  /**
   * Writes the network's input for {@code image} to {@code out[offset ... offset + size() - 1]},
   * such as one image of an NCHW batch.
   *
   * @throws IndexOutOfBoundsException if {@code out} is too short
   */
  public void apply(RgbImage image, float[] out, int offset) {
    Objects.checkFromIndexSize(offset, size(), out.length);
    byte[] samples = new byte[size()];
    crop(image, samples, 0);
    table().read(MemorySegment.ofArray(samples), 1, crop * crop, out, offset);
  }

  /**
   * The first half of {@link #apply}: resized and cropped, not yet normalised. Writes RGB samples,
   * rows from top to bottom, to {@code out[offset ... offset + size() - 1]}, such as one image of
   * an NHWC batch. {@link #table} is the other half.
   *
   * @throws IndexOutOfBoundsException if {@code out} is too short
   */
  public void crop(RgbImage image, byte[] out, int offset) {
    Objects.checkFromIndexSize(offset, size(), out.length);
    CenterCrop placed = CenterCrop.of(image, resizeShorterSide, crop);
    RgbImage pixels =
        Resample.window(image, placed.width(), placed.height(), placed.window(), interpolation);
    Arrays.fill(out, offset, offset + size(), (byte) 0);
    int rowBytes = 3 * pixels.width();
    for (int y = 0; y < pixels.height(); y++) {
      int to = offset + 3 * ((placed.padTop() + y) * crop + placed.padLeft());
      System.arraycopy(pixels.data(), y * rowBytes, out, to, rowBytes);
    }
  }

  /** The second half of {@link #apply}: {@code (x / 255 - mean) / std}. */
  public SampleTable table() {
    return SampleTable.of(
        3, (channel, sample) -> normalised(sample, mean.get(channel), std.get(channel)));
  }

  private static String names() {
    return PRESETS.stream().map(Preprocessing::name).collect(Collectors.joining(", "));
  }
}
