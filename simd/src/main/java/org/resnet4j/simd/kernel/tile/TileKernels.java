package org.resnet4j.simd.kernel.tile;

import java.lang.invoke.MethodHandles;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.resnet4j.simd.kernel.layout.BlockedLayout;
import org.resnet4j.simd.machine.CpuFeatures;
import org.resnet4j.simd.machine.KernelPath;
import org.resnet4j.simd.machine.Processor;
import org.resnet4j.simd.machine.VectorWidth;
import org.resnet4j.simd.machinecode.MachineCode;

/** The kernels made so far, one per spec, for the path of this JVM. Thread-safe. */
public final class TileKernels {
  private static final Set<String> ALLOWED = Set.of("", "true", "avx512");

  private static final ConcurrentMap<TileSpec, TileKernel> KERNELS = new ConcurrentHashMap<>();

  private static final TileSpec TRIAL =
      TileSpec.product(VectorWidth.BITS_512, 1, 1, BlockedLayout.BLOCK, 1, BlockedLayout.BLOCK);

  private static final boolean MACHINE_CODE =
      KernelPath.current() == KernelPath.FMA && isMachineCodeUsable();

  private TileKernels() {}

  /** The kernel for {@code spec}, made on first use. */
  public static TileKernel get(TileSpec spec) {
    return KERNELS.computeIfAbsent(spec, TileKernels::make);
  }

  private static TileKernel make(TileSpec spec) {
    if (MACHINE_CODE && TileCode.covers(spec)) {
      try {
        return new MachineTile(spec);
      } catch (IllegalStateException | OutOfMemoryError _) {
        // There is no memory for code: the Vector API serves as well.
      }
    }
    return define(spec, KernelPath.current());
  }

  /** Whether kernels for vectors of 512 bits are machine code, which has the same bits. */
  public static boolean areMachineCode() {
    return MACHINE_CODE && VectorWidth.preferred() == VectorWidth.BITS_512;
  }

  /** Where anything is in the way, the Vector API serves as well. */
  private static boolean isMachineCodeUsable() {
    if (!MachineCode.isKnown(MachineCode.platform())
        || !ALLOWED.contains(System.getProperty(MachineCode.SWITCH, ""))
        || !Processor.current().flags().contains("avx512f")
        || !TileKernels.class.getModule().isNativeAccessEnabled()) {
      return false;
    }
    try {
      MachineCode.check();
      return isRight(new MachineTile(TRIAL));
    } catch (RuntimeException | OutOfMemoryError | LinkageError _) {
      return false;
    }
  }

  /** Which also links what a call passes through, so that none has to later. */
  private static boolean isRight(MachineTile kernel) {
    int block = BlockedLayout.BLOCK;
    float[] ones = new float[block * block];
    Arrays.fill(ones, 1f);
    float[] c = new float[block];
    kernel.run(new int[1], 0, 1, ones, 0, ones, 0, c, 0, 0, ones, 0, 0, ones, 0, ones, 0, 0);
    for (float sum : c) {
      if (sum != block) {
        return false;
      }
    }
    return true;
  }

  /** Makes the kernel of one path. */
  public static TileKernel define(TileSpec spec, KernelPath path) {
    return switch (path) {
      case FMA -> define(spec, true);
      case MULTIPLY_ADD -> define(spec, false);
      case SCALAR -> new ScalarTile(spec, CpuFeatures.current().fma());
    };
  }

  /** Generates a kernel whatever the processor has; for tests. */
  public static TileKernel define(TileSpec spec, boolean fused) {
    try {
      return (TileKernel)
          MethodHandles.lookup()
              .defineHiddenClass(TileGenerator.generate(spec, fused), true)
              .lookupClass()
              .getConstructor()
              .newInstance();
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("cannot define " + spec.className(), e);
    }
  }
}
