package org.resnet4j.golden;

import java.io.IOException;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.LongStream;
import org.resnet4j.core.backend.Precision;
import org.resnet4j.core.text.Quote;
import org.resnet4j.core.weights.TensorInfo;
import org.resnet4j.core.weights.safetensors.SafetensorsFile;

/**
 * A safetensors file whose content is not trusted.
 *
 * @param file the file
 * @param remedy what mends most of what can be wrong with it
 */
record GoldenFile(SafetensorsFile file, String remedy) {
  /** Above this it is not the rounding of float32, and gates made of it would let defects pass. */
  private static final double MAX_E_REF = 1e-3;

  /** The tensor's entry. */
  TensorInfo info(String name) throws GoldenFileException {
    TensorInfo info = file.tensors().get(name);
    if (info == null) {
      throw bad("has no tensor " + Quote.name(name));
    }
    return info;
  }

  /**
   * The values of a tensor, all of them finite.
   *
   * @param shape the extents it must have
   */
  double[] values(String name, long... shape) throws IOException {
    TensorInfo info = info(name);
    List<Long> expected = LongStream.of(shape).boxed().toList();
    if (!info.shape().equals(expected)) {
      throw bad("tensor '%s' is %s, expected %s".formatted(name, info.shape(), expected));
    }
    double[] values = file.readDoubles(name);
    for (int i = 0; i < values.length; i++) {
      if (!Double.isFinite(values[i])) {
        throw bad("tensor '%s' has %s at position %s".formatted(name, values[i], i));
      }
    }
    return values;
  }

  /** The metadata under {@code key}. */
  String text(String key) throws GoldenFileException {
    String text = file.metadata().get(key);
    if (text == null) {
      throw bad("has no metadata " + Quote.name(key));
    }
    return text;
  }

  /** The integer under {@code key}, from {@code min} to {@code max}. */
  long integer(String key, long min, long max) throws GoldenFileException {
    String text = text(key);
    try {
      long value = Long.parseLong(text);
      if (value >= min && value <= max) {
        return value;
      }
    } catch (NumberFormatException _) {
      // Falls through to the common refusal.
    }
    throw bad(
        "metadata '%s' is %s, which is no integer from %s to %s"
            .formatted(key, Quote.name(text), min, max));
  }

  /** What rounding costs at a stage, as far as the file says. */
  RoundingErrors errors(Stage stage) throws GoldenFileException {
    Map<Precision, Double> errors = new EnumMap<>(Precision.class);
    for (Precision precision : Precision.values()) {
      String key = RoundingErrors.key(precision) + "." + stage.label();
      String text = file.metadata().get(key);
      if (text != null) {
        errors.put(precision, error(precision, key, text));
      }
    }
    return RoundingErrors.of(errors);
  }

  private static double mostError(Precision precision) {
    return precision == Precision.FP32 ? MAX_E_REF : Gates.of("", precision).maxRm();
  }

  private double error(Precision precision, String key, String text) throws GoldenFileException {
    try {
      double value = Double.parseDouble(text);
      if (value >= 0 && value <= mostError(precision)) {
        return value;
      }
    } catch (NumberFormatException _) {
      // Falls through to the common refusal.
    }
    throw bad(
        String.format(
            Locale.ROOT,
            "metadata '%s' is %s, which is no error of %s (0 to %.0e)",
            key,
            Quote.name(text),
            precision == Precision.FP32 ? "float32" : precision,
            mostError(precision)));
  }

  GoldenFileException bad(String problem) {
    return bad(problem, remedy);
  }

  GoldenFileException bad(String problem, String otherRemedy) {
    return new GoldenFileException(file.description(), problem, otherRemedy);
  }
}
