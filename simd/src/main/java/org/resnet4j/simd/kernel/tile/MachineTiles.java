package org.resnet4j.simd.kernel.tile;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.resnet4j.simd.kernel.layout.BlockedLayout;
import org.resnet4j.simd.machine.CpuFeatures;
import org.resnet4j.simd.machine.KernelPath;
import org.resnet4j.simd.machine.Processor;
import org.resnet4j.simd.machine.VectorApi;
import org.resnet4j.simd.machine.VectorWidth;
import org.resnet4j.simd.machinecode.MachineCode;

/**
 * Whether this process has kernels of machine code, and why not; found once for each width that is
 * used.
 */
final class MachineTiles {
  /** What the switch may say of vectors of 512 bits. */
  private static final String AVX512 = "avx512";

  private static final ConcurrentMap<VectorWidth, Optional<String>> OBSTACLES =
      new ConcurrentHashMap<>();

  private MachineTiles() {}

  /** Why there are none of that width; empty if there are. */
  static Optional<String> obstacle(VectorWidth width) {
    Optional<String> known = OBSTACLES.get(width);
    if (known == null) {
      known = find(width);
      OBSTACLES.put(width, known);
    }
    return known;
  }

  /** Whether the JVM's own kernels would fuse, or it has no others than these. */
  private static boolean fuses() {
    CpuFeatures features = CpuFeatures.current();
    return VectorApi.isPresent()
        ? KernelPath.current() == KernelPath.FMA
        : features.fma() && features.optimizingCompiler();
  }

  /** Nothing is called that needs native access before that is known to be enabled. */
  private static Optional<String> find(VectorWidth width) {
    Optional<String> known =
        obstacle(
            width,
            VectorWidth.preferred(),
            fuses(),
            MachineCode.platform(),
            Processor.current().flags(),
            System.getProperty(MachineCode.SWITCH, ""),
            MachineTiles.class.getModule().isNativeAccessEnabled());
    if (known.isPresent()) {
      return known;
    }
    try {
      int block = BlockedLayout.BLOCK;
      TileSpec trial = TileSpec.product(width, 1, 1, block, 1, block);
      return isRight(new MachineTile(trial))
          ? Optional.empty()
          : Optional.of("machine code computes wrongly here");
    } catch (RuntimeException | OutOfMemoryError | LinkageError e) {
      return Optional.of("machine code cannot be made here: " + e.getMessage());
    }
  }

  /**
   * By what is known without trying.
   *
   * @param most the widest vectors that the JVM uses
   * @param fuses whether a multiply-add is one instruction there, and code is compiled at all
   * @param allowed what {@link MachineCode#SWITCH} says, empty by default
   * @param enabled whether this module may call native code
   */
  static Optional<String> obstacle(
      VectorWidth width,
      VectorWidth most,
      boolean fuses,
      String platform,
      Set<String> flags,
      String allowed,
      boolean enabled) {
    boolean wide = width == VectorWidth.BITS_512;
    if (!allowed.isEmpty() && !allowed.equals("true") && !(wide && allowed.equals(AVX512))) {
      return Optional.of("machine code is switched off by -D" + MachineCode.SWITCH);
    }
    if (!MachineCode.isKnown(platform)) {
      return Optional.of("machine code is for Linux on x86-64");
    }
    boolean vectors = wide ? flags.contains("avx512f") : flags.containsAll(List.of("avx2", "fma"));
    boolean used = width != VectorWidth.BITS_128 && width.compareTo(most) <= 0;
    if (!vectors || !used || !fuses) {
      return Optional.of("this processor or JVM has no vectors of 256 or 512 bits with FMA");
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
