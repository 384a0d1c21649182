package org.resnet4j.core.backend;

/** One thing that a backend needs of the machine, for people. Immutable and thread-safe. */
public sealed interface Requirement {
  /** What is needed, in one word or two: {@code "driver"}. */
  String name();

  /**
   * It is there.
   *
   * @param name what was needed
   * @param found what was found, with its version and place
   */
  record Met(String name, String found) implements Requirement {}

  /**
   * It is missing or does not fit.
   *
   * @param name what is needed
   * @param reason what is wrong, naming the file, device or version
   * @param remedy what to do about it
   */
  record Unmet(String name, String reason, String remedy) implements Requirement {}

  /**
   * It is missing, and the backend does without but for what needs it.
   *
   * @param name what is missing
   * @param reason why, and what cannot be done for lack of it
   * @param remedy what to do about it
   */
  record Without(String name, String reason, String remedy) implements Requirement {}
}
