package org.resnet4j.simd.kernel.grouped;

import java.lang.invoke.MethodHandles;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.resnet4j.core.stack.AmpleStack;
import org.resnet4j.simd.kernel.tile.TileKernels;
import org.resnet4j.simd.machine.CpuFeatures;
import org.resnet4j.simd.machine.KernelPath;
import org.resnet4j.simd.machine.VectorWidth;

/** The grouped kernels made so far, one per spec, for the path of this JVM. Thread-safe. */
final class GroupedKernels {
  private static final ConcurrentMap<GroupedSpec, GroupedKernel> KERNELS =
      new ConcurrentHashMap<>();

  private GroupedKernels() {}

  /** The kernel for {@code spec}, made on first use. */
  static GroupedKernel get(GroupedSpec spec) {
    GroupedKernel made = KERNELS.get(spec);
    return made != null ? made : AmpleStack.run(new Making(spec));
  }

  private record Making(GroupedSpec spec)
      implements AmpleStack.Call<GroupedKernel, RuntimeException> {
    @Override
    public GroupedKernel run() {
      return KERNELS.computeIfAbsent(spec, GroupedKernels::make);
    }
  }

  private static GroupedKernel make(GroupedSpec spec) {
    if (TileKernels.areMachineCode(spec.width())) {
      try {
        return new MachineGrouped(spec);
      } catch (IllegalStateException | OutOfMemoryError _) {
        // There is no memory for code: the Vector API serves as well.
      }
    }
    return define(spec, KernelPath.current());
  }

  /** Output pixels that a kernel should compute at most. */
  static int maxRows(VectorWidth width, int group, int taps, int stride) {
    return TileKernels.areMachineCode(width)
        ? GroupedCode.maxRows(width, taps)
        : GroupedSpec.maxRows(width, group, taps, stride);
  }

  /** Makes the kernel of one path. Without FMA there may be no permutation either. */
  static GroupedKernel define(GroupedSpec spec, KernelPath path) {
    return switch (path) {
      case FMA -> define(spec, true);
      case MULTIPLY_ADD, SCALAR -> new ScalarGrouped(spec, CpuFeatures.current().fma());
    };
  }

  /** Generates a kernel whatever the processor has; for tests. */
  static GroupedKernel define(GroupedSpec spec, boolean fused) {
    try {
      return (GroupedKernel)
          MethodHandles.lookup()
              .defineHiddenClass(GroupedGenerator.generate(spec, fused), true)
              .lookupClass()
              .getConstructor()
              .newInstance();
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("cannot define " + spec.className(), e);
    }
  }
}
