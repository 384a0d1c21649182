package org.resnet4j.simd.kernel.tile;

import java.lang.invoke.MethodHandles;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.resnet4j.core.stack.AmpleStack;
import org.resnet4j.simd.machine.CpuFeatures;
import org.resnet4j.simd.machine.KernelPath;
import org.resnet4j.simd.machine.VectorWidth;

/** The kernels made so far, one per spec, for the path of this JVM. Thread-safe. */
public final class TileKernels {
  private static final ConcurrentMap<TileSpec, TileKernel> KERNELS = new ConcurrentHashMap<>();

  private TileKernels() {}

  /** The kernel for {@code spec}, made on first use. */
  public static TileKernel get(TileSpec spec) {
    TileKernel made = KERNELS.get(spec);
    return made != null ? made : AmpleStack.run(new Making(spec));
  }

  private record Making(TileSpec spec) implements AmpleStack.Call<TileKernel, RuntimeException> {
    @Override
    public TileKernel run() {
      return KERNELS.computeIfAbsent(spec, TileKernels::make);
    }
  }

  private static TileKernel make(TileSpec spec) {
    if (areMachineCode(spec.width()) && TileCode.covers(spec)) {
      try {
        return new MachineTile(spec);
      } catch (IllegalStateException | OutOfMemoryError _) {
        // There is no memory for code: the Vector API serves as well.
      }
    }
    return define(spec, KernelPath.current());
  }

  /** Whether kernels are machine code, where that covers them; it has the same bits. */
  public static boolean areMachineCode(VectorWidth width) {
    return MachineTiles.obstacle(width).isEmpty();
  }

  /** Why kernels are not machine code, for people; empty if they are. */
  public static Optional<String> obstacle() {
    return MachineTiles.obstacle(VectorWidth.preferred());
  }

  /** For people: what kernels are, and if the JVM compiles them, why. */
  public static String text() {
    return obstacle()
        .map(why -> "compiled by the JVM: " + why)
        .orElse("machine code, which fetches weights ahead");
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
