package org.resnet4j.golden;

import java.util.EnumMap;
import java.util.Map;
import org.resnet4j.core.backend.Precision;

/**
 * What rounding costs at a stage, whoever computes: relative residuals against float64 over the
 * whole stage, for the precisions in which somebody measured them. For {@link Precision#FP32} it is
 * that of PyTorch's own run, which golden files call {@code e_ref}; for the others that of a run in
 * which data and factors are rounded to the precision and sums are exact. Immutable and
 * thread-safe.
 */
public final class RoundingErrors {
  /** Nobody measured. */
  public static final RoundingErrors UNKNOWN = new RoundingErrors(Map.of());

  private final Map<Precision, Double> errors;

  private RoundingErrors(Map<Precision, Double> errors) {
    this.errors = Map.copyOf(errors);
  }

  /**
   * Those that are known.
   *
   * @throws IllegalArgumentException if one is negative or not finite
   */
  public static RoundingErrors of(Map<Precision, Double> errors) {
    EnumMap<Precision, Double> copy = new EnumMap<>(Precision.class);
    errors.forEach((precision, error) -> {
      if (!(error >= 0) || Double.isInfinite(error)) {
        throw new IllegalArgumentException("no error of " + precision + ": " + error);
      }
      copy.put(precision, error);
    });
    return new RoundingErrors(copy);
  }

  /** PyTorch's float32 alone. */
  public static RoundingErrors ofFloat32(double eRef) {
    return of(Map.of(Precision.FP32, eRef));
  }

  /** Under which name golden files have it, such as {@code e_ref} or {@code e_bf16}. */
  static String key(Precision precision) {
    return switch (precision) {
      case FP32 -> "e_ref";
      case TF32 -> "e_tf32";
      case FP16 -> "e_fp16";
      case BF16 -> "e_bf16";
    };
  }

  /** Whether nobody measured any. */
  boolean isUnknown() {
    return errors.isEmpty();
  }

  /** That of a precision; NaN if nobody measured it. */
  public double in(Precision precision) {
    return errors.getOrDefault(precision, Double.NaN);
  }

  @Override
  public String toString() {
    return errors.toString();
  }
}
