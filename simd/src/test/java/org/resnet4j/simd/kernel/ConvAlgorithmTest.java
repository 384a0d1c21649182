package org.resnet4j.simd.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.resnet4j.simd.kernel.conv.ConvAlgorithm;
import org.resnet4j.simd.kernel.conv.ConvKernel;
import org.resnet4j.simd.kernel.conv.ConvShape;
import org.resnet4j.simd.kernel.layout.BlockedLayout;
import org.resnet4j.simd.kernel.layout.Parallel;
import org.resnet4j.simd.kernel.layout.Workspace;
import org.resnet4j.simd.machine.MachineModel;
import org.resnet4j.simd.machine.VectorWidth;
import org.resnet4j.simd.support.NetworkShapes;

class ConvAlgorithmTest {
  /** C, K, H = W, kernel, stride, padding, groups, and what the algorithm does for one image. */
  @ParameterizedTest
  @CsvSource({
    "3, 64, 224, 7, 2, 3, 1, DIRECT_STEM, 118_013_952", // 112^2 * 64 * 147
    "3, 64, 224, 7, 2, 3, 1, IM2COL_GEMM, 118_013_952",
    "3, 64, 224, 7, 2, 3, 1, IMPLICIT_GEMM, 629_407_744", // 13 of 16 inputs are padding
    "64, 64, 56, 3, 1, 1, 1, IMPLICIT_GEMM, 115_605_504", // 56^2 * 9 * 64^2
    "64, 64, 56, 3, 1, 1, 1, WINOGRAD_4X4, 28_901_376", // 14^2 tiles * 36
    "64, 64, 56, 3, 1, 1, 1, WINOGRAD_2X2, 51_380_224", // 28^2 tiles * 16
    "512, 512, 7, 3, 1, 1, 1, WINOGRAD_4X2, 50_331_648", // 2 * 4 tiles * 24
    "64, 128, 56, 3, 2, 1, 1, WINOGRAD_2X2, 40_140_800", // 14^2 tiles * 25
    "512, 512, 28, 3, 1, 1, 32, WINOGRAD_4X4, 14_450_688", // 7^2 tiles * 36 * 512 * 16
    "512, 128, 28, 1, 1, 0, 1, STRASSEN_GEMM, 44_957_696", // 7/8 of 28^2 * 512 * 128
    "512, 128, 7, 1, 1, 0, 1, STRASSEN_GEMM, 3_211_264", // the last row is its own pair
    "128, 128, 56, 3, 1, 1, 32, GROUPED, 14_450_688", // 56^2 * 9 * 4 * 128
    "2048, 1000, 1, 1, 1, 0, 1, IMPLICIT_GEMM, 2_064_384", // 1008 outputs
  })
  void multiplyAddsAreCounted(
      int in,
      int out,
      int extent,
      int kernel,
      int stride,
      int padding,
      int groups,
      ConvAlgorithm algorithm,
      long expected) {
    ConvShape shape = new ConvShape(in, out, extent, extent, kernel, stride, padding, groups);
    float[] weight = new float[out * (in / groups) * kernel * kernel];
    for (VectorWidth width : VectorWidth.values()) {
      assertThat(ConvAlgorithms.pack(shape, algorithm, width, weight, null, false).multiplyAdds())
          .isEqualTo(expected);
    }
  }

