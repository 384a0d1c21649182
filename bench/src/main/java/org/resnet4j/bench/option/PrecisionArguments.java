package org.resnet4j.bench.option;

import java.util.Locale;
import org.resnet4j.core.backend.Backend;
import org.resnet4j.core.backend.BackendOptions;
import org.resnet4j.core.backend.Precision;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** The option that says in which precision a backend computes. */
public final class PrecisionArguments {
  @Option(
      names = "--precision",
      paramLabel = "TYPE",
      converter = Converter.class,
      description =
          "fp32, tf32, fp16 or bf16; simd computes in fp32, and in bf16 where the processor"
              + " does (AMX, AVX-512 BF16), reference in fp32 only. Default: fp32.")
  private Precision precision = Precision.FP32;

  /** These options with the precision. */
  public BackendOptions applyTo(BackendOptions options) {
    return options.withPrecision(precision);
  }

  /** A backend's device for people, with the precision unless it goes without saying. */
  public static String describe(Backend backend, Precision precision) {
    boolean selfEvident = precision == Precision.FP32 && !backend.name().equals("cuda");
    return selfEvident ? backend.device() : backend.device() + ", " + word(precision);
  }

  /** Its name as people write it: {@code "fp16"}. */
  public static String word(Precision precision) {
    return precision.name().toLowerCase(Locale.ROOT);
  }

  /** Reads a precision's name in lower case. */
  static final class Converter implements ITypeConverter<Precision> {
    @Override
    public Precision convert(String text) {
      for (Precision precision : Precision.values()) {
        if (word(precision).equals(text)) {
          return precision;
        }
      }
      throw new TypeConversionException("must be fp32, tf32, fp16 or bf16, got '" + text + "'");
    }
  }
}
