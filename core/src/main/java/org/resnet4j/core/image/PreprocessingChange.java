package org.resnet4j.core.image;

import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a user says about a preprocessing that is otherwise known; null leaves it. Immutable.
 *
 * @param resize length of the shorter side after resizing, in pixels
 * @param crop width and height of the result, in pixels
 * @param interpolation the resize's filter
 * @param mean of each channel, or one for all
 * @param std standard deviation of each channel, or one for all
 */
public record PreprocessingChange(
    @Nullable Integer resize,
    @Nullable Integer crop,
    @Nullable Interpolation interpolation,
    @Nullable List<Float> mean,
    @Nullable List<Float> std) {
  /** Leaves everything. */
  public static final PreprocessingChange NONE =
      new PreprocessingChange(null, null, null, null, null);

  /** Copies the lists. */
  public PreprocessingChange {
    mean = mean == null ? null : List.copyOf(mean);
    std = std == null ? null : List.copyOf(std);
  }

  /** Whether it says nothing. */
  public boolean isNone() {
    return equals(NONE);
  }

  /** Whether it says all there is to say. */
  public boolean isWhole() {
    return Stream.of(resize, crop, interpolation, mean, std).noneMatch(part -> part == null);
  }

  /**
   * The changed preprocessing, by the name {@code options} if nothing else is left.
   *
   * @throws IllegalArgumentException if there is no such preprocessing, as {@link Preprocessing}
   *     says
   */
  public Preprocessing apply(Preprocessing base) {
    if (isNone()) {
      return base;
    }
    int channels = base.channels();
    return new Preprocessing(
        isWhole() ? "options" : base.name() + " with options",
        resize == null ? base.resizeShorterSide() : resize,
        crop == null ? base.crop() : crop,
        interpolation == null ? base.interpolation() : interpolation,
        mean == null ? base.mean() : perChannel(mean, channels),
        std == null ? base.std() : perChannel(std, channels),
        base.offset());
  }

  private static List<Float> perChannel(List<Float> values, int channels) {
    return values.size() == 1 ? Collections.nCopies(channels, values.getFirst()) : values;
  }
}
