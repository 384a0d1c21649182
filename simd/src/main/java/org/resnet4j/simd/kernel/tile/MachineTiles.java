package org.resnet4j.simd.kernel.tile;

import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import org.resnet4j.simd.kernel.layout.BlockedLayout;
import org.resnet4j.simd.machine.KernelPath;
import org.resnet4j.simd.machine.Processor;
import org.resnet4j.simd.machine.VectorWidth;
import org.resnet4j.simd.machinecode.MachineCode;

/** Whether this process has kernels of machine code, and why not; asked once. */
final class MachineTiles {
  /** What the switch may say; the last is about another unit. */
  private static final Set<String> ALLOWED = Set.of("", "true", "avx512");

  private static final TileSpec TRIAL =
      TileSpec.product(VectorWidth.BITS_512, 1, 1, BlockedLayout.BLOCK, 1, BlockedLayout.BLOCK);

  private static final Optional<String> OBSTACLE = find();

  private MachineTiles() {}

  /** Why there are none; empty if there are. */
  static Optional<String> obstacle() {
    return OBSTACLE;
  }

  /** Nothing is called that needs native access before that is known to be enabled. */
  private static Optional<String> find() {
    Optional<String> known =
        obstacle(
            VectorWidth.preferred(),
            KernelPath.current(),
            MachineCode.platform(),
            Processor.current().flags(),
            System.getProperty(MachineCode.SWITCH, ""),
            MachineTiles.class.getModule().isNativeAccessEnabled());
    if (known.isPresent()) {
      return known;
    }
    try {
      MachineCode.check();
      return isRight(new MachineTile(TRIAL))
          ? Optional.empty()
          : Optional.of("machine code computes wrongly here");
    } catch (RuntimeException | OutOfMemoryError | LinkageError e) {
      return Optional.of("machine code cannot be made here: " + e.getMessage());
    }
  }

  /**
   * By what is known without trying.
   *
   * @param allowed what {@link MachineCode#SWITCH} says, empty by default
   * @param enabled whether this module may call native code
   */
  static Optional<String> obstacle(
      VectorWidth width,
      KernelPath path,
      String platform,
      Set<String> flags,
      String allowed,
      boolean enabled) {
    if (!ALLOWED.contains(allowed)) {
      return Optional.of("machine code is switched off by -D" + MachineCode.SWITCH);
    }
    if (!MachineCode.isKnown(platform)) {
      return Optional.of("machine code is for Linux on x86-64");
    }
    if (width != VectorWidth.BITS_512 || path != KernelPath.FMA || !flags.contains("avx512f")) {
      return Optional.of("this processor or JVM has no vectors of 512 bits with FMA");
    }
    return enabled
        ? Optional.empty()
        : Optional.of(
            "native access is not enabled (--enable-native-access=ALL-UNNAMED, on the module path"
                + " org.resnet4j.simd)");
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
}
