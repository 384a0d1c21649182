package org.resnet4j.cuda.library;

/**
 * Whether a shared library can be used. Immutable and thread-safe.
 *
 * @param <L> what stands for the library
 */
public sealed interface LibraryStatus<L> {
  /**
   * Opened, for the life of the JVM.
   *
   * @param <L> what stands for the library
   * @param library the library
   */
  record Usable<L>(L library) implements LibraryStatus<L> {}

  /**
   * Not to be had.
   *
   * @param <L> what would stand for the library
   * @param reason what was looked for, where, and what was wrong
   * @param remedy what a user can do
   */
  record Missing<L>(String reason, String remedy) implements LibraryStatus<L> {}
}
