package org.resnet4j.core.reference;

import static org.assertj.core.api.Assertions.assertThat;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.resnet4j.core.backend.Backend;
import org.resnet4j.core.backend.BackendOptions;
import org.resnet4j.core.backend.Plan;
import org.resnet4j.core.backend.Session;
import org.resnet4j.core.graph.Epilogue;
import org.resnet4j.core.graph.Graph;
import org.resnet4j.core.graph.GraphBuilder;
import org.resnet4j.core.graph.Op;
import org.resnet4j.core.graph.Window;
import org.resnet4j.core.tensor.Shape;
import org.resnet4j.core.tensor.Tensor;

/**
 * Every operator against numbers PyTorch 1.13 computed. Each comment is the Python that printed
 * them, after
 *
 * <pre>{@code
 * import math, torch, torch.nn.functional as F
 * def x(*d): return ((torch.arange(math.prod(d)) * 7 % 11 - 5).float() / 4).reshape(1, *d)
 * def w(*d): return ((torch.arange(math.prod(d)) * 5 % 7 - 3).float() / 2).reshape(*d)
 * }</pre>
 *
 * These are multiples of 1/4 and 1/2, so all sums are exact.
 */
class ReferenceOpsTest {
  private static final float NAN = Float.NaN;

  private static float[] x(int... dims) {
    float[] values = new float[Tensor.meta(dims).size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (i * 7 % 11 - 5) / 4f;
    }
    return values;
  }

  private static Tensor w(int... dims) {
    float[] values = new float[Tensor.meta(dims).size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (i * 5 % 7 - 3) / 2f;
    }
    return Tensor.of(values, dims);
  }

  private static Tensor vector(float... values) {
    return Tensor.of(values, values.length);
  }

  private static float[] run(Op op, Shape shape, float[] input) {
    GraphBuilder graph = new GraphBuilder();
    int x = graph.add("input", new Op.Input(shape));
    if (op.arity() == 1) {
      graph.add("op", op, x);
    } else {
      graph.add("op", op, x, x);
    }
    return run(graph.build(), input);
  }

  private static float[] run(Graph graph, float[] input) {
    try (Backend backend = new ReferenceBackendProvider().open(new BackendOptions(2));
        Plan plan = backend.compile(graph);
        Session session = plan.newSession(1)) {
      float[] output = new float[(int) plan.outputShape().size()];
      session.run(1, input, output);
      return output;
    }
  }

  private static Op.Conv conv(Tensor weight, @Nullable Tensor bias, Window window, int groups) {
    return new Op.Conv(weight, bias, window, groups, Epilogue.NONE);
  }

  /**
   * {@code F.conv2d(x(4,5,6), w(6,2,3,3), torch.tensor([.5,-1,0,2,.25,-.75]), stride=2, padding=1,
   * groups=2)}
   */
  @Test
  void convolvesWithStridePaddingAndGroups() {
    Tensor bias = vector(.5f, -1, 0, 2, .25f, -.75f);
    Op.Conv op = conv(w(6, 2, 3, 3), bias, new Window(3, 2, 1), 2);
    assertThat(run(op, new Shape(4, 5, 6), x(4, 5, 6)))
        .containsExactly(
            -3.5f, 3.75f, -0.125f, 0.875f, 2.375f, -2.875f, 1, 0.375f, 2.75f, 0.375f, -6, -3.625f,
            -2.25f, 5.25f, -1.625f, -3.75f, -6, 1.25f, 1.5f, -0.125f, -1.125f, -0.25f, 1.875f, 3,
            -0.75f, 3.25f, -3.875f, 2.25f, 1.375f, 5.25f, 2, -0.125f, 7.75f, 4.25f, 1.375f, -2.125f,
            -3, -1.875f, 5.625f, 3.625f, 0.375f, -3, 1.25f, -0.25f, 1.125f, -0.5f, -2.625f, 1.5f,
            1.625f, 2.5f, -5.125f, -2.75f, -4.625f, 1.625f);
  }

