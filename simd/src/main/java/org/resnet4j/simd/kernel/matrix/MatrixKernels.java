package org.resnet4j.simd.kernel.matrix;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.List;
import org.resnet4j.simd.kernel.matrix.MatrixKernelSpec.Ahead;
import org.resnet4j.simd.machinecode.Code;
import org.resnet4j.simd.machinecode.ExecutableMemory;

/**
 * The kernels of this process: some kilobytes of machine code that stay for its life. To load this
 * class makes them, which needs native access.
 */
final class MatrixKernels {
  private static final MethodHandle CALL = call();

  private static final MemorySegment[] TABLE = table();

  private MatrixKernels() {}

  @SuppressWarnings("restricted")
  private static MethodHandle call() {
    return Linker.nativeLinker().downcallHandle(FunctionDescriptor.ofVoid(ValueLayout.ADDRESS));
  }

  /** Those that there are. */
  static List<MatrixKernelSpec> specs() {
    List<MatrixKernelSpec> specs = new ArrayList<>();
    for (int pieces = 1; pieces <= MatrixKernelSpec.MOST_PIECES; pieces++) {
      for (boolean begins : new boolean[] {false, true}) {
        for (Ahead ahead : Ahead.values()) {
          specs.add(new MatrixKernelSpec(pieces, begins, false, false, false, false, ahead));
          for (int flags = 0; flags < 8; flags++) {
            specs.add(
                new MatrixKernelSpec(
                    pieces,
                    begins,
                    true,
                    (flags & 4) != 0,
                    (flags & 2) != 0,
                    (flags & 1) != 0,
                    ahead));
          }
        }
      }
    }
    return specs;
  }

  private static MemorySegment[] table() {
    List<MatrixKernelSpec> specs = specs();
    List<Code> codes = specs.stream().map(AmxKernel::of).toList();
    List<MemorySegment> addresses = ExecutableMemory.map(codes, Arena.global());
    MemorySegment[] table = new MemorySegment[MatrixKernelSpec.NUMBERS];
    for (int i = 0; i < specs.size(); i++) {
      table[specs.get(i).number()] = addresses.get(i);
    }
    return table;
  }

  /** Makes them, if they are not made yet. */
  static void prepare() {
    // To get here has loaded this class.
  }

  /**
   * Calls a kernel.
   *
   * @param number of its spec
   */
  static void run(int number, MatrixJob job) {
    try {
      CALL.invokeExact(TABLE[number], job.fields());
    } catch (Throwable e) {
      throw new IllegalStateException(e); // nothing is thrown by machine code
    }
  }
}
