package org.resnet4j.simd.machinecode;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/** Calls of functions on arrays of the heap, where they lie. To load this needs native access. */
public final class HeapCall {
  private HeapCall() {}

  /**
   * Calls functions without a result: the thread stays in Java, so that no collector moves their
   * arrays meanwhile. The first argument is the function's address.
   *
   * @param kinds the others: {@code a} for an array, {@code n} for a number of 64 bits
   */
  @SuppressWarnings("restricted")
  public static MethodHandle handle(String kinds) {
    MemoryLayout[] arguments =
        kinds
            .chars()
            .mapToObj(kind -> kind == 'a' ? ValueLayout.ADDRESS : ValueLayout.JAVA_LONG)
            .toArray(MemoryLayout[]::new);
    FunctionDescriptor type = FunctionDescriptor.ofVoid(arguments);
    return Linker.nativeLinker().downcallHandle(type, Linker.Option.critical(true));
  }

  /** Bytes to a float's place, as functions count. */
  public static long bytes(int index) {
    return (long) index * Float.BYTES;
  }
}
