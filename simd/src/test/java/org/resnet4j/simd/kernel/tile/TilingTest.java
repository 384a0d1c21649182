package org.resnet4j.simd.kernel.tile;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.resnet4j.simd.machine.VectorWidth;

class TilingTest {
  /** 14x2 fits the usual maps at 512 bits; narrower vectors have half the registers. */
  @ParameterizedTest
  @CsvSource({
    "BITS_512, true, 56, 4, 2, 14",
    "BITS_512, true, 28, 8, 2, 14",
    "BITS_512, false, 14, 16, 2, 14",
    "BITS_512, true, 7, 32, 3, 7",
    "BITS_512, false, 49, 32, 2, 14",
    "BITS_512, true, 56, 1, 1, 16",
    "BITS_256, true, 56, 4, 1, 6",
    "BITS_256, false, 56, 4, 1, 4",
    "BITS_128, false, 56, 4, 1, 2",
  })
  void tilesFitTheRegisters(
      VectorWidth width, boolean machineCode, int pixels, int blocks, int perTile, int rows) {
    assertThat(Tiling.chooseBlocks(width, pixels, blocks)).isEqualTo(perTile);
    assertThat(Tiling.maxRows(width, perTile, machineCode)).isEqualTo(rows);
  }

  /** Whatever C2 can keep in registers, machine code can. */
  @ParameterizedTest
  @CsvSource({"BITS_256, 1, 6", "BITS_256, 2, 2", "BITS_256, 3, 1", "BITS_512, 2, 14"})
  void machineCodeCoversTheLargestTiles(VectorWidth width, int blocks, int rows) {
    assertThat(Tiling.maxRows(width, blocks, true)).isEqualTo(rows);
    assertThat(TileCode.covers(TileSpec.product(width, rows, blocks, 16, 1, 16))).isTrue();
    assertThat(Tiling.maxRows(width, blocks, false)).isLessThanOrEqualTo(rows);
  }

  /** Two multiply-adds a cycle, each of which takes up to five. */
  @ParameterizedTest
  @CsvSource({
    "BITS_256, 0, 1, false",
    "BITS_256, 1, 1, true",
    "BITS_256, 4, 1, true",
    "BITS_256, 5, 1, false",
    "BITS_512, 4, 2, true",
    "BITS_512, 7, 2, false",
  })
  void aTileIsShortIfItHasTooFewSums(VectorWidth width, int rows, int blocks, boolean isShort) {
    assertThat(Tiling.isShort(width, rows, blocks)).isEqualTo(isShort);
  }
}
