package org.resnet4j.golden;

import java.util.List;

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
 * @param backend the name of the backend
 * @param tapFactor for the stages before the logits
 * @param logitsFactor for the logits
 * @param winogradFactor for the logits if any layer runs by Winograd's algorithm, whose transforms
 *     lose bits
 */
record Gates(String backend, double tapFactor, double logitsFactor, double winogradFactor) {
  /** The relative residual allowed where nobody measured {@code E_ref}. */
  static final double WITHOUT_REFERENCE = 1e-5;

  /** {@code max |y - r| / max |r|} beyond which logits never pass, nor any relative residual. */
  static final double MAX_RM = 1e-4;

  /** Added to every multiple of {@code E_ref}. */
  static final double FLOOR = 1e-7;

  private static final Gates OTHERS = new Gates("", 4, 3, 6);

  private static final List<Gates> TABLE =
      List.of(
          new Gates("reference", 1, 1, 1), new Gates("simd", 4, 3, 6), new Gates("cuda", 4, 4, 6));

  /** The row of a backend; one that the table does not know gets {@code simd}'s numbers. */
  static Gates of(String backend) {
    return TABLE.stream().filter(row -> row.backend().equals(backend)).findFirst().orElse(OTHERS);
  }

  /**
   * The largest relative residual allowed.
   *
   * @param eRef NaN if unknown
   * @param before {@code E_ref} of the stage before; NaN if unknown
   * @param winograd whether any layer runs by Winograd's algorithm
   */
  double relativeResidual(Stage stage, double eRef, double before, boolean winograd) {
    if (Double.isNaN(eRef)) {
      return WITHOUT_REFERENCE;
    }
    double factor = stage != Stage.LOGITS ? tapFactor : winograd ? winogradFactor : logitsFactor;
    double measure = Double.isNaN(before) ? eRef : Math.max(eRef, before);
    return Math.min(factor * measure + FLOOR, MAX_RM);
  }
}