  /** {@code F.conv2d(x(1,4,3), w(2,1,5,5), padding=2)}: the kernel is larger than the image. */
  @Test
  void convolvesWithAKernelLargerThanTheImage() {
    Op.Conv op = conv(w(2, 1, 5, 5), null, new Window(5, 1, 2), 1);
    assertThat(run(op, new Shape(1, 4, 3), x(1, 4, 3)))
        .containsExactly(
            0.625f, -4.25f, 2.25f, 4.5f, -1.125f, -0.625f, -2.625f, -2.125f, 4.5f, -0.5f, 2.125f,
            -1.375f, -0.875f, -0.5f, 2.5f, -1.875f, 3.875f, -2.625f, -1.125f, -0.625f, -1.875f,
            -1.375f, 2.125f, -0.5f);
  }

  /** {@code F.conv2d(x(3,5,4), w(2,3,1,1), torch.tensor([1.,-1.]), stride=2)} */
  @Test
  void convolvesPointwiseWithStride() {
    Op.Conv op = conv(w(2, 3, 1, 1), vector(1, -1), new Window(1, 2, 0), 1);
    assertThat(run(op, new Shape(3, 5, 4), x(3, 5, 4)))
        .containsExactly(
            3.625f, 0.5f, 3.5f, 0.375f, 3.375f, 0.25f, 1.375f, -2, 1.625f, -1.75f, 1.875f, -1.5f);
  }

  /** {@code F.conv2d(x(3,4,4), w(3,1,3,3), groups=3)} */
  @Test
  void convolvesDepthwise() {
    Op.Conv op = conv(w(3, 1, 3, 3), null, new Window(3, 1, 0), 3);
    assertThat(run(op, new Shape(3, 4, 4), x(3, 4, 4)))
        .containsExactly(
            0.625f, -0.25f, 2.625f, -1, 0.625f, 0.25f, -0.875f, 2.875f, -4, -0.5f, 3.125f, 1.125f);
  }

  /** {@code F.conv2d(x(2,4,3), w(2,2,3,3), stride=2, padding=2)} */
  @Test
  void convolvesWithMorePaddingThanHalfTheKernel() {
    Op.Conv op = conv(w(2, 2, 3, 3), null, new Window(3, 2, 2), 1);
    assertThat(run(op, new Shape(2, 4, 3), x(2, 4, 3)))
        .containsExactly(
            -1.75f, -1.375f, 1.5f, 2, 0.25f, 3.25f, 0.75f, -1.375f, 3, -1.375f, 0.375f, 1.125f, 2,
            -1.125f, 1.125f, -0.875f, 4.875f, 0);
  }

  /**
   * {@code F.relu(F.conv2d(x(2,3,3), w(2,2,3,3), torch.tensor([.5,-.5]), padding=1) + x(2,3,3))}
   */
  @Test
  void addsTheResidualBeforeTheRelu() {
    Op.Conv op =
        new Op.Conv(
            w(2, 2, 3, 3), vector(.5f, -.5f), new Window(3, 1, 1), 1, new Epilogue(true, true));
    assertThat(run(op, new Shape(2, 3, 3), x(2, 3, 3)))
        .containsExactly(
            0, 2.625f, 0, 1.125f, 0, 0, 4, 0, 0, 0.375f, 0, 0, 0.25f, 0, 0, 0, 3.625f, 0);
  }

  /**
   * {@code F.batch_norm(x(3,2,2).double(), mean, var, gamma, beta, False, 0., 1e-5).float()} with
   * the four vectors below as {@code torch.tensor(...).double()}.
   */
  @Test
  void normalises() {
    Op.BatchNorm op =
        new Op.BatchNorm(
            vector(1.5f, -1, .25f),
            vector(.25f, 0, -2),
            vector(.5f, -.25f, 0),
            vector(2, .125f, 0),
            1e-5);
    assertThat(run(op, new Shape(3, 2, 2), x(3, 2, 2)))
        .containsExactly(
            -1.6061506f,
            0.25f,
            -0.8106575f,
            1.0454931f,
            -1.414157f,
            1.414157f,
            -3.5353925f,
            -0.7070785f,
            -81.05694f,
            57.292706f,
            -21.764235f,
            -100.821175f);
  }

