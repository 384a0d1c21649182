package org.resnet4j.cuda.cudnn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.resnet4j.cuda.driver.CudaException;
import org.resnet4j.cuda.driver.DeviceMemory;
import org.resnet4j.cuda.driver.DeviceRange;
import org.resnet4j.cuda.library.NativeFunction;
import org.resnet4j.cuda.support.Emulator;

/** Every call of cuDNN fails once. */
class CudnnFaultsTest {
  private static final int CODE = 4000;

  @BeforeEach
  void load() {
    Emulator.load();
  }

  /** Uses every function that returns a status, as a backend would. */
  private static void scenario() {
    OnGpu.run(on -> {
      ConvolutionCase c = ConvolutionCase.small(DataType.FLOAT, 1);
      legacy(on, c);
      graph(on, c);
    });
  }

  private static void legacy(OnGpu on, ConvolutionCase c) {
    CudnnHandle cudnn = on.handle();
    GraphSpec s = c.spec();
    ForwardAlgorithm algorithm = ForwardAlgorithm.IMPLICIT_GEMM;
    try (Tensors tensors = new Tensors(on.gpu(), s.type());
        TensorDescriptor x = TensorDescriptor.create(cudnn, s.type(), s.x());
        FilterDescriptor w =
            FilterDescriptor.create(
                cudnn, s.type(), TensorFormat.NHWC, s.k(), s.x().c(), s.r(), s.s());
        ConvolutionDescriptor conv =
            ConvolutionDescriptor.create(
                cudnn, s.geometry(), MathType.DEFAULT_MATH, DataType.FLOAT);
        TensorDescriptor y = TensorDescriptor.create(cudnn, s.type(), s.y());
        TensorDescriptor bias =
            TensorDescriptor.create(cudnn, s.type(), TensorShape.nhwc(1, s.k(), 1, 1));
        ActivationDescriptor relu = ActivationDescriptor.create(cudnn, ActivationMode.RELU);
        PoolingDescriptor pooling = PoolingDescriptor.create(cudnn, PoolingMode.MAX, 1, 0, 1)) {
      ConvolutionDescriptors d = new ConvolutionDescriptors(x, w, conv, y);
      DeviceMemory out = tensors.empty(ConvolutionCase.count(s.y()));
      long in = tensors.of(c.x()).address();
      var data = new ConvolutionDescriptors.Data(in, tensors.of(c.w()).address(), out.address());
      assertThat(cudnn.outputDimensions(d)).containsExactly(1, 4, 5, 5);
      assertThat(cudnn.algorithms(d)).isNotEmpty();
      assertThat(cudnn.measure(d, data, DeviceRange.NONE)).isNotEmpty();
      assertThat(cudnn.workspaceBytes(d, algorithm)).isZero();
      cudnn.convolve(d, data, algorithm, DeviceRange.NONE);
      long biases = tensors.of(c.bias()).address();
      cudnn.convolveFused(d, data, algorithm, DeviceRange.NONE, 0, bias, biases, relu);
      on.stream().synchronize();
      assertThat(tensors.read(out)).isEqualTo(c.expected(false, true, true));
      cudnn.pool(pooling, x, in, y, out.address());
      on.stream().synchronize();
      assertThat(tensors.read(out)).isEqualTo(c.x());
    }
  }

  private static void graph(OnGpu on, ConvolutionCase c) {
    try (ConvGraph graph = ConvGraph.build(on.handle(), c.spec());
        ConvPlan plan =
            graph
                .engines(HeuristicMode.FALLBACK, EnumSet.noneOf(NumericalNote.class), 1)
                .getFirst()
                .plan();
        Tensors tensors = new Tensors(on.gpu(), c.spec().type())) {
      DeviceMemory y = tensors.empty(ConvolutionCase.count(c.y()));
      long bytes = plan.workspaceBytes();
      DeviceRange workspace = new DeviceRange(tensors.bytes(bytes).address(), bytes);
      var data =
          new ConvPlan.Data(
              tensors.of(c.x()).address(),
              tensors.of(c.w()).address(),
              tensors.of(c.residual()).address(),
              tensors.of(c.bias()).address(),
              y.address());
      try (ConvPlan.Binding binding = plan.bind(data, workspace)) {
        binding.execute();
        on.stream().synchronize();
      }
      assertThat(tensors.read(y)).isEqualTo(c.expected(true, true, true));
    }
  }

  private static Map<String, Integer> callsOfACleanRun() {
    Map<String, Integer> calls = new LinkedHashMap<>();
    Emulator.reset();
    scenario();
    for (NativeFunction function : CudnnFunctions.ALL) {
      boolean asks = CudnnFunctions.VERSION_CHECKS.contains(function); // a problem, no exception
      if (function.result() == NativeFunction.Result.STATUS && !asks) {
        calls.put(function.name(), (int) Emulator.calls(function.name()));
      }
    }
    return calls;
  }

  @Test
  void theScenarioUsesEveryFunctionAndLeavesNothing() {
    Map<String, Integer> calls = callsOfACleanRun();
    assertThat(calls.values()).allSatisfy(times -> assertThat(times).isPositive());
    assertThat(Emulator.leaks()).isEmpty();
  }

  @Test
  void everyFailureIsReportedAndLeaksNothingElse() {
    Map<String, Integer> calls = callsOfACleanRun();
    TreeSet<String> seen = new TreeSet<>();
    calls.forEach((function, times) -> {
      for (int nth = 1; nth <= times; nth++) {
        Emulator.reset();
        Emulator.fail(function, nth, CODE);
        Throwable thrown = catchThrowable(CudnnFaultsTest::scenario);
        assertThat(thrown)
            .as("%s, call %d", function, nth)
            .isInstanceOf(CudaException.class)
            .hasMessageContaining("CUDNN_STATUS_INTERNAL_ERROR (4000)");
        assertThat(((CudaException) thrown).function()).isEqualTo(function);
        boolean releases = function.contains("Destroy");
        assertThat(Emulator.leaks()).as("%s, call %d", function, nth).hasSize(releases ? 1 : 0);
        seen.add(function);
      }
    });
    assertThat(seen).hasSize(calls.size());
    Emulator.reset();
  }
}
