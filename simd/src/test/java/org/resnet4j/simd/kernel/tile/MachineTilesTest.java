package org.resnet4j.simd.kernel.tile;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.resnet4j.simd.machine.VectorWidth;

class MachineTilesTest {
  private static final String LINUX = "Linux amd64";
  private static final Set<String> FLAGS = Set.of("avx2", "avx512f", "fma");

  private static Optional<String> obstacle(
      VectorWidth width, boolean fuses, String platform, Set<String> flags, String allowed) {
    return MachineTiles.obstacle(
        width, VectorWidth.BITS_512, fuses, platform, flags, allowed, true);
  }

  @Test
  void saysWhatIsInTheWay() {
    VectorWidth full = VectorWidth.BITS_512;
    boolean fma = true;
    for (String allowed : new String[] {"", "true", "avx512"}) {
      assertThat(obstacle(full, fma, LINUX, FLAGS, allowed)).isEmpty();
    }
    assertThat(obstacle(full, fma, LINUX, FLAGS, "false").orElseThrow())
        .contains("switched off by -Dresnet4j.machinecode");
    assertThat(obstacle(full, fma, "Windows 11 amd64", FLAGS, "").orElseThrow())
        .contains("for Linux on x86-64");
    assertThat(obstacle(full, fma, "Linux aarch64", FLAGS, "")).isPresent();
    assertThat(obstacle(full, fma, LINUX, Set.of("avx2", "fma"), "").orElseThrow())
        .contains("no vectors of 256 or 512 bits");
    assertThat(obstacle(full, false, LINUX, FLAGS, "")).isPresent();
    assertThat(MachineTiles.obstacle(full, full, fma, LINUX, FLAGS, "", false).orElseThrow())
        .contains("--enable-native-access=ALL-UNNAMED");
  }

  @Test
  void vectorsOf256BitsNeedAvx2AndTheJvmToUseThem() {
    VectorWidth half = VectorWidth.BITS_256;
    boolean fma = true;
    Set<String> flags = Set.of("avx2", "fma");
    assertThat(obstacle(half, fma, LINUX, flags, "")).isEmpty();
    assertThat(obstacle(half, fma, LINUX, flags, "true")).isEmpty();
    assertThat(MachineTiles.obstacle(half, half, fma, LINUX, flags, "", true)).isEmpty();
    for (Set<String> fewer : List.of(Set.of("fma"), Set.of("avx2"), Set.<String>of())) {
      assertThat(obstacle(half, fma, LINUX, fewer, "").orElseThrow())
          .contains("no vectors of 256 or 512 bits");
    }
    assertThat(obstacle(half, fma, LINUX, FLAGS, "avx512").orElseThrow()).contains("switched off");
    VectorWidth least = VectorWidth.BITS_128;
    assertThat(MachineTiles.obstacle(half, least, fma, LINUX, FLAGS, "", true)).isPresent();
    assertThat(MachineTiles.obstacle(VectorWidth.BITS_512, half, fma, LINUX, FLAGS, "", true))
        .isPresent();
    assertThat(obstacle(least, fma, LINUX, FLAGS, "")).isPresent();
  }

  @Test
  void whatPeopleAreToldIsWhatIsUsed() {
    TileSpec spec = TileSpec.product(VectorWidth.preferred(), 2, 2, 16, 1, 16);
    boolean isMachineCode = TileKernels.get(spec) instanceof MachineTile;
    assertThat(TileKernels.text())
        .startsWith(isMachineCode ? "machine code" : "compiled by the JVM: ");
  }
}
