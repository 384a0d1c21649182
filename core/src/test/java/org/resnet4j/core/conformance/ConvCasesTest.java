package org.resnet4j.core.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collection;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.resnet4j.core.graph.Graph;
import org.resnet4j.core.graph.Node;
import org.resnet4j.core.graph.Op;

/** That the list of cases covers what it is meant to, and keeps its promise of exactness. */
class ConvCasesTest {
  private static final int EXACT_INTEGERS = 1 << 24;

  private static void assertCovers(
      Function<ConvCase, Integer> property, Collection<Integer> values) {
    assertThat(ConvCases.all().stream().map(property).distinct()).containsAll(values);
    assertThat(ConvCases.real().stream().map(property).distinct()).containsAll(values);
  }

  @Test
  void coversEveryValueOfEveryProperty() {
    assertThat(ConvCases.all()).hasSizeGreaterThanOrEqualTo(300).doesNotHaveDuplicates();
    assertThat(ConvCases.real()).hasSizeGreaterThanOrEqualTo(100).doesNotHaveDuplicates();
    assertCovers(conv -> conv.in().channels(), ConvCases.CHANNELS);
    assertCovers(ConvCase::outChannels, ConvCases.CHANNELS);
    assertCovers(conv -> conv.window().kernel(), ConvCases.KERNELS);
    assertCovers(ConvCase::groups, ConvCases.GROUPS);
    assertThat(ConvCases.all().stream().map(conv -> conv.in().height()).distinct())
        .containsAll(ConvCases.EXTENTS);
    for (int value = 0; value <= 3; value++) {
      int padding = value;
      assertThat(ConvCases.all()).anyMatch(conv -> conv.window().padding() == padding);
    }
    for (int value = 1; value <= 3; value++) {
      int batch = value;
      assertThat(ConvCases.all()).anyMatch(conv -> conv.batch() == batch);
    }
  }

  @Test
  void coversCombinations() {
    assertThat(ConvCases.all())
        .anyMatch(conv -> conv.groups() == conv.in().channels() && conv.groups() == 13)
        .anyMatch(conv -> conv.in().height() != conv.in().width() && conv.window().stride() == 2)
        .anyMatch(conv -> conv.first() && conv.epilogue().residual())
        .anyMatch(conv -> !conv.bias() && conv.epilogue().residual() && !conv.epilogue().relu())
        .anyMatch(conv -> conv.window().kernel() == 3 && 2 * conv.window().padding() > 2)
        .anyMatch(conv -> conv.window().kernel() > conv.in().height());
  }

  /** Partial sums of integers stay below 2^24 whatever the order. */
  @Test
  void sumsOfIntegersAreExact() {
    for (ConvCase conv : ConvCases.all()) {
      assertThat(conv.chain() * 32L * 32 + 8 + 32).as(conv.toString()).isLessThan(EXACT_INTEGERS);
      for (float value : conv.input(Values.INTEGER)) {
        assertThat(Math.abs(value) <= 32 && value == Math.rint(value)).isTrue();
      }
    }
  }

  @Test
  void buildsTheConvolutionItDescribes() {
    for (ConvCase conv : ConvCases.all()) {
      Graph graph = conv.graph(Values.REAL);
      Node node = graph.output();
      Op.Conv op = (Op.Conv) node.op();
      assertThat(node.shape()).as(conv.toString()).isEqualTo(conv.out());
      assertThat(op.window()).isEqualTo(conv.window());
      assertThat(op.groups()).isEqualTo(conv.groups());
      assertThat(op.bias() != null).isEqualTo(conv.bias());
      assertThat(op.epilogue()).isEqualTo(conv.epilogue());
      assertThat(node.inputs().getFirst() == TestGraph.INPUT).isEqualTo(conv.first());
    }
  }

  @Test
  void dataFollowsFromTheCaseAlone() {
    ConvCase conv = ConvCases.all().get(200);
    assertThat(conv.input(Values.REAL)).isEqualTo(conv.input(Values.REAL));
    assertThat(weight(conv)).isEqualTo(weight(conv));
    assertThat(weight(conv)).isNotEqualTo(weight(ConvCases.all().get(201)));
  }

  private static float[] weight(ConvCase conv) {
    return ((Op.Conv) conv.graph(Values.REAL).output().op()).weight().data();
  }
}
