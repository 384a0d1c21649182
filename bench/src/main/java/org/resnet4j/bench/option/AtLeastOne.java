package org.resnet4j.bench.option;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** An option's count: picocli puts the option's name before what this refuses. */
public final class AtLeastOne implements ITypeConverter<Integer> {
  @Override
  public Integer convert(String text) {
    int value;
    try {
      value = Integer.parseInt(text);
    } catch (NumberFormatException _) {
      throw new TypeConversionException(
          "must be a whole number up to " + Integer.MAX_VALUE + ", got '" + text + "'");
    }
    if (value < 1) {
      throw new TypeConversionException("must be at least 1, got " + value);
    }
    return value;
  }
}
