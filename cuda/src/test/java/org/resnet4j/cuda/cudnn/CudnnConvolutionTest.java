package org.resnet4j.cuda.cudnn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.resnet4j.cuda.driver.CudaException;
import org.resnet4j.cuda.driver.DeviceMemory;
import org.resnet4j.cuda.driver.DeviceRange;
import org.resnet4j.cuda.driver.Graph;
import org.resnet4j.cuda.support.Emulator;

/** Legacy functions against plain loops, and what cuDNN refuses. */
class CudnnConvolutionTest {
  private static final ForwardAlgorithm PRECOMP = ForwardAlgorithm.IMPLICIT_PRECOMP_GEMM;

  @BeforeEach
  void load() {
    Emulator.load();
  }

  @AfterEach
  void nothingStays() {
    assertThat(Emulator.leaks()).isEmpty();
  }

  static List<ConvolutionCase> cases() {
    return ConvolutionCase.all();
  }

  private static void with(ConvolutionCase c, BiConsumer<CudnnHandle, Legacy> work) {
    OnGpu.run(on -> {
      try (Legacy legacy = new Legacy(on, c)) {
        work.accept(on.handle(), legacy);
      }
    });
  }

  @ParameterizedTest
  @MethodSource("cases")
  void plain(ConvolutionCase c) {
    with(
        c,
        (cudnn, on) -> {
          TensorShape y = c.y();
          assertThat(cudnn.outputDimensions(on.descriptors))
              .containsExactly(y.n(), y.c(), y.h(), y.w());
          for (AlgorithmResult algorithm : cudnn.algorithms(on.descriptors)) {
            if (algorithm.usable()) {
              DeviceRange workspace = on.workspace(algorithm.algorithm());
              assertThat(workspace.bytes()).isEqualTo(algorithm.workspaceBytes());
              cudnn.convolve(on.descriptors, on.data(), algorithm.algorithm(), workspace);
              assertThat(on.result()).isEqualTo(on.rounded(c.expected(false, false, false)));
            }
          }
        });
  }

  @ParameterizedTest
  @MethodSource("cases")
  void fused(ConvolutionCase c) {
    with(
        c,
        (cudnn, on) -> {
          for (ActivationMode mode : ActivationMode.values()) {
            for (boolean residual : new boolean[] {false, true}) {
              try (ActivationDescriptor activation = ActivationDescriptor.create(cudnn, mode)) {
                cudnn.convolveFused(
                    on.descriptors,
                    on.data(),
                    PRECOMP,
                    on.workspace(PRECOMP),
                    residual ? on.residual.address() : 0,
                    on.biasDescriptor,
                    on.bias.address(),
                    activation);
                assertThat(on.result())
                    .isEqualTo(on.rounded(c.expected(residual, true, mode == ActivationMode.RELU)));
              }
            }
          }
        });
  }

  @Test
  void theResidualMayBeTheResultItself() {
    ConvolutionCase c = ConvolutionCase.small(DataType.FLOAT, 1);
    with(
        c,
        (cudnn, on) -> {
          on.y.copyFromAsync(on.residual, 0, 0, on.y.bytes(), on.on.stream());
          try (ActivationDescriptor relu =
              ActivationDescriptor.create(cudnn, ActivationMode.RELU)) {
            cudnn.convolveFused(
                on.descriptors,
                on.data(),
                PRECOMP,
                on.workspace(PRECOMP),
                on.y.address(),
                on.biasDescriptor,
                on.bias.address(),
                relu);
          }
          assertThat(on.result()).isEqualTo(c.expected(true, true, true));
        });
  }

  @Test
  void capturedWorkRunsWhenTheGraphDoes() {
    ConvolutionCase c = ConvolutionCase.small(DataType.FLOAT, 1);
    with(
        c,
        (cudnn, on) -> {
          DeviceRange workspace = on.workspace(PRECOMP);
          try (Graph graph =
              on.on.stream()
                  .capture(() -> cudnn.convolve(on.descriptors, on.data(), PRECOMP, workspace))) {
            assertThat(on.result()).isNotEqualTo(c.expected(false, false, false));
            graph.launch(on.on.stream());
            assertThat(on.result()).isEqualTo(c.expected(false, false, false));
          }
        });
  }

  @Test
  void measuringRunsAndIsForbiddenInACapture() {
    ConvolutionCase c = ConvolutionCase.small(DataType.FLOAT, 1);
    with(
        c,
        (cudnn, on) -> {
          DeviceRange none = DeviceRange.NONE;
          List<AlgorithmResult> results = cudnn.measure(on.descriptors, on.data(), none);
          assertThat(results).hasSize(ForwardAlgorithm.values().length);
          assertThat(results.getFirst().algorithm()).isEqualTo(ForwardAlgorithm.IMPLICIT_GEMM);
          assertThat(results.getFirst().millis()).isPositive();
          assertThat(results.getFirst().deterministic()).isTrue();
          assertThat(results.stream().filter(AlgorithmResult::usable)).hasSize(1);
          assertThat(on.result()).isEqualTo(c.expected(false, false, false));
          assertThatExceptionOfType(CudaException.class)
              .isThrownBy(() ->
                  on.on.stream().capture(() -> cudnn.measure(on.descriptors, on.data(), none)))
              .withMessageContaining("CUDNN_STATUS_EXECUTION_FAILED");
        });
  }

