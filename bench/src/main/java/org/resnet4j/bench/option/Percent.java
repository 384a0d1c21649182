package org.resnet4j.bench.option;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A share of some capacity, which may be exceeded: picocli puts the option's name before that. */
public final class Percent implements ITypeConverter<Integer> {
  private static final int MAX = 1000;

  @Override
  public Integer convert(String text) {
    try {
      int value = Integer.parseInt(text);
      if (value >= 1 && value <= MAX) {
        return value;
      }
    } catch (NumberFormatException _) {
      // Falls through to the common refusal.
    }
    throw new TypeConversionException("must be 1 to " + MAX + " percent, got '" + text + "'");
  }
}
