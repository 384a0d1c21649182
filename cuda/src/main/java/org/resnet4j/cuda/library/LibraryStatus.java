package org.resnet4j.cuda.library;

import java.lang.foreign.SymbolLookup;

/** Whether a shared library can be used. Immutable and thread-safe. */
public sealed interface LibraryStatus {
  /**
   * Opened, for the life of the JVM.
   *
   * @param location the file, or the bare soname if the loader knew where
   * @param symbols its functions
   */
  record Found(String location, SymbolLookup symbols) implements LibraryStatus {}

  /**
   * Not to be had.
   *
   * @param reason what was looked for, where, and what was wrong
   * @param remedy what a user can do
   */
  record Missing(String reason, String remedy) implements LibraryStatus {}
}
