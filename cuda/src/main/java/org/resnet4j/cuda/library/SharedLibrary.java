package org.resnet4j.cuda.library;

import java.lang.foreign.SymbolLookup;

/**
 * An open library. Immutable and thread-safe.
 *
 * @param location the file, or the bare soname if the loader knew where
 * @param symbols its functions
 */
public record SharedLibrary(String location, SymbolLookup symbols) {}
