package org.resnet4j.simd.kernel.tile;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.resnet4j.simd.machine.KernelPath;
import org.resnet4j.simd.machine.VectorWidth;

class MachineTilesTest {
  private static final String LINUX = "Linux amd64";
  private static final Set<String> FLAGS = Set.of("avx512f", "fma");

  private static Optional<String> obstacle(
      VectorWidth width, KernelPath path, String platform, Set<String> flags, String allowed) {
    return MachineTiles.obstacle(width, path, platform, flags, allowed, true);
  }

  @Test
  void saysWhatIsInTheWay() {
    VectorWidth full = VectorWidth.BITS_512;
    KernelPath fma = KernelPath.FMA;
    for (String allowed : new String[] {"", "true", "avx512"}) {
      assertThat(obstacle(full, fma, LINUX, FLAGS, allowed)).isEmpty();
    }
    assertThat(obstacle(full, fma, LINUX, FLAGS, "false").orElseThrow())
        .contains("switched off by -Dresnet4j.machinecode");
    assertThat(obstacle(full, fma, "Windows 11 amd64", FLAGS, "").orElseThrow())
        .contains("for Linux on x86-64");
    assertThat(obstacle(full, fma, "Linux aarch64", FLAGS, "")).isPresent();
    assertThat(obstacle(VectorWidth.BITS_256, fma, LINUX, FLAGS, "").orElseThrow())
        .contains("no vectors of 512 bits");
    assertThat(obstacle(full, fma, LINUX, Set.of(), "")).isPresent();
    for (KernelPath path : new KernelPath[] {KernelPath.SCALAR, KernelPath.MULTIPLY_ADD}) {
      assertThat(obstacle(full, path, LINUX, FLAGS, "")).isPresent();
    }
    assertThat(MachineTiles.obstacle(full, fma, LINUX, FLAGS, "", false).orElseThrow())
        .contains("--enable-native-access=ALL-UNNAMED");
  }

  @Test
  void whatPeopleAreToldIsWhatIsUsed() {
    TileSpec spec = TileSpec.product(VectorWidth.BITS_512, 2, 2, 16, 1, 16);
    boolean isMachineCode = TileKernels.get(spec) instanceof MachineTile;
    assertThat(TileKernels.text())
        .startsWith(isMachineCode ? "machine code" : "compiled by the JVM: ");
  }
}
