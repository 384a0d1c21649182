package org.resnet4j.core.backend;

/** Whether a backend can run in this process, and why not. */
public sealed interface Availability {
  /**
   * The backend can be opened.
   *
   * @param device what it runs on, for people: {@code "CPU, AVX-512, FMA"}
   */
  record Available(String device) implements Availability {}

  /**
   * The backend cannot be opened.
   *
   * @param reason what is missing, naming the file, flag or version
   * @param remedy what to do about it
   */
  record Unavailable(String reason, String remedy) implements Availability {}
}
