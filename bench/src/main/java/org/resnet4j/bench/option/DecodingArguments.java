package org.resnet4j.bench.option;

import org.jspecify.annotations.Nullable;
import org.resnet4j.bench.failure.CommandException;
import org.resnet4j.core.image.DecodeOptions;
import org.resnet4j.core.image.JpegCodec;
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

  @Option(
      names = "--decoder",
      paramLabel = "NAME",
      description =
          "What makes pixels of JPEGs, the same of sound ones: java, turbo (the system's libjpeg-turbo) or"
              + " auto, which takes that where it is. Default: auto.")
  private JpegCodec decoder = JpegCodec.AUTO;

  /** The options, whose decoder is there. */
  public DecodeOptions options() throws CommandException {
    try {
      decoder.requireHere();
    } catch (IllegalArgumentException e) {
      throw new CommandException(
          "--decoder turbo", String.valueOf(e.getMessage()), "or leave the option out");
    }
    DecodeOptions decoding = DecodeOptions.DEFAULT.withApplyExif(exif).withJpegCodec(decoder);
    return maxPixels == null ? decoding : decoding.withMaxPixels(maxPixels);
  }
}
