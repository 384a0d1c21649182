package org.resnet4j.golden;

import org.resnet4j.core.backend.Precision;

/**
 * How far a backend may be from float64, as multiples of {@code E_ref}, the distance of PyTorch's
 * own float32 run.
 *
 * <p>The reference backend rounds once per operator, PyTorch once per partial sum: it may not err
 * more than PyTorch does. The others sum in float32 in another order than PyTorch, and every order
 * draws its own error.
 *
 * <p>{@code E_ref} is one draw of a random error. It is small by luck where a stage has few values
 * (two logits may both round well), so the measure is {@code max(E_ref, E_ref of the stage
 * before)}: what follows cannot be expected to be more exact than what it is computed from. And no
 * multiple of a tiny {@code E_ref} may ask for more than float32 can give: weights folded with
 * batch normalisation are rounded once (a relative error up to u = 2^-24 each), and each value is
 * rounded once more when it is stored. {@link #FLOOR}, 1e-7 = 1.7 u, is added for that; it is far
 * below the error of any defect.
 *
 * <p>A precision of fewer bits rounds data and weights to them, but sums in float32. {@link
 * #NARROW_FACTOR} times what that costs is allowed: an engine may round once more, before it adds
 * the residual, or cut off where the measurement rounded. Where nobody measured that cost, it is
 * taken to be {@code E_ref} times the quotient of the unit roundoffs, which is three times as much
 * and more.
 *
 * @param backend the name of the backend
 * @param tapFactor for the stages before the logits
 * @param logitsFactor for the logits
 * @param winogradFactor for the logits if any layer runs by Winograd's algorithm, whose transforms
 *     lose bits
 * @param precision that the backend computes in
 */
record Gates(
    String backend,
    double tapFactor,
    double logitsFactor,
    double winogradFactor,
    Precision precision) {
  /** The relative residual allowed in float32 where nobody measured {@code E_ref}. */
  static final double WITHOUT_REFERENCE = 1e-5;

  /** Added to every multiple of {@code E_ref}, in float32. */
  static final double FLOOR = 1e-7;

  /** Of what a precision other than float32 costs. */
  static final double NARROW_FACTOR = 3;

  /** The row of a backend; one that the table does not know gets {@code simd}'s numbers. */
  static Gates of(String backend, Precision precision) {
    if (precision != Precision.FP32) {
      return new Gates(backend, 1, 1, 1, precision);
    }
    return switch (backend) {
      case "reference" -> new Gates(backend, 1, 1, 1, precision);
      case "cuda" -> new Gates(backend, 4, 4, 6, precision);
      default -> new Gates(backend, 4, 3, 6, precision);
    };
  }

  /** {@code max |y - r| / max |r|} beyond which logits never pass, nor any relative residual. */
  double maxRm() {
    return switch (precision) {
      case FP32 -> 1e-4;
      case TF32, FP16 -> 2e-2;
      case BF16 -> 1e-1;
    };
  }

  /** Half the distance from 1 to the next number that data or factors are rounded to. */
  static double unitRoundoff(Precision precision) {
    return switch (precision) {
      case FP32 -> 0x1p-24;
      case TF32, FP16 -> 0x1p-11;
      case BF16 -> 0x1p-8;
    };
  }

  /**
   * The largest relative residual allowed.
   *
   * @param errors of the stage
   * @param before of the stage before
   * @param winograd whether any layer runs by Winograd's algorithm
   */
  double relativeResidual(
      Stage stage, RoundingErrors errors, RoundingErrors before, boolean winograd) {
    if (precision != Precision.FP32 && !Double.isNaN(errors.in(precision))) {
      return Math.min(NARROW_FACTOR * larger(precision, errors, before), maxRm());
    }
    double scale = unitRoundoff(precision) / unitRoundoff(Precision.FP32);
    if (Double.isNaN(errors.in(Precision.FP32))) {
      return Math.min(WITHOUT_REFERENCE * scale, maxRm());
    }
    double factor = stage != Stage.LOGITS ? tapFactor : winograd ? winogradFactor : logitsFactor;
    double measure = larger(Precision.FP32, errors, before);
    return Math.min((factor * measure + FLOOR) * scale, maxRm());
  }

  /** Of two, the first of which is known. */
  private static double larger(Precision precision, RoundingErrors errors, RoundingErrors before) {
    double known = errors.in(precision);
    return before.in(precision) > known ? before.in(precision) : known;
  }
}
