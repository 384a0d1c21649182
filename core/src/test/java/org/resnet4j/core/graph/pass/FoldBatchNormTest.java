package org.resnet4j.core.graph.pass;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.resnet4j.core.graph.Epilogue;
import org.resnet4j.core.graph.Graph;
import org.resnet4j.core.graph.GraphBuilder;
import org.resnet4j.core.graph.Op;
import org.resnet4j.core.graph.Window;
import org.resnet4j.core.tensor.Shape;
import org.resnet4j.core.tensor.Tensor;

class FoldBatchNormTest {
  private static final double EPSILON = 1e-5;

  private final GraphBuilder graph = new GraphBuilder();
  private final int x = graph.add("input", new Op.Input(new Shape(4, 6, 6)));
  private final SplittableRandom random = new SplittableRandom(1);

  private Tensor random(int... dims) {
    float[] values = new float[Tensor.meta(dims).size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextDouble(0.1, 2);
    }
    return Tensor.of(values, dims);
  }

  private Op.Conv conv(boolean bias, Epilogue epilogue) {
    return new Op.Conv(
        random(4, 2, 3, 3), bias ? random(4) : null, new Window(3, 1, 1), 2, epilogue);
  }

  private Op.BatchNorm norm() {
    return new Op.BatchNorm(random(4), random(4), random(4), random(4), EPSILON);
  }

  private Graph fold() {
    return Passes.foldBatchNorm().apply(graph.build());
  }

  /** However many follow, their scales are multiplied: weights of weights would end the stack. */
  @Test
  void foldsAnyNumberOfNorms() {
    Op.Conv conv = conv(true, Epilogue.NONE);
    int last = graph.add("conv", conv, x);
    double[] scale = {1, 1, 1, 1};
    double[] bias = new double[4];
    for (int k = 0; k < 4; k++) {
      bias[k] = conv.bias().data()[k];
    }
    for (int i = 0; i < 19_000; i++) {
      // Up and down, so that no scale leaves the range of floats.
      Tensor up = Tensor.of(new float[] {2, 0.5f, 1.25f, 1}, 4);
      Tensor down = Tensor.of(new float[] {0.5f, 2, 0.8f, 1}, 4);
      Tensor zeros = Tensor.of(new float[4], 4);
      Tensor ones = Tensor.of(new float[] {1, 1, 1, 1}, 4);
      last =
          graph.add(
              "bn" + i, new Op.BatchNorm(i % 2 == 0 ? up : down, zeros, zeros, ones, 0), last);
      for (int k = 0; k < 4; k++) {
        scale[k] *= (i % 2 == 0 ? up : down).data()[k];
      }
    }
    Op.Conv folded = (Op.Conv) fold().output().op();
    float[] weight = conv.weight().data();
    float[] result = folded.weight().data();
    for (int i = 0; i < weight.length; i++) {
      assertThat(result[i]).isEqualTo((float) (weight[i] * scale[i / (weight.length / 4)]));
    }
    assertThat(folded.bias().data()[3]).isEqualTo((float) bias[3]);
  }

  /** Each folded parameter is the double result rounded once. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void foldsInDoubleAndRoundsOnce(boolean withBias) {
    Op.Conv conv = conv(withBias, Epilogue.NONE);
    Op.BatchNorm norm = norm();
    graph.add("bn", norm, graph.add("conv", conv, x));
    Graph folded = fold();

    assertThat(folded.nodes()).hasSize(2);
    assertThat(folded.output().name()).isEqualTo("conv");
    Op.Conv result = (Op.Conv) folded.output().op();
    assertThat(result.window()).isEqualTo(conv.window());
    assertThat(result.groups()).isEqualTo(2);
    assertThat(result.epilogue()).isEqualTo(Epilogue.NONE);
    for (int k = 0; k < 4; k++) {
      double s = norm.gamma().data()[k] / Math.sqrt(norm.variance().data()[k] + EPSILON);
      for (int i = 18 * k; i < 18 * (k + 1); i++) {
        assertThat(result.weight().data()[i]).isEqualTo((float) (conv.weight().data()[i] * s));
      }
      double bias = withBias ? conv.bias().data()[k] : 0;
      double shifted = norm.beta().data()[k] + (bias - norm.mean().data()[k]) * s;
      assertThat(result.bias().data()[k]).isEqualTo((float) shifted);
    }
  }

  @Test
  void doesNotWriteToTheOriginal() {
    Op.Conv conv = conv(true, Epilogue.NONE);
    float[] weight = conv.weight().data().clone();
    graph.add("bn", norm(), graph.add("conv", conv, x));
    fold();
    assertThat(conv.weight().data()).isEqualTo(weight);
  }

  @Test
  void leavesAConvolutionThatAnotherNodeReads() {
    int conv = graph.add("conv", conv(false, Epilogue.NONE), x);
    int bn = graph.add("bn", norm(), conv);
    graph.add("add", new Op.Add(), bn, conv);
    assertUnchanged();
  }

  @Test
  void leavesANormOfTheInputAndOfAnotherNorm() {
    graph.add("bn2", norm(), graph.add("bn1", norm(), x));
    assertUnchanged();
  }

  @Test
  void leavesAConvolutionWithAnEpilogue() {
    graph.add("bn", norm(), graph.add("conv", conv(false, Epilogue.NONE.withRelu()), x));
    assertUnchanged();
  }

  @Test
  void leavesAGraphWithoutNorms() {
    graph.add("conv", conv(false, Epilogue.NONE), x);
    assertUnchanged();
  }

  /** Folding the output into its producer would leave the idle node last. */
  @Test
  void keepsTheOutputWhenAnIdleNodeStandsBeforeIt() {
    int conv = graph.add("conv", conv(false, Epilogue.NONE), x);
    graph.add("idle", new Op.Relu(), x);
    graph.add("bn", norm(), conv);
    assertThat(fold().output().name()).isEqualTo("bn");
  }

  @Test
  void foldsTwoNormsOneAfterTheOther() {
    int conv = graph.add("conv", conv(false, Epilogue.NONE), x);
    graph.add("bn2", norm(), graph.add("bn1", norm(), conv));
    assertThat(fold().nodes()).hasSize(2);
  }

  @Test
  void foldsToAMetaTensorIfAnyParameterIsOne() {
    Op.BatchNorm partial =
        new Op.BatchNorm(random(4), random(4), Tensor.meta(4), random(4), EPSILON);
    graph.add("bn", partial, graph.add("conv", conv(true, Epilogue.NONE), x));
    Op.Conv folded = (Op.Conv) fold().output().op();
    assertThat(folded.weight().isMeta()).isTrue();
    assertThat(folded.weight().hasDims(4, 2, 3, 3)).isTrue();
    assertThat(folded.bias().hasDims(4)).isTrue();
  }

  private void assertUnchanged() {
    Graph built = graph.build();
    assertThat(Passes.foldBatchNorm().apply(built)).isSameAs(built);
  }
}
