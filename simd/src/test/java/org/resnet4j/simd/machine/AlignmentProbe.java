package org.resnet4j.simd.machine;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.List;

/** Prints for each length how many of some arrays begin on a cache line where we begin to read. */
final class AlignmentProbe {
  private static final int ARRAYS = 20;
  private static final int LINE = 64;

  private AlignmentProbe() {}

  /** Lengths in floats. */
  @SuppressWarnings("restricted") // the function and its signature are those of the C library
  public static void main(String[] args) throws Throwable {
    // It returns the address of the first byte that it finds, here the first of all.
    MethodHandle memchr =
        Linker.nativeLinker()
            .downcallHandle(
                Linker.nativeLinker().defaultLookup().findOrThrow("memchr"),
                FunctionDescriptor.of(
                    ValueLayout.ADDRESS,
                    ValueLayout.ADDRESS,
                    ValueLayout.JAVA_INT,
                    ValueLayout.JAVA_LONG),
                Linker.Option.critical(true));
    List<Object> others = new ArrayList<>();
    for (String arg : args) {
      int aligned = 0;
      for (int i = 0; i < ARRAYS; i++) {
        others.add(new byte[8 * i]); // or arrays of one length might lie alike by chance
        float[] array = new float[Integer.parseInt(arg)];
        others.add(array);
        MemorySegment from =
            MemorySegment.ofArray(array).asSlice((long) CacheLine.FIRST * Float.BYTES);
        MemorySegment found = (MemorySegment) memchr.invokeExact(from, 0, (long) Float.BYTES);
        aligned += found.address() % LINE == 0 ? 1 : 0;
      }
      others.clear();
      System.out.println(arg + " " + aligned + " of " + ARRAYS);
    }
  }
}
