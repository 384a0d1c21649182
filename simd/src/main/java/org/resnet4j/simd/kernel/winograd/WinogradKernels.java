package org.resnet4j.simd.kernel.winograd;

import java.lang.invoke.MethodHandles;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.resnet4j.core.stack.AmpleStack;
import org.resnet4j.simd.kernel.tile.TileKernels;
import org.resnet4j.simd.machine.CpuFeatures;
import org.resnet4j.simd.machine.KernelPath;
import org.resnet4j.simd.machine.VectorWidth;

/** The transforms made so far, one per tile and width, for the path of this JVM. Thread-safe. */
final class WinogradKernels {
  private static final ConcurrentMap<Key, WinogradKernel> KERNELS = new ConcurrentHashMap<>();

  private record Key(WinogradTile tile, VectorWidth width) {}

  private WinogradKernels() {}

  /** The transforms of a tile, made on first use. */
  static WinogradKernel get(WinogradTile tile, VectorWidth width) {
    Key key = new Key(tile, width);
    WinogradKernel made = KERNELS.get(key);
    return made != null ? made : AmpleStack.run(new Making(key));
  }

  private record Making(Key key) implements AmpleStack.Call<WinogradKernel, RuntimeException> {
    @Override
    public WinogradKernel run() {
      return KERNELS.computeIfAbsent(key, WinogradKernels::make);
    }
  }

  private static WinogradKernel make(Key key) {
    return machineCode(key.tile(), key.width())
        .orElseGet(() -> define(key.tile(), key.width(), KernelPath.current()));
  }

  /** Makes the transforms of one path: without FMA, plain loops are no slower than vectors. */
  static WinogradKernel define(WinogradTile tile, VectorWidth width, KernelPath path) {
    return switch (path) {
      case FMA -> define(tile, width);
      case MULTIPLY_ADD, SCALAR -> new ScalarWinograd(tile, CpuFeatures.current().fma());
    };
  }

  /** Those of machine code, where that is possible and there is memory for it. */
  private static Optional<WinogradKernel> machineCode(WinogradTile tile, VectorWidth width) {
    if (!TileKernels.areMachineCode(width) || !TransformCode.covers(width)) {
      return Optional.empty();
    }
    try {
      MachineTransforms made = new MachineTransforms(tile, width);
      made.link();
      return Optional.of(made);
    } catch (IllegalStateException | OutOfMemoryError _) {
      return Optional.empty();
    }
  }

  /** Generates transforms whatever the processor has; for tests. */
  static WinogradKernel define(WinogradTile tile, VectorWidth width) {
    try {
      return (WinogradKernel)
          MethodHandles.lookup()
              .defineHiddenClass(WinogradGenerator.generate(tile, width), true)
              .lookupClass()
              .getConstructor()
              .newInstance();
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("cannot define the transforms of " + tile, e);
    }
  }
}
