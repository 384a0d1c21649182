package org.resnet4j.core.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.resnet4j.core.tensor.Shape;
import org.resnet4j.core.tensor.Tensor;

class GraphBuilderTest {
  private final GraphBuilder graph = new GraphBuilder();
  private int x;

  @BeforeEach
  void input() {
    x = graph.add("input", new Op.Input(new Shape(8, 10, 12)));
  }

  private static Op.Conv conv(int out, int inPerGroup, Window window, int groups) {
    return new Op.Conv(
        Tensor.meta(out, inPerGroup, window.kernel(), window.kernel()),
        null,
        window,
        groups,
        Epilogue.NONE);
  }

  @Test
  void infersTheShapeOfAConvolution() {
    int y = graph.add("conv", conv(6, 4, new Window(3, 2, 1), 2), x);
    assertThat(graph.node(y).shape()).isEqualTo(new Shape(6, 5, 6));
  }

  @Test
  void refusesGroupsThatDoNotDivide() {
    assertThatThrownBy(() -> graph.add("layer1.0.conv2", conv(6, 2, new Window(1, 1, 0), 4), x))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("layer1.0.conv2: 4 groups do not divide 8 input and 6 output channels");
  }

  @Test
  void refusesAWeightForOtherChannels() {
    assertThatThrownBy(() -> graph.add("conv", conv(6, 5, new Window(1, 1, 0), 1), x))
        .hasMessageContaining("conv: input 8x10x12")
        .hasMessageContaining("[6, 5, 1, 1]");
  }

  @Test
  void refusesAWindowLargerThanTheImage() {
    assertThatThrownBy(() -> graph.add("conv", conv(6, 8, new Window(11, 1, 0), 1), x))
        .hasMessageContaining("11x11 does not fit an image of 10x12");
  }

  @Test
  void refusesToAddDifferentShapesAndNamesBoth() {
    int y = graph.add("conv", conv(8, 8, new Window(3, 2, 1), 1), x);
    assertThatThrownBy(() -> graph.add("layer1.0.add", new Op.Add(), x, y))
        .hasMessage("layer1.0.add: cannot add input (8x10x12) and conv (8x5x6)");
  }

  @Test
  void refusesALinearLayerOnAnImage() {
    assertThatThrownBy(() -> graph.add("fc", new Op.Linear(Tensor.meta(10, 8), null), x))
        .hasMessageContaining("fc: input 8x10x12")
        .hasMessageContaining("1x1");
  }

  @Test
  void refusesParametersOfOtherSizes() {
    assertThatThrownBy(() ->
            graph.add(
                "bn1",
                new Op.BatchNorm(
                    Tensor.meta(8), Tensor.meta(8), Tensor.meta(7), Tensor.meta(8), 1e-5),
                x))
        .hasMessage("bn1: running_mean is MetaTensor[7], expected [8]");
  }

  @ParameterizedTest
  @ValueSource(doubles = {-1e-9, Double.NaN, Double.POSITIVE_INFINITY})
  void refusesAnEpsilonThatMakesNoNumbers(double epsilon) {
    Tensor eight = Tensor.meta(8);
    assertThatThrownBy(
            () -> graph.add("bn1", new Op.BatchNorm(eight, eight, eight, eight, epsilon), x))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("bn1: epsilon is " + epsilon);
  }

  @Test
  void refusesNoNameAndNoOperator() {
    GraphBuilder builder = new GraphBuilder();
    Op.Input input = new Op.Input(new Shape(1, 1, 1));
    assertThatThrownBy(() -> builder.add(null, input)).hasMessage("name");
    assertThatThrownBy(() -> builder.add("x", null)).hasMessage("op");
  }

  @Test
  void refusesUnknownInputsAndTakenNames() {
    assertThatThrownBy(() -> graph.add("relu", new Op.Relu(), 5)).hasMessageContaining("relu");
    graph.add("relu", new Op.Relu(), x);
    assertThatThrownBy(() -> graph.add("relu", new Op.Relu(), x)).hasMessageContaining("relu");
    assertThatThrownBy(() -> graph.add("add", new Op.Add(), x)).hasMessageContaining("2 inputs");
    assertThatThrownBy(() -> graph.add("again", new Op.Input(new Shape(1, 1, 1))))
        .hasMessageContaining("first node");
  }

  @Test
  void aReplacementFitsAsANewNodeWould() {
    int relu = graph.add("relu", new Op.Relu(), x);
    int last = graph.add("last", new Op.Relu(), relu);
    graph.replace(last, new Op.Relu(), List.of(x));
    assertThat(graph.node(last).inputs()).containsExactly(x);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> graph.replace(relu, new Op.Relu(), List.of(relu)))
        .withMessageContaining("relu: inputs [1] are not all earlier nodes");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> graph.replace(relu, new Op.Relu(), List.of(last)));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> graph.replace(x, new Op.Relu(), List.of(relu)));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> graph.replace(relu, new Op.Relu(), List.of()))
        .withMessageContaining("relu: needs 1 inputs, got 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> graph.replace(relu, new Op.Input(graph.node(relu).shape()), List.of()))
        .withMessageContaining("first node");
    assertThatThrownBy(() -> graph.replace(9, new Op.Relu(), List.of(x)))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void refusesAResidualOfAnotherShape() {
    Op.Conv fused =
        new Op.Conv(
            Tensor.meta(4, 8, 1, 1), null, new Window(1, 1, 0), 1, Epilogue.NONE.withResidual());
    assertThatThrownBy(() -> graph.add("conv", fused, x, x))
        .hasMessage("conv: residual input is 8x10x12, expected 4x10x12");
  }

  /** PyTorch's floor rule. */
  @ParameterizedTest
  @CsvSource({
    "7,2,3,224,112",
    "3,2,1,112,56",
    "3,1,1,7,7",
    "1,2,0,7,4",
    "3,2,1,1,1",
    "7,2,3,97,49",
    "3,1,1,2147483647,2147483647",
    "3,2,2,2147483647,1073741825",
    "2,1,1,2147483647,2147483647"
  })
  void slidesWindows(int kernel, int stride, int padding, int in, int out) {
    assertThat(new Window(kernel, stride, padding).outputExtent(in)).isEqualTo(out);
  }

  @Test
  void refusesImpossibleWindows() {
    assertThatThrownBy(() -> new Window(3, 0, 1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Window(3, 1, 3)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> graph.add("pool", new Op.MaxPool(new Window(3, 2, 2)), x))
        .hasMessageContaining("padding exceeds half the kernel");
    assertThatThrownBy(() -> new Window(Integer.MAX_VALUE, 1, 0))
        .isInstanceOf(IllegalArgumentException.class);
    Op.MaxPool wide = new Op.MaxPool(new Window(1 << 15, 1, (1 << 14) + 1));
    assertThatThrownBy(() -> graph.add("pool", wide, x))
        .hasMessageContaining("padding exceeds half the kernel");
  }

  @Test
  void takesImagesOfAnotherSizeWithTheSameParameters() {
    graph.add("conv", conv(6, 4, new Window(3, 2, 1), 2), x);
    Graph small = graph.build();
    Graph large = small.withInputShape(new Shape(8, 21, 9));
    assertThat(large.inputShape()).isEqualTo(new Shape(8, 21, 9));
    assertThat(large.output().shape()).isEqualTo(new Shape(6, 11, 5));
    assertThat(large.output().op()).isSameAs(small.output().op());
    assertThatThrownBy(() -> small.withInputShape(new Shape(3, 21, 9)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("conv");
  }
}
