package org.resnet4j.core.hub;

import java.util.regex.Pattern;
import org.resnet4j.core.stack.StackReserve;
import org.resnet4j.core.text.Quote;

/**
 * A model on the hub at one of its states.
 *
 * @param name {@code owner/model}, or {@code model} alone
 * @param revision a branch, a tag, or a commit's 40 hexadecimal digits
 */
public record HubModel(String name, String revision) {
  /** The branch that is meant if none is named. */
  public static final String MAIN = "main";

  private static final int MAX_LENGTH = 200;

  /** Compiled where there is room for that on the stack, whoever uses a model first. */
  private static final class Names {
    static final Pattern NAME = Pattern.compile("(?:\\w[\\w.-]*/)?\\w[\\w.-]*");
    static final Pattern REVISION = Pattern.compile("\\w[\\w.-]*(?:/\\w[\\w.-]*)*");
    static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40}");
  }

  /**
   * Checks both names.
   *
   * @throws IllegalArgumentException if one is no name that the hub could have
   */
  public HubModel {
    StackReserve.requireForFirstUse();
    if (!matches(Names.NAME, name) || name.contains("--")) {
      throw new IllegalArgumentException(
          Quote.name(name) + " is no name of a model; write it as in timm/resnet50.a1_in1k");
    }
    if (!matches(Names.REVISION, revision)) {
      throw new IllegalArgumentException(
          Quote.name(revision)
              + " is no revision; name a branch, a tag or the 40 digits of a commit");
    }
  }

  private static boolean matches(Pattern pattern, String text) {
    return text.length() <= MAX_LENGTH && pattern.matcher(text).matches() && !text.contains("..");
  }

  /**
   * Reads {@code name} or {@code name@revision}.
   *
   * @throws IllegalArgumentException if it is neither
   */
  public static HubModel parse(String text) {
    int at = text.indexOf('@');
    return at < 0
        ? new HubModel(text, MAIN)
        : new HubModel(text.substring(0, at), text.substring(at + 1));
  }

  /** Whether the revision is a commit, which never changes. */
  boolean isPinned() {
    return isCommit(revision);
  }

  static boolean isCommit(String text) {
    return Names.COMMIT.matcher(text).matches();
  }

  /** What {@link #parse} reads. */
  @Override
  public String toString() {
    return revision.equals(MAIN) ? name : name + "@" + revision;
  }
}
