package org.resnet4j.core.graph.pass;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.resnet4j.core.graph.Epilogue;
import org.resnet4j.core.graph.Graph;
import org.resnet4j.core.graph.GraphBuilder;
import org.resnet4j.core.graph.Node;
import org.resnet4j.core.graph.Op;
import org.resnet4j.core.graph.Window;
import org.resnet4j.core.tensor.Shape;
import org.resnet4j.core.tensor.Tensor;

/** Residuals and ReLUs that move into convolutions, and those that must not. */
class FuseTest {
  private final GraphBuilder graph = new GraphBuilder();
  private final int x = graph.add("input", new Op.Input(new Shape(4, 6, 6)));

  private int conv(String name, int from) {
    return conv(name, Epilogue.NONE, from);
  }

  private int conv(String name, Epilogue epilogue, Integer... from) {
    Op.Conv op = new Op.Conv(Tensor.meta(4, 4, 3, 3), null, new Window(3, 1, 1), 1, epilogue);
    return graph.add(name, op, from);
  }

  private static Epilogue epilogue(Node node) {
    return ((Op.Conv) node.op()).epilogue();
  }

  private static List<String> inputs(Graph graph, Node node) {
    return node.inputs().stream().map(i -> graph.nodes().get(i).name()).toList();
  }

  private void assertUnchanged(Pass pass) {
    Graph built = graph.build();
    assertThat(pass.apply(built)).isSameAs(built);
  }

  /** {@code Add(conv, shortcut)} and {@code Add(shortcut, conv)}. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aResidualThatPrecedesIsFusedInEitherOrder(boolean convFirst) {
    int shortcut = conv("shortcut", x);
    int main = conv("main", conv("before", x));
    graph.add("add", new Op.Add(), convFirst ? main : shortcut, convFirst ? shortcut : main);
    Graph fused = Passes.fuseResidual().apply(graph.build());

    assertThat(fused.nodes()).extracting(Node::name).endsWith("shortcut", "before", "main");
    assertThat(epilogue(fused.output())).isEqualTo(Epilogue.NONE.withResidual());
    assertThat(inputs(fused, fused.output())).containsExactly("before", "shortcut");
    assertThat(epilogue(fused.node("shortcut"))).isEqualTo(Epilogue.NONE);
  }

  /** Whichever of the two convolutions comes last takes the other's value. */
  @Test
  void theLaterOfTwoConvolutionsIsFused() {
    int first = conv("first", x);
    int second = conv("second", x);
    graph.add("add", new Op.Add(), first, second);
    Graph fused = Passes.fuseResidual().apply(graph.build());
    assertThat(inputs(fused, fused.output())).containsExactly("input", "first");
  }

  @Test
  void aResidualThatFollowsIsNotFused() {
    int main = conv("main", x);
    int late = graph.add("late", new Op.Relu(), x);
    graph.add("add", new Op.Add(), main, late);
    assertUnchanged(Passes.fuseResidual());
  }

  @Test
  void aConvolutionWithOtherReadersTakesNoResidual() {
    int main = conv("main", x);
    int sum = graph.add("add", new Op.Add(), main, x);
    graph.add("again", new Op.Add(), main, sum);
    assertUnchanged(Passes.fuseResidual());
  }

  @Test
  void aConvolutionAddedToItselfTakesNoResidual() {
    int main = conv("main", x);
    graph.add("add", new Op.Add(), main, main);
    assertUnchanged(Passes.fuseResidual());
  }

  /** {@code relu(conv) + x} is not {@code relu(conv + x)}. */
  @Test
  void aConvolutionWithAnEpilogueTakesNoResidual() {
    graph.add("add", new Op.Add(), conv("main", Epilogue.NONE.withRelu(), x), x);
    assertUnchanged(Passes.fuseResidual());
  }

  @Test
  void aReluAfterAResidualIsFusedBehindIt() {
    int main = conv("main", x);
    graph.add("relu", new Op.Relu(), graph.add("add", new Op.Add(), main, x));
    Graph fused = Passes.fuseResidual().then(Passes.fuseRelu()).apply(graph.build());
    assertThat(fused.nodes()).hasSize(2);
    assertThat(fused.output().name()).isEqualTo("main");
    assertThat(epilogue(fused.output())).isEqualTo(new Epilogue(true, true));
    assertThat(inputs(fused, fused.output())).containsExactly("input", "input");
  }

  /** The ReLU'd value is read twice: as the next block's input and as its residual. */
  @Test
  void readersOfAFusedReluReadTheConvolution() {
    int relu = graph.add("relu", new Op.Relu(), conv("a", x));
    graph.add("add", new Op.Add(), conv("b", relu), relu);
    Graph fused = Passes.fuseRelu().then(Passes.fuseResidual()).apply(graph.build());
    assertThat(fused.nodes()).extracting(Node::name).containsExactly("input", "a", "b");
    assertThat(epilogue(fused.node("a"))).isEqualTo(Epilogue.NONE.withRelu());
    assertThat(inputs(fused, fused.output())).containsExactly("a", "a");
  }

  @Test
  void aConvolutionWithOtherReadersTakesNoRelu() {
    int main = conv("main", x);
    graph.add("add", new Op.Add(), graph.add("relu", new Op.Relu(), main), main);
    assertUnchanged(Passes.fuseRelu());
  }

  @Test
  void aReluOfAnythingElseStays() {
    int pool = graph.add("pool", new Op.MaxPool(new Window(3, 2, 1)), x);
    graph.add("relu2", new Op.Relu(), graph.add("relu", new Op.Relu(), pool));
    assertUnchanged(Passes.fuseRelu());
  }

  /** Fusing the output into its producer would leave the idle node last. */
  @Test
  void theOutputStaysTheOutputWhenAnIdleNodeStandsBeforeIt() {
    int main = conv("main", x);
    conv("idle", x);
    graph.add("relu", new Op.Relu(), main);
    assertThat(Passes.fuseRelu().apply(graph.build()).output().name()).isEqualTo("relu");
  }
}
