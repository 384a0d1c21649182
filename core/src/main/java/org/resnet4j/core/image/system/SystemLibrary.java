package org.resnet4j.core.image.system;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.util.List;
import java.util.function.Function;

/**
 * A library of the system's.
 *
 * @param symbols its functions
 */
public record SystemLibrary(SymbolLookup symbols) {
  /**
   * Binds the first library that the system's loader finds and that has the functions wanted. It
   * stays loaded for the life of the JVM.
   *
   * @param name what messages call it
   * @param files names of its file on various systems
   * @param remedy if there is none
   * @param binding from the library to its functions
   * @throws NoLibraryException if there is none, or native access is forbidden
   */
  @SuppressWarnings("restricted")
  static <T> T bind(
      String name, List<String> files, String remedy, Function<SystemLibrary, T> binding)
      throws NoLibraryException {
    IllegalArgumentException notFound = new IllegalArgumentException();
    for (String file : files) {
      try {
        return binding.apply(new SystemLibrary(SymbolLookup.libraryLookup(file, Arena.global())));
      } catch (IllegalArgumentException e) {
        notFound = e;
      } catch (IllegalCallerException | UnsupportedOperationException e) {
        throw new NoLibraryException(
            name + " may not be called (" + e.getMessage() + ")",
            "start Java with --enable-native-access=ALL-UNNAMED, on the module path with"
                + " --enable-native-access=org.resnet4j.core",
            e);
      }
    }
    throw new NoLibraryException(
        "there is no " + name + " (" + files.getFirst() + ")", remedy, notFound);
  }

  /** Whether the system's loader finds one of these files; binds none of its functions. */
  @SuppressWarnings("restricted")
  static boolean isThere(List<String> files) {
    for (String file : files) {
      try {
        SymbolLookup.libraryLookup(file, Arena.global());
        return true;
      } catch (IllegalArgumentException
          | IllegalCallerException
          | UnsupportedOperationException _) {
        // The next one may do.
      }
    }
    return false;
  }

  /**
   * One of its functions.
   *
   * @throws IllegalArgumentException if it has none of this name
   */
  @SuppressWarnings("restricted")
  MethodHandle function(String name, FunctionDescriptor type) {
    return Linker.nativeLinker()
        .downcallHandle(
            symbols.find(name).orElseThrow(() -> new IllegalArgumentException("no " + name)), type);
  }
}
