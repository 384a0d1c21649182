package org.resnet4j.simd.kernel;

import static org.assertj.core.api.Assertions.assertThatCode;

import java.nio.file.Path;
import java.util.function.Consumer;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.resnet4j.core.conformance.FirstUse;
import org.resnet4j.core.tensor.Tensor;
import org.resnet4j.simd.kernel.conv.ConvAlgorithm;
import org.resnet4j.simd.kernel.conv.ConvShape;
import org.resnet4j.simd.kernel.gemm.Gemm;
import org.resnet4j.simd.kernel.gemm.Gemm.Matrix;
import org.resnet4j.simd.kernel.layout.Parallel;
import org.resnet4j.simd.machine.VectorWidth;

/** Kernels that are used for the first time at the end of a stack serve later callers, too. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FirstUseTest {
  static final class Multiply implements FirstUse.Call {
    @Override
    public void read(Path file) {
      Matrix a = Matrix.of(new float[256], 16);
      Gemm.serial().multiply(16, 16, 16, 1f, a, a, 0f, Matrix.of(new float[256], 16));
    }
  }

  static final class MultiplyRow implements FirstUse.Call {
    @Override
    public void read(Path file) {
      Matrix a = Matrix.of(new float[256], 16);
      Gemm.serial().multiply(1, 16, 16, 1f, a, a, 0f, Matrix.of(new float[16], 16));
    }
  }

  /** With what the caller has before the stack ends. */
  private abstract static class Convolve implements FirstUse.Call {
    private final ConvShape shape;
    private final ConvAlgorithm algorithm;
    private final VectorWidth width = VectorWidth.preferred();

    Convolve(int groups, ConvAlgorithm algorithm) {
      this.shape = new ConvShape(32, 32, 8, 8, 3, 1, 1, groups);
      this.algorithm = algorithm;
    }

    @Override
    public void read(Path file) {
      float[] weight = new float[32 * 3 * 3 * 32 / shape.groups()];
      float[] x = new float[32 * 8 * 8];
      Conv2d.pack(shape, algorithm, width, weight, null, false)
          .run(1, x, new float[x.length], Parallel.SERIAL);
    }
  }

  static final class Winograd extends Convolve {
    Winograd() {
      super(1, ConvAlgorithm.WINOGRAD_2X2);
    }
  }

  static final class Grouped extends Convolve {
    Grouped() {
      super(8, ConvAlgorithm.GROUPED);
    }
  }

  @ParameterizedTest
  @ValueSource(classes = {Multiply.class, MultiplyRow.class, Winograd.class, Grouped.class})
  void ofKernels(Class<? extends FirstUse.Call> call) throws Exception {
    Path none = Path.of("");
    Consumer<Path> later = FirstUse.atTheEndOfAStack(call, none, Conv2d.class, Tensor.class);
    assertThatCode(() -> later.accept(none)).doesNotThrowAnyException();
  }
}
