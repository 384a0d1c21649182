package org.resnet4j.simd.kernel.grouped;

import java.lang.invoke.MethodHandles;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.resnet4j.core.stack.AmpleStack;
import org.resnet4j.simd.machine.CpuFeatures;
import org.resnet4j.simd.machine.KernelPath;

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
      return KERNELS.computeIfAbsent(spec, key -> define(key, KernelPath.current()));
    }
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
