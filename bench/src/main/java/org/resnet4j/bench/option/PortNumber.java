package org.resnet4j.bench.option;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A TCP port: picocli puts the option's name before what this refuses. */
public final class PortNumber implements ITypeConverter<Integer> {
  private static final int MAX = 65_535;

  @Override
  public Integer convert(String text) {
    try {
      int value = Integer.parseInt(text);
      if (value >= 0 && value <= MAX) {
        return value;
      }
    } catch (NumberFormatException _) {
      throw refused(text);
    }
    throw refused(text);
  }

  private static TypeConversionException refused(String text) {
    return new TypeConversionException(
        "must be a port, 0 (any that is free) to %s, got '%s'".formatted(MAX, text));
  }
}
