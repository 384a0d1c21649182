package org.resnet4j.cuda.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.resnet4j.cuda.driver.LaunchShape;
import org.resnet4j.cuda.kernels.PtxProgram.PtxParameter;

/** The kernels' table against the PTX texts, and the calls against the table. */
class KernelTest {
  @ParameterizedTest
  @EnumSource(ElementType.class)
  void theTextHasTheEntryAndItsParameters(ElementType type) {
    for (Kernel kernel : Kernel.values()) {
      for (int lanes : kernel.hasVectors() ? new int[] {1, type.lanes()} : new int[] {1}) {
        List<PtxProgram.Entry> entries = PtxProgram.parse(kernel.ptx(type, lanes)).entries();
        assertThat(entries)
            .extracting(PtxProgram.Entry::name)
            .containsExactly(kernel.entry(type, lanes));
        assertThat(entries.getFirst().parameters())
            .isEqualTo(
                kernel.parameters().stream()
                    .map(parameter -> new PtxParameter(parameter.kind().ptx(), parameter.name()))
                    .toList());
      }
    }
  }

  @Test
  void argumentsHaveTheTypesOfTheParameters() {
    List<KernelCall> calls =
        List.of(
            new KernelCall.Input(1, 2, 3, 4, 5, 6),
            new KernelCall.InputSamples(1, 2, 3, 4, 5, 6),
            new KernelCall.Epilogue(1, 2, 3, 4, 5, 6, true),
            new KernelCall.AveragePool(1, 2, 3, 4, 5),
            new KernelCall.MaxPool(1, 2, 3, 4, new SlidingWindow(9, 8, 3, 2, 1)),
            new KernelCall.Convolution(
                1, 2, 3, 4, 5, 6, 8, 4, 2, new SlidingWindow(9, 8, 3, 2, 2), true),
            new KernelCall.Logits(1, 2, 3, 4, 5, 6));
    assertThat(calls).extracting(KernelCall::kernel).containsExactly(Kernel.values());
    for (KernelCall call : calls) {
      assertThat(call.arguments().stream().<Object>map(Number::getClass).toList())
          .as(call.toString())
          .isEqualTo(
              call.kernel().parameters().stream()
                  .<Object>map(parameter -> parameter.kind().type())
                  .toList());
      assertThat(argument(call, "rows")).isEqualTo(call.rows());
      assertThat(argument(call, "channels")).isEqualTo(call.channels());
    }
  }

  private static Number argument(KernelCall call, String name) {
    List<String> names = call.kernel().parameters().stream().map(Parameter::name).toList();
    return call.arguments().get(names.indexOf(name));
  }

  /** Whole vectors in every row, and nothing that begins within one. */
  @ParameterizedTest
  @CsvSource({
    "F32, 8, 256, 4",
    "F32, 6, 256, 1",
    "F32, 8, 264, 1",
    "F16, 16, 256, 8",
    "BF16, 12, 256, 1",
    "BF16, 16, 260, 1",
  })
  void aThreadTakesAVectorWhereItCan(ElementType type, int channels, long at, int lanes) {
    KernelCall call = new KernelCall.Epilogue(at, 512, 0, 1024, 5, channels, true);
    assertThat(call.lanes(type)).isEqualTo(lanes);
    assertThat(call.shape(lanes)).isEqualTo(Grid.covering(5, channels / lanes));
    assertThat(new KernelCall.Logits(0, 0, 0, 5, channels, channels).lanes(type)).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource({
    "1, 1, 1, 1, 1, 256",
    "257, 1, 2, 1, 1, 256",
    "64, 4, 1, 1, 4, 64",
    "100, 65, 25, 2, 64, 4",
    "2147483647, 2048, 536870912, 32, 64, 4",
  })
  void aGridCoversTheTarget(int rows, int channels, int gridX, int gridY, int blockX, int blockY) {
    assertThat(Grid.covering(rows, channels))
        .isEqualTo(new LaunchShape(gridX, gridY, 1, blockX, blockY, 1));
  }

  @Test
  void aGridOfThreadsThatSharePixels() {
    assertThat(Grid.sharing(3, 65)).isEqualTo(new LaunchShape(3, 3, 1, 32, 8, 1));
    assertThat(new KernelCall.AveragePool(0, 0, 7, 49, 512).shape(8))
        .isEqualTo(Grid.sharing(7, 64));
  }

  @Test
  void sizesThatCannotBeAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new KernelCall.Input(1, 2, 0, 4, 5, 6))
        .withMessage("a size of 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new KernelCall.Input(1, 2, 1, 4, 5, 4))
        .withMessage("5 channels do not fit 4");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new KernelCall.Input(1, 2, 1 << 16, 1 << 15, 1, 1))
        .withMessage("2147483648 rows or more");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new KernelCall.InputSamples(1, 2, 3, 4, 3, 2))
        .withMessage("3 channels do not fit 2");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new KernelCall.Logits(1, 2, 3, 4, 5, 4))
        .withMessage("5 channels do not fit a pitch of 4");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new KernelCall.MaxPool(1, 2, 1, 1, new SlidingWindow(8, 8, 3, 2, 2)))
        .withMessage("padding 2 of a window of 3");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new SlidingWindow(Integer.MAX_VALUE, 1, 3, 1, 2))
        .withMessage("an image of 2147483647 x 1 with a padding of 2");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new SlidingWindow(8, 8, 3, 2, 3))
        .withMessage("padding 3 of a window of 3");
    assertThatIllegalArgumentException()
        .isThrownBy(() ->
            new KernelCall.Convolution(
                1, 2, 3, 0, 5, 1, 8, 6, 4, new SlidingWindow(8, 8, 3, 1, 1), true))
        .withMessage("4 groups of 8 and 6 channels");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new SlidingWindow(8, 4, 7, 1, 1))
        .withMessage("a window of 7 exceeds an image of 8 x 4");
  }

  @Test
  void aMisspeltWordOfATemplateIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PtxTemplate.expand("LOAD %x [%y];", ElementType.F16, "f16", 1))
        .withMessage("a PTX template has an unknown LOAD");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PtxTemplate.expand("mov.u32 %x, $size;", ElementType.F16, "f16", 1))
        .withMessage("a PTX template has an unknown $size");
  }
}