  /** C, K, H = W, kernel, stride, padding, groups of the family's layers, and what serves them. */
  @ParameterizedTest
  @CsvSource({
    "3, 64, 224, 7, 2, 3, 1, DIRECT_STEM",
    "4, 64, 224, 7, 2, 3, 1, DIRECT_STEM",
    "4, 64, 224, 8, 2, 3, 1, DIRECT_STEM",
    "3, 64, 224, 11, 4, 2, 1, IM2COL_GEMM",
    "5, 64, 224, 7, 2, 3, 1, IMPLICIT_GEMM",
    "64, 64, 56, 3, 1, 1, 1, WINOGRAD_4X4",
    "128, 128, 28, 3, 1, 1, 1, WINOGRAD_4X4",
    "256, 256, 14, 3, 1, 1, 1, WINOGRAD_4X4",
    "512, 512, 7, 3, 1, 1, 1, WINOGRAD_4X2",
    "512, 512, 14, 3, 1, 1, 1, WINOGRAD_4X4",
    "512, 512, 3, 3, 1, 1, 1, IMPLICIT_GEMM",
    "8, 8, 56, 3, 1, 1, 2, IMPLICIT_GEMM",
    "64, 128, 56, 3, 2, 1, 1, WINOGRAD_2X2",
    "128, 256, 28, 3, 2, 1, 1, WINOGRAD_2X2",
    "256, 512, 14, 3, 2, 1, 1, IMPLICIT_GEMM",
    "64, 256, 56, 1, 1, 0, 1, IMPLICIT_GEMM",
    "128, 512, 28, 1, 1, 0, 1, IMPLICIT_GEMM",
    "256, 64, 56, 1, 1, 0, 1, IMPLICIT_GEMM",
    "256, 1024, 14, 1, 1, 0, 1, IMPLICIT_GEMM",
    "512, 2048, 7, 1, 1, 0, 1, IMPLICIT_GEMM",
    "2048, 512, 7, 1, 1, 0, 1, IMPLICIT_GEMM",
    "256, 512, 56, 1, 2, 0, 1, STRASSEN_GEMM",
    "512, 128, 28, 1, 1, 0, 1, STRASSEN_GEMM",
    "512, 256, 28, 1, 1, 0, 1, STRASSEN_GEMM",
    "256, 512, 28, 1, 1, 0, 1, STRASSEN_GEMM",
    "1024, 256, 14, 1, 1, 0, 1, STRASSEN_GEMM",
    "512, 1024, 14, 1, 1, 0, 1, STRASSEN_GEMM",
    "128, 128, 56, 3, 1, 1, 32, GROUPED",
    "256, 256, 56, 3, 2, 1, 32, GROUPED",
    "512, 512, 28, 3, 1, 1, 32, WINOGRAD_4X4",
    "1024, 1024, 14, 3, 1, 1, 32, WINOGRAD_4X2",
    "512, 512, 56, 3, 2, 1, 32, IMPLICIT_GEMM",
    "1024, 1024, 28, 3, 2, 1, 32, IMPLICIT_GEMM",
    "64, 64, 14, 7, 1, 3, 64, GROUPED",
    "64, 64, 14, 7, 1, 3, 16, GROUPED",
    "64, 64, 14, 7, 1, 3, 8, IMPLICIT_GEMM",
    "64, 64, 14, 9, 1, 4, 64, IMPLICIT_GEMM",
    "48, 48, 14, 3, 1, 1, 16, IMPLICIT_GEMM",
    "64, 32, 14, 3, 1, 1, 32, IMPLICIT_GEMM",
    "24, 24, 14, 3, 1, 1, 24, IMPLICIT_GEMM",
    "2048, 1000, 1, 1, 1, 0, 1, IMPLICIT_GEMM",
    "4, 4, 9, 3, 1, 1, 4, IMPLICIT_GEMM",
  })
  void isChosenByShape(
      int in,
      int out,
      int extent,
      int kernel,
      int stride,
      int padding,
      int groups,
      ConvAlgorithm expected) {
    ConvShape shape = new ConvShape(in, out, extent, extent, kernel, stride, padding, groups);
    assertThat(ConvAlgorithms.choose(shape, MachineModel.PORTABLE)).isEqualTo(expected);
    assertThat(ConvAlgorithms.applicable(shape))
        .contains(ConvAlgorithm.IM2COL_GEMM, ConvAlgorithm.IMPLICIT_GEMM, expected)
        .isSorted();
  }

  /** What multiply-adds twice as fast change: Strassen's sums pay nowhere. */
  @ParameterizedTest
  @CsvSource({
    "64, 64, 56, 3, 1, WINOGRAD_4X4, WINOGRAD_4X4",
    "128, 128, 28, 3, 1, WINOGRAD_4X4, WINOGRAD_4X4",
    "256, 256, 14, 3, 1, WINOGRAD_4X2, WINOGRAD_2X2",
    "512, 512, 7, 3, 1, WINOGRAD_2X2, IMPLICIT_GEMM",
    "128, 256, 28, 3, 2, WINOGRAD_2X2, WINOGRAD_2X2",
    "256, 512, 14, 3, 2, IMPLICIT_GEMM, IMPLICIT_GEMM",
    "256, 512, 56, 1, 2, IMPLICIT_GEMM, IMPLICIT_GEMM",
    "512, 128, 28, 1, 1, IMPLICIT_GEMM, IMPLICIT_GEMM",
    "512, 256, 28, 1, 1, IMPLICIT_GEMM, IMPLICIT_GEMM",
    "1024, 256, 14, 1, 1, IMPLICIT_GEMM, IMPLICIT_GEMM",
    "2048, 512, 7, 1, 1, IMPLICIT_GEMM, IMPLICIT_GEMM",
  })
  void dependsOnTheKindOfProcessor(
      int in, int out, int extent, int kernel, int stride, ConvAlgorithm zen5, ConvAlgorithm xeon) {
    ConvShape shape = new ConvShape(in, out, extent, extent, kernel, stride, kernel / 2, 1);
    assertThat(ConvAlgorithms.choose(shape, MachineModel.ZEN5)).isEqualTo(zen5);
    assertThat(ConvAlgorithms.choose(shape, MachineModel.XEON)).isEqualTo(xeon);
  }

