package org.resnet4j.bench.option;

import org.resnet4j.core.backend.BackendOptions;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** The option that says which of several devices computes. */
public final class DeviceArguments {
  @Option(
      names = "--device",
      paramLabel = "N",
      converter = Converter.class,
      description =
          "Number of the GPU for the cuda backend, as resnet4j doctor lists them; simd and"
              + " reference have 0 only. Default: 0.")
  private int device;

  /** These options with the device. */
  public BackendOptions applyTo(BackendOptions options) {
    return options.withDevice(device);
  }

  /** Reads a number from 0. */
  static final class Converter implements ITypeConverter<Integer> {
    @Override
    public Integer convert(String text) {
      int number;
      try {
        number = Integer.parseInt(text);
      } catch (NumberFormatException _) {
        throw new TypeConversionException("must be a whole number from 0, got '" + text + "'");
      }
      if (number < 0) {
        throw new TypeConversionException("must be a whole number from 0, got " + number);
      }
      return number;
    }
  }
}
