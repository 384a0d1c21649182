package org.resnet4j.cuda.library;

import java.util.List;
import java.util.Locale;

/**
 * What to look for. Immutable and thread-safe.
 *
 * @param title for people, for example {@code cuDNN 9}
 * @param sonames acceptable names, best first, for example {@code libcudnn.so.9}
 * @param variable environment variable that names a file or folder; the system property is the same
 *     in lower case with dots, for example {@code resnet4j.cudnn}
 * @param remedy how to install it
 * @param companions globs of files in its folder that are opened before it
 */
public record LibraryQuery(
    String title, List<String> sonames, String variable, String remedy, List<String> companions) {
  /** Of a library that needs no others. */
  public LibraryQuery(String title, List<String> sonames, String variable, String remedy) {
    this(title, sonames, variable, remedy, List.of());
  }

  /** Copies the lists, the first of which must not be empty. */
  public LibraryQuery {
    sonames = List.copyOf(sonames);
    companions = List.copyOf(companions);
    if (sonames.isEmpty()) {
      throw new IllegalArgumentException(title + ": no sonames");
    }
  }

  /** The system property that goes before {@link #variable()}. */
  public String property() {
    return variable.toLowerCase(Locale.ROOT).replace('_', '.');
  }

  /** The soname without its version, for example {@code libcudnn.so}. */
  String family() {
    String soname = sonames.getFirst();
    return soname.substring(0, soname.indexOf(".so") + ".so".length());
  }
}