  /** What 16 registers change: lines of 7 pixels are tiles of 4 and 3, as slow as two of 5. */
  @ParameterizedTest
  @CsvSource({
    "512, 512, 7, 3, 1, WINOGRAD_2X2",
    "256, 512, 14, 3, 2, WINOGRAD_2X2",
    "1024, 1024, 14, 3, 2, WINOGRAD_2X2",
    "256, 256, 14, 3, 1, WINOGRAD_4X2",
    "2048, 512, 7, 1, 1, IMPLICIT_GEMM",
  })
  void dependsOnTheRowsOfTiles(
      int in, int out, int extent, int kernel, int stride, ConvAlgorithm generic) {
    ConvShape shape = new ConvShape(in, out, extent, extent, kernel, stride, kernel / 2, 1);
    assertThat(ConvAlgorithms.choose(shape, MachineModel.GENERIC)).isEqualTo(generic);
  }

  @Test
  void groupsOfSixteenAreBlocks() {
    assertThat(ConvAlgorithms.applicable(new ConvShape(64, 64, 9, 9, 3, 1, 1, 4)))
        .doesNotContain(ConvAlgorithm.GROUPED);
  }

  @Test
  void theStemNeedsItsOwnLayout() {
    ConvShape stem = new ConvShape(3, 64, 224, 224, 7, 2, 3, 1);
    ConvShape wide = new ConvShape(5, 64, 224, 224, 7, 2, 3, 1);
    ConvShape grouped = new ConvShape(4, 64, 224, 224, 7, 2, 3, 2);
    assertThat(ConvAlgorithms.chooseBlocked(stem, MachineModel.PORTABLE))
        .isEqualTo(ConvAlgorithm.IM2COL_GEMM);
    assertThat(ConvAlgorithms.applicable(stem)).contains(ConvAlgorithm.DIRECT_STEM);
    for (ConvShape other : List.of(wide, grouped)) {
      assertThat(ConvAlgorithms.applicable(other)).doesNotContain(ConvAlgorithm.DIRECT_STEM);
      assertThatThrownBy(() ->
              ConvAlgorithms.pack(
                  other,
                  ConvAlgorithm.DIRECT_STEM,
                  VectorWidth.BITS_128,
                  new float[other.weights()],
                  null,
                  false))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("DIRECT_STEM cannot compute");
    }
    ConvKernel kernel =
        ConvAlgorithms.pack(
            stem,
            ConvAlgorithm.DIRECT_STEM,
            VectorWidth.BITS_512,
            new float[stem.weights()],
            null,
            false);
    BlockedLayout y = new BlockedLayout(64, 1, 112, 112, 0);
    BlockedLayout blocked = new BlockedLayout(3, 1, 224, 224, 3);
    assertThatThrownBy(() ->
            kernel.bind(blocked, y, null, new Workspace(Parallel.SERIAL, MachineModel.PORTABLE)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("expected 3 channels, 224x224, block 3");
    assertThatThrownBy(() -> new BlockedLayout(4, 1, 1, 1, 0, 3)).hasMessageContaining("block 3");
  }

  @Test
  void theChoiceIsApplicable() {
    for (ConvShape shape : NetworkShapes.all()) {
      assertThat(ConvAlgorithms.applicable(shape))
          .contains(ConvAlgorithms.choose(shape, MachineModel.PORTABLE), ConvAlgorithm.IM2COL_GEMM)
          .isSorted();
    }
  }
}
