package org.resnet4j.bench.option;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A duration: picocli puts the option's name before what this refuses. */
public final class Seconds implements ITypeConverter<Double> {
  private static final int MAX = 3600;

  @Override
  public Double convert(String text) {
    try {
      double seconds = Double.parseDouble(text);
      if (seconds > 0 && seconds <= MAX) {
        return seconds;
      }
    } catch (NumberFormatException _) {
      throw refused(text);
    }
    throw refused(text);
  }

  private static TypeConversionException refused(String text) {
    return new TypeConversionException(
        "must be seconds, more than 0 and at most %s, got '%s'".formatted(MAX, text));
  }
}
