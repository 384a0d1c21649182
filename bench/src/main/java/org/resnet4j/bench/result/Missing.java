package org.resnet4j.bench.result;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What was to be measured and was not.
 *
 * @param engine that could not; null if it was all of them
 * @param model the network's name; null for all
 * @param batch images in a run; null for all
 * @param threads of the CPU; null for all
 * @param kind what happened
 * @param reason in one line, with what can be done about it
 */
public record Missing(
    @Nullable String engine,
    @Nullable String model,
    @Nullable Integer batch,
    @Nullable Integer threads,
    Kind kind,
    String reason) {
  /** Why an engine has no times. */
  public enum Kind {
    /** It cannot be had on this machine. */
    UNAVAILABLE,
    /** It failed. */
    FAILED,
    /** Its answer was another one. */
    DISAGREES
  }

  /**
   * Checks that it says why.
   *
   * @throws NullPointerException if not
   * @throws IllegalArgumentException if a number cannot be what it should be
   */
  public Missing {
    Checks.atLeast(1, batch == null ? 1 : batch, "batch of what is missing");
    Checks.atLeast(1, threads == null ? 1 : threads, "threads of what is missing");
    Objects.requireNonNull(kind, "something is missing of no kind");
    Objects.requireNonNull(reason, "something is missing without a reason");
  }

  /** {@code "resnet50, batch 8: onnxruntime: ..."}. */
  public static String describe(Missing what) {
    StringBuilder text = new StringBuilder();
    if (what.model() != null) {
      text.append(what.model());
      text.append(what.batch() == null ? "" : ", batch " + what.batch());
      text.append(": ");
    }
    if (what.engine() != null && !what.reason().contains(what.engine())) {
      text.append(what.engine()).append(": ");
    }
    return text.append(what.reason()).toString();
  }
}
