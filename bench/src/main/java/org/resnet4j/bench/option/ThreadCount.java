package org.resnet4j.bench.option;

import org.resnet4j.core.backend.BackendOptions;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A number of threads: picocli puts the option's name before what this refuses. */
public final class ThreadCount implements ITypeConverter<Integer> {
  @Override
  public Integer convert(String text) {
    int count = new AtLeastOne().convert(text);
    try {
      return new BackendOptions(count).threads();
    } catch (IllegalArgumentException e) {
      throw new TypeConversionException(String.valueOf(e.getMessage()));
    }
  }
}
