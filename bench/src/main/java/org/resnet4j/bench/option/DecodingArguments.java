package org.resnet4j.bench.option;

import org.jspecify.annotations.Nullable;
import org.resnet4j.core.image.DecodeOptions;
import picocli.CommandLine.Option;

/** The options of decoding. */
public final class DecodingArguments {
  @Option(names = "--exif", description = "Turn pictures upright by their EXIF orientation.")
  private boolean exif;

  @Option(
      names = "--max-pixels",
      paramLabel = "N",
      converter = AtLeastOne.class,
      description = "Refuse larger pictures. Default: 50 million.")
  private @Nullable Integer maxPixels;

  public DecodeOptions options() {
    DecodeOptions decoding = DecodeOptions.DEFAULT.withApplyExif(exif);
    return maxPixels == null ? decoding : decoding.withMaxPixels(maxPixels);
  }
}