  @Test
  void guessesAreSortedWithTheUsableFirst() {
    with(
        ConvolutionCase.small(DataType.FLOAT, 1),
        (cudnn, on) -> {
          List<AlgorithmResult> results = cudnn.algorithms(on.descriptors);
          assertThat(results.getFirst().algorithm()).isEqualTo(ForwardAlgorithm.WINOGRAD);
          assertThat(results.getLast().status()).isEqualTo(3000);
          assertThat(results.getFirst().workspaceBytes()).isPositive();
        });
  }

  @Test
  void anArithmeticIsChosenWithItsAlgorithm() {
    ConvolutionCase c = ConvolutionCase.small(DataType.FLOAT, 1);
    with(
        c,
        (cudnn, on) -> {
          ConvolutionDescriptor convolution = on.descriptors.convolution();
          assertThat(cudnn.algorithms(on.descriptors))
              .hasSize(ForwardAlgorithm.values().length)
              .allMatch(result -> result.mathType() == MathType.FMA_MATH);
          convolution.setMathType(MathType.DEFAULT_MATH);
          assertThat(cudnn.algorithms(on.descriptors))
              .hasSize(2 * ForwardAlgorithm.values().length)
              .extracting(AlgorithmResult::mathType)
              .startsWith(MathType.DEFAULT_MATH, MathType.FMA_MATH);
        });
  }

  @Test
  void anotherThreadIsRefused() {
    with(
        ConvolutionCase.small(DataType.FLOAT, 1),
        (cudnn, on) -> {
          Throwable thrown =
              CompletableFuture.supplyAsync(
                      () -> catchThrowable(() -> cudnn.algorithms(on.descriptors)))
                  .join();
          assertThat(thrown)
              .isInstanceOf(IllegalStateException.class)
              .hasMessageContaining("belongs to thread resnet4j-gpu-0");
        });
  }

  private static void assertRefused(int code, Runnable call) {
    assertThatExceptionOfType(CudaException.class)
        .isThrownBy(call::run)
        .satisfies(e -> assertThat(e.code()).as(e.getMessage()).isEqualTo(code));
  }

  @Test
  void whatIsRefused() {
    with(
        ConvolutionCase.small(DataType.FLOAT, 1),
        (cudnn, on) -> {
          DeviceRange enough = on.workspace(PRECOMP);
          ConvolutionDescriptors d = on.descriptors;
          ConvolutionDescriptors.Data data = on.data();
          DeviceRange small = new DeviceRange(enough.address(), enough.bytes() - 1);
          assertRefused(2000, () -> cudnn.convolve(d, data, PRECOMP, small));
          assertRefused(3000, () -> cudnn.convolve(d, data, ForwardAlgorithm.FFT, enough));
          assertRefused(
              2000,
              () ->
                  cudnn.convolve(
                      d,
                      new ConvolutionDescriptors.Data(data.x(), data.w(), data.x()),
                      PRECOMP,
                      enough));
          assertRefused(
              2000,
              () ->
                  cudnn.convolve(
                      d,
                      new ConvolutionDescriptors.Data(data.x() + 16, data.w(), data.y()),
                      PRECOMP,
                      enough));
          assertRefused(
              2000,
              () ->
                  cudnn.convolve(
                      new ConvolutionDescriptors(d.y(), d.w(), d.convolution(), on.biasDescriptor),
                      data,
                      PRECOMP,
                      enough));
          try (ActivationDescriptor identity =
              ActivationDescriptor.create(cudnn, ActivationMode.IDENTITY)) {
            assertRefused(
                3000,
                () ->
                    cudnn.convolveFused(
                        d,
                        data,
                        ForwardAlgorithm.IMPLICIT_GEMM,
                        enough,
                        0,
                        on.biasDescriptor,
                        on.bias.address(),
                        identity));
          }
        });
  }

  @Test
  void fusedGroupsMayBeRefused() {
    Emulator.option("cudnn.noFusedGrouped", 1);
    with(
        ConvolutionCase.small(DataType.HALF, 2),
        (cudnn, on) -> {
          try (ActivationDescriptor relu =
              ActivationDescriptor.create(cudnn, ActivationMode.RELU)) {
            assertRefused(
                3000,
                () ->
                    cudnn.convolveFused(
                        on.descriptors,
                        on.data(),
                        PRECOMP,
                        on.workspace(PRECOMP),
                        0,
                        on.biasDescriptor,
                        on.bias.address(),
                        relu));
          }
        });
  }

