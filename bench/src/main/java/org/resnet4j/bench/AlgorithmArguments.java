package org.resnet4j.bench;

import java.util.Locale;
import org.resnet4j.core.backend.AlgorithmChoice;
import org.resnet4j.core.backend.BackendOptions;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** The option that says how the CPU backend decides between algorithms. */
final class AlgorithmArguments {
  @Option(
      names = "--algorithms",
      paramLabel = "HOW",
      converter = Converter.class,
      description =
          "by-shape or measured, for the simd backend. measured times the algorithms of each"
              + " convolution at first, some seconds for each, and keeps the results in the"
              + " user's cache directory; bits may differ from run to run. Default: by-shape.")
  private AlgorithmChoice choice = AlgorithmChoice.BY_SHAPE;

  /** These options with the choice. */
  BackendOptions applyTo(BackendOptions options) {
    return options.withAlgorithms(choice);
  }

  /** Reads {@code by-shape} and {@code measured}. */
  static final class Converter implements ITypeConverter<AlgorithmChoice> {
    @Override
    public AlgorithmChoice convert(String text) {
      for (AlgorithmChoice choice : AlgorithmChoice.values()) {
        if (choice.name().toLowerCase(Locale.ROOT).replace('_', '-').equals(text)) {
          return choice;
        }
      }
      throw new TypeConversionException("must be by-shape or measured, got '" + text + "'");
    }
  }
}
