package org.resnet4j.simd.kernel.matrix;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.resnet4j.simd.machinecode.Code;
import org.resnet4j.simd.machinecode.ExecutableMemory;

/**
 * The kernels of this process. Each is made when it is first asked for and stays as long as this
 * class: a few dozen of some hundred bytes serve all networks. To load this class needs native
 * access. Thread-safe.
 */
public final class MatrixKernels {
  private static final MethodHandle CALL = handle();

  private static final Map<MatrixKernelSpec, MemorySegment> MADE = new ConcurrentHashMap<>();

  private MatrixKernels() {}

  @SuppressWarnings("restricted")
  private static MethodHandle handle() {
    return Linker.nativeLinker().downcallHandle(FunctionDescriptor.ofVoid(ValueLayout.ADDRESS));
  }

  /** A kernel's address. */
  static MemorySegment get(MatrixKernelSpec spec) {
    return MADE.computeIfAbsent(
        spec, each -> ExecutableMemory.map(List.of(code(each)), Arena.ofAuto()).getFirst());
  }

  /** A kernel's code. */
  static Code code(MatrixKernelSpec spec) {
    return switch (spec.kind()) {
      case AMX -> AmxKernel.of(spec);
      case AVX512 -> Avx512Kernel.of(spec);
    };
  }

  /**
   * For people: the code of all kernels that this process has made, each under a line of its own.
   */
  public static String listing() {
    Map<String, String> sorted = new TreeMap<>();
    MADE.keySet().forEach(spec -> sorted.put(spec.text(), code(spec).listing()));
    return sorted.entrySet().stream()
        .map(each -> each.getKey() + "\n" + each.getValue())
        .collect(Collectors.joining("\n\n"));
  }

  /** Calls a kernel that {@link #get} gave. */
  static void run(MemorySegment kernel, MatrixJob job) {
    call(kernel, job.fields());
  }

  private static void call(MemorySegment function, MemorySegment argument) {
    try {
      CALL.invokeExact(function, argument);
    } catch (Error e) {
      throw e; // at the end of the stack
    } catch (Throwable e) {
      throw new IllegalStateException(e); // machine code throws nothing
    }
  }
}