  @Test
  void aFreedWorkspaceIsRefused() {
    with(
        ConvolutionCase.small(DataType.FLOAT, 1),
        (cudnn, on) -> {
          long bytes = cudnn.workspaceBytes(on.descriptors, PRECOMP);
          DeviceMemory workspace = DeviceMemory.allocate(on.on.gpu(), bytes);
          DeviceRange range = new DeviceRange(workspace.address(), bytes);
          workspace.close();
          assertRefused(2000, () -> cudnn.convolve(on.descriptors, on.data(), PRECOMP, range));
        });
  }

  @Test
  void closedDescriptorsAreRefusedAndClosingTwiceIsFine() {
    OnGpu.run(on -> {
      TensorDescriptor tensor =
          TensorDescriptor.create(on.handle(), DataType.FLOAT, TensorShape.nhwc(1, 2, 3, 4));
      tensor.close();
      tensor.close();
      assertThat(Emulator.calls("cudnnDestroyTensorDescriptor")).isEqualTo(1);
      assertThatIllegalStateException()
          .isThrownBy(tensor::handle)
          .withMessage("tensor descriptor is closed");
      // The emulator knows it too.
      assertRefused(2000, () -> on.handle().cudnn().legacy().destroyTensorDescriptor(1));
    });
  }

  @Test
  void refusedValuesAreNamedAndLeaveNothing() {
    OnGpu.run(on ->
        assertThatExceptionOfType(CudaException.class)
            .isThrownBy(() ->
                TensorDescriptor.create(
                    on.handle(), DataType.HALF, new TensorShape(1, -2, 3, 4, 1, 1, 1, 1)))
            .withMessageMatching(
                "cudnnSetTensor4dDescriptorEx\\(descriptor 0x[0-9a-f]+, dataType 2, n 1, c -2,"
                    + " h 3, w 4, .*\\): CUDNN_STATUS_BAD_PARAM \\(2000\\)"));
  }

  @Test
  void shapesThatCannotBeAddressedAreRefused() {
    assertThat(TensorShape.nhwc(2, 3, 4, 5)).isEqualTo(new TensorShape(2, 3, 4, 5, 60, 1, 15, 3));
    assertThat(TensorShape.nchw(2, 3, 4, 5)).isEqualTo(new TensorShape(2, 3, 4, 5, 60, 20, 5, 1));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TensorShape.nhwc(2, 1 << 10, 1 << 10, 1 << 10))
        .withMessage("2 x 1024 x 1024 x 1024 elements, less than 2^31 can be addressed");
    assertThatIllegalArgumentException().isThrownBy(() -> TensorShape.nchw(1 << 16, 1 << 16, 1, 1));
  }

  @ParameterizedTest
  @EnumSource(PoolingMode.class)
  void pooling(PoolingMode mode) {
    OnGpu.run(on -> {
      CudnnHandle cudnn = on.handle();
      TensorShape in = TensorShape.nhwc(1, 2, 4, 5);
      TensorShape out = TensorShape.nhwc(1, 2, 2, 3);
      float[] numbers = new float[40];
      for (int i = 0; i < numbers.length; i++) {
        numbers[i] = i % 7 * 9 - 40;
      }
      numbers[39] = Float.NaN;
      try (Tensors tensors = new Tensors(on.gpu(), DataType.FLOAT);
          PoolingDescriptor pooling = PoolingDescriptor.create(cudnn, mode, 3, 1, 2);
          TensorDescriptor x = TensorDescriptor.create(cudnn, DataType.FLOAT, in);
          TensorDescriptor y = TensorDescriptor.create(cudnn, DataType.FLOAT, out)) {
        DeviceMemory result = tensors.empty(12);
        on.handle().pool(pooling, x, tensors.of(numbers).address(), y, result.address());
        on.stream().synchronize();
        assertThat(tensors.read(result)).isEqualTo(pooled(mode, numbers));
      }
    });
  }

  /** Window 3, padding 1, stride 2 on 4 rows of 5 columns of 2 channels. */
  private static float[] pooled(PoolingMode mode, float[] x) {
    float[] result = new float[12];
    for (int i = 0; i < result.length; i++) {
      int channel = i % 2;
      int column = i / 2 % 3;
      int row = i / 6;
      float max = Float.NEGATIVE_INFINITY;
      float sum = 0;
      int inside = 0;
      for (int h = Math.max(0, row * 2 - 1); h < Math.min(4, row * 2 + 2); h++) {
        for (int v = Math.max(0, column * 2 - 1); v < Math.min(5, column * 2 + 2); v++) {
          float value = x[(h * 5 + v) * 2 + channel];
          max = Math.max(max, value);
          sum += value;
          inside++;
        }
      }
      result[i] =
          switch (mode) {
            case MAX, MAX_DETERMINISTIC -> max;
            case AVERAGE_COUNT_INCLUDE_PADDING -> sum / 9;
            case AVERAGE_COUNT_EXCLUDE_PADDING -> sum / inside;
          };
    }
    return result;
  }
}
