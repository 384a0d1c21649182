package org.resnet4j.core.weights;

import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.resnet4j.core.text.Quote;

/** A valid weights file that holds another network. The message lists every difference. */
public final class WeightsMismatchException extends IOException {
  private static final long serialVersionUID = 1L;

  private final String source;
  private final String architecture;
  private final Mismatch mismatch;
  private final @Nullable String hint;

  /**
   * An exception about one file.
   *
   * @param source the file's path or description
   * @param architecture the network that was to be filled, such as {@code "resnet18"}
   * @param mismatch the differences, at least one
   * @param hint what the file may be instead, or null; ends the message
   */
  public WeightsMismatchException(
      String source, String architecture, Mismatch mismatch, @Nullable String hint) {
    super(message(source, architecture, mismatch, hint));
    this.source = source;
    this.architecture = architecture;
    this.mismatch = mismatch;
    this.hint = hint;
  }

  private static String message(
      String source, String architecture, Mismatch mismatch, @Nullable String hint) {
    String head =
        "%s: Error(s) in loading state_dict for %s (%s):\n"
            .formatted(Quote.line(source), architecture, mismatch.count());
    return head + mismatch.describe().indent(2).stripTrailing() + (hint == null ? "" : "\n" + hint);
  }

  /** The file's path or description. */
  public String source() {
    return source;
  }

  /** The network that was to be filled. */
  public String architecture() {
    return architecture;
  }

  /** The differences. */
  public Mismatch mismatch() {
    return mismatch;
  }

  /** What the file may be instead. */
  public Optional<String> hint() {
    return Optional.ofNullable(hint);
  }
}