  /** {@code F.max_pool2d(x(2,5,4) - 2, 3, 2, 1)}: all values are negative. */
  @Test
  void takesMaximaOfNegativeValuesAtTheBorder() {
    assertThat(run(new Op.MaxPool(new Window(3, 2, 1)), new Shape(2, 5, 4), lowered()))
        .containsExactly(
            -1.5f, -0.75f, -1.25f, -0.75f, -1, -0.75f, -0.75f, -0.75f, -0.75f, -0.75f, -0.75f, -1);
  }

  /** {@code F.max_pool2d(x(2,5,4) - 2, 2, 1)} */
  @Test
  void takesMaximaOfOverlappingWindows() {
    assertThat(run(new Op.MaxPool(new Window(2, 1, 0)), new Shape(2, 5, 4), lowered()))
        .containsExactly(
            -1.5f, -1, -0.75f, -1.25f, -1, -1, -1.25f, -0.75f, -0.75f, -1, -0.75f, -0.75f, -0.75f,
            -0.75f, -1.5f, -0.75f, -0.75f, -1.25f, -1, -1.5f, -1.25f, -0.75f, -1.5f, -1);
  }

  /** {@code y = x(2,5,4) - 2; y[0,0,2,1] = math.nan; F.max_pool2d(y, 3, 2, 1)} */
  @Test
  void nanWinsItsWindows() {
    float[] y = lowered();
    y[2 * 4 + 1] = NAN;
    assertThat(run(new Op.MaxPool(new Window(3, 2, 1)), new Shape(2, 5, 4), y))
        .containsExactly(
            -1.5f, -0.75f, NAN, NAN, -1, -0.75f, -0.75f, -0.75f, -0.75f, -0.75f, -0.75f, -1);
  }

  private static float[] lowered() {
    float[] y = x(2, 5, 4);
    for (int i = 0; i < y.length; i++) {
      y[i] -= 2;
    }
    return y;
  }

  /** {@code F.adaptive_avg_pool2d(x(3,3,5), 1)} */
  @Test
  void averages() {
    assertThat(run(new Op.GlobalAvgPool(), new Shape(3, 3, 5), x(3, 3, 5)))
        .containsExactly(0, 0.033333335f, -0.11666667f);
  }

  /** {@code F.linear(x(5), w(3,5), torch.tensor([.5,-1,0]))}; and without the last argument. */
  @Test
  void multipliesByAMatrix() {
    Op.Linear op = new Op.Linear(w(3, 5), vector(.5f, -1, 0));
    assertThat(run(op, new Shape(5, 1, 1), x(5))).containsExactly(2, 0.125f, 0.75f);
    Op.Linear plain = new Op.Linear(w(3, 5), null);
    assertThat(run(plain, new Shape(5, 1, 1), x(5))).containsExactly(1.5f, 1.125f, 0.75f);
  }

  /** {@code F.relu(torch.tensor([-1., 0., 2., math.nan, -math.inf, math.inf]))} */
  @Test
  void clampsNegativeValuesAndKeepsNan() {
    float inf = Float.POSITIVE_INFINITY;
    assertThat(run(new Op.Relu(), new Shape(6, 1, 1), new float[] {-1, 0, 2, NAN, -inf, inf}))
        .containsExactly(0, 0, 2, NAN, 0, inf);
  }

  /** {@code x(2,2,2) + x(2,2,2)} */
  @Test
  void adds() {
    assertThat(run(new Op.Add(), new Shape(2, 2, 2), x(2, 2, 2)))
        .containsExactly(-2.5f, 1, -1, 2.5f, 0.5f, -1.5f, 2, 0);
  }
}
