package org.resnet4j.bench.option;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * What an hour of an engine's machine costs.
 *
 * @param engine its name
 * @param amount in whatever currency all prices have
 */
public record Price(String engine, double amount) {
  private static final Pattern FORM = Pattern.compile("([^=]+)=(\\d{1,9}(?:\\.\\d{1,9})?)/h");

  /** Reads {@code NAME=AMOUNT/h}. */
  public static final class Converter implements ITypeConverter<Price> {
    @Override
    public Price convert(String text) {
      Matcher form = FORM.matcher(text);
      if (!form.matches() || Double.parseDouble(form.group(2)) == 0) {
        throw new TypeConversionException(
            "must be an engine and what an hour costs, such as simd=0.085/h, got '" + text + "'");
      }
      return new Price(form.group(1), Double.parseDouble(form.group(2)));
    }
  }
}
