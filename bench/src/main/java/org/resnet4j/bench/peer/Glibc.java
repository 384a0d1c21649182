package org.resnet4j.bench.peer;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * The C library's allocator, where that is glibc's.
 *
 * <p>Source: mallopt(3).
 */
final class Glibc {
  private static final int M_TRIM_THRESHOLD = -1;
  private static final int M_TOP_PAD = -2;
  private static final int M_MMAP_MAX = -4;
  private static final int TOP_PAD = 256 << 20;

  private Glibc() {}

  /**
   * Has the process keep what it frees. By default each block of more than 32 MB is mapped anew and
   * given back, so that the kernel clears it page by page for whoever allocates one for each
   * result, as PyTorch does: a run of a large batch takes up to four times as long. Does nothing
   * where the C library is another one.
   */
  @SuppressWarnings("restricted")
  static void keepFreedMemory() {
    Linker linker = Linker.nativeLinker();
    FunctionDescriptor type =
        FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT);
    linker
        .defaultLookup()
        .find("mallopt")
        .ifPresent(address -> {
          MethodHandle mallopt = linker.downcallHandle(address, type);
          set(mallopt, M_MMAP_MAX, 0);
          set(mallopt, M_TRIM_THRESHOLD, Integer.MAX_VALUE);
          set(mallopt, M_TOP_PAD, TOP_PAD);
        });
  }

  private static void set(MethodHandle mallopt, int parameter, int value) {
    try {
      int set = (int) mallopt.invokeExact(parameter, value);
      if (set != 1) {
        throw new IllegalStateException("mallopt refuses " + parameter + ", " + value);
      }
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e); // a C function throws nothing
    }
  }
}
