package org.resnet4j.cuda.conv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.resnet4j.core.backend.Precision;
import org.resnet4j.core.graph.Window;
import org.resnet4j.core.tensor.Tensor;
import org.resnet4j.cuda.kernels.ElementType;
import org.resnet4j.cuda.kernels.Numbers;

class FilterPackingTest {
  private static ConvProblem problem(int in, int out, int kernel, int groups, Precision precision) {
    Window window = new Window(kernel, 1, kernel / 2);
    return new ConvProblem(in, out, 9, 8, window, groups, false, true, precision, false);
  }

  private static byte[] dirty(long bytes) {
    byte[] target = new byte[Math.toIntExact(bytes)];
    Arrays.fill(target, (byte) 0x5A);
    return target;
  }

  private static Tensor random(int... dims) {
    return Tensor.of(Numbers.random(Tensor.meta(dims).size(), 3), dims);
  }

  /** KRSC by the definition, a number at a time. */
  private static float[] krsc(Tensor weight, ConvProblem problem) {
    int channels = problem.inChannelsPerGroup();
    int kernel = problem.window().kernel();
    int real = weight.dim(1);
    float[] expected = new float[problem.outChannels() * kernel * kernel * channels];
    for (int k = 0; k < weight.dim(0); k++) {
      for (int c = 0; c < real; c++) {
        for (int r = 0; r < kernel; r++) {
          for (int s = 0; s < kernel; s++) {
            expected[((k * kernel + r) * kernel + s) * channels + c] =
                weight.data()[((k * real + c) * kernel + r) * kernel + s];
          }
        }
      }
    }
    return expected;
  }

  @ParameterizedTest
  @CsvSource({
    "3, 64, 7, 1, 4",
    "3, 64, 7, 1, 8",
    "13, 21, 3, 1, 16",
    "16, 24, 1, 1, 16",
    "5, 20, 3, 4, 20",
    "1, 6, 3, 6, 6",
  })
  void putsChannelsLastAndZerosBehind(
      int inPerGroup, int out, int kernel, int groups, int inChannels) {
    Tensor weight = random(out, inPerGroup, kernel, kernel);
    for (Precision precision : Precision.values()) {
      ConvProblem problem = problem(inChannels, out, kernel, groups, precision);
      byte[] target = dirty(problem.filterBytes());
      FilterPacking.filter(problem, weight, MemorySegment.ofArray(target));
      assertThat(target)
          .as("%s", precision)
          .isEqualTo(Numbers.encode(problem.type(), krsc(weight, problem)));
    }
  }

  @Test
  void takesALinearLayer() {
    Tensor weight = random(10, 13);
    ConvProblem problem = ConvProblem.linear(16, 10, Precision.BF16, true);
    byte[] target = dirty(problem.filterBytes());
    FilterPacking.filter(problem, weight, MemorySegment.ofArray(target));
    assertThat(target).isEqualTo(Numbers.encode(problem.type(), krsc(weight, problem)));
  }

  @ParameterizedTest
  @EnumSource
  void keepsTheBiasInFloat32(Precision precision) {
    ConvProblem problem = problem(8, 16, 1, 1, precision);
    float[] bias = Numbers.random(16, 4);
    byte[] target = dirty(problem.biasBytes());
    FilterPacking.bias(problem, Tensor.of(bias, 16), MemorySegment.ofArray(target));
    assertThat(target).isEqualTo(Numbers.encode(ElementType.F32, bias));
    FilterPacking.bias(problem, null, MemorySegment.ofArray(target));
    assertThat(target).containsOnly(0);
  }

  @Test
  void refusesSizesThatDoNotFit() {
    ConvProblem problem = problem(8, 16, 3, 2, Precision.FP16);
    MemorySegment filter = MemorySegment.ofArray(dirty(problem.filterBytes()));
    MemorySegment bias = MemorySegment.ofArray(dirty(problem.biasBytes()));
    for (Tensor weight :
        new Tensor[] {random(15, 4, 3, 3), random(16, 5, 3, 3), random(16, 4, 2, 3)}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> FilterPacking.filter(problem, weight, filter))
          .withMessageContaining(weight.toString());
    }
    Tensor weight = random(16, 4, 3, 3);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> FilterPacking.filter(problem, weight, filter.asSlice(2)));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> FilterPacking.bias(problem, random(15), bias));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> FilterPacking.bias(problem, random(16), bias.asSlice(4)));
  }
}
