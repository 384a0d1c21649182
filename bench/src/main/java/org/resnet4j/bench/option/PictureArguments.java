package org.resnet4j.bench.option;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.resnet4j.bench.failure.CommandException;
import org.resnet4j.core.image.DecodeOptions;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The pictures of a command, and how they are read. */
public final class PictureArguments {
  private static final int DEFAULT_BATCH = 8;

  @Parameters(
      arity = "1..*",
      paramLabel = "FILE|DIR",
      description =
          "JPEG, PNG, GIF, BMP, TIFF or WebP files, directories whose files with the endings of"
              + " these are meant, and - for standard input.")
  private List<Path> paths = List.of();

  @Option(names = "--recursive", description = "Search the directories in directories, too.")
  private boolean recursive;

  @Option(
      names = "--batch",
      paramLabel = "N",
      converter = AtLeastOne.class,
      description = "Pictures run at once. Default: " + DEFAULT_BATCH + ".")
  private int batch = DEFAULT_BATCH;

  @Mixin private DecodingArguments decodingArguments = new DecodingArguments();

  /** What was named. */
  public List<Path> paths() {
    return paths;
  }

  /**
   * The files that are meant.
   *
   * @param deep whether directories in directories are searched whatever was asked
   */
  public Inputs inputs(boolean deep) throws CommandException, IOException {
    return Inputs.of(paths, recursive || deep);
  }

  /** How many run at once. */
  public int batch(Inputs inputs) {
    return Math.min(batch, inputs.files().size());
  }

  public DecodeOptions decoding() throws CommandException {
    return decodingArguments.options();
  }
}
