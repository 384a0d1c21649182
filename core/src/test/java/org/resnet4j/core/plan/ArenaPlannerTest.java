package org.resnet4j.core.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.resnet4j.core.graph.Graph;
import org.resnet4j.core.graph.GraphBuilder;
import org.resnet4j.core.graph.Op;
import org.resnet4j.core.graph.Window;
import org.resnet4j.core.graph.pass.Passes;
import org.resnet4j.core.model.ResNet;
import org.resnet4j.core.model.ResNets;
import org.resnet4j.core.tensor.Shape;
import org.resnet4j.core.weights.WeightSource;

class ArenaPlannerTest {
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void neverOverlapsBuffersThatLiveTogether(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    List<Lifetime> lifetimes = new ArrayList<>();
    for (int i = 0; i < 120; i++) {
      int first = random.nextInt(100);
      lifetimes.add(new Lifetime(random.nextInt(1000), first, first + random.nextInt(20)));
    }
    ArenaLayout layout = ArenaPlanner.plan(lifetimes, 16);
    for (int i = 0; i < lifetimes.size(); i++) {
      assertThat(layout.offset(i) % 16).isZero();
      assertThat(layout.offset(i) + lifetimes.get(i).size()).isLessThanOrEqualTo(layout.size());
      for (int j = 0; j < i; j++) {
        if (lifetimes.get(i).overlaps(lifetimes.get(j))) {
          boolean apart =
              layout.offset(i) + lifetimes.get(i).size() <= layout.offset(j)
                  || layout.offset(j) + lifetimes.get(j).size() <= layout.offset(i);
          assertThat(apart).as("seed %d, buffers %d and %d", seed, i, j).isTrue();
        }
      }
    }
    assertThat(layout.size()).isLessThan(lifetimes.stream().mapToLong(Lifetime::size).sum());
  }

  @Test
  void reusesMemoryOfTheDead() {
    ArenaLayout layout =
        ArenaPlanner.plan(
            List.of(new Lifetime(10, 0, 1), new Lifetime(10, 1, 2), new Lifetime(10, 2, 3)), 1);
    assertThat(layout.size()).isEqualTo(20);
  }

  /** Of two gaps that fit alike the lower one counts, so that a plan is always the same. */
  @Test
  void takesTheFirstOfEqualGaps() {
    ArenaLayout layout =
        ArenaPlanner.plan(
            List.of(
                new Lifetime(60, 0, 9),
                new Lifetime(50, 0, 1),
                new Lifetime(50, 0, 9),
                new Lifetime(50, 0, 1),
                new Lifetime(40, 0, 9),
                new Lifetime(10, 5, 9)),
            1);
    assertThat(layout.offsets()).containsExactly(0L, 60L, 110L, 160L, 210L, 60L);
    ArenaLayout between =
        ArenaPlanner.plan(
            List.of(
                new Lifetime(50, 0, 1),
                new Lifetime(40, 0, 9),
                new Lifetime(30, 0, 1),
                new Lifetime(20, 0, 9),
                new Lifetime(10, 5, 9)),
            1);
    assertThat(between.offset(4)).as("the smallest gap that fits, of 30").isEqualTo(90);
  }

  @Test
  void aValueLivesToItsLastReaderAndTheOutputToTheEnd() {
    GraphBuilder graph = new GraphBuilder();
    graph.add("input", new Op.Input(new Shape(2, 4, 4)));
    graph.add("pool", new Op.MaxPool(new Window(2, 2, 0)), 0);
    graph.add("relu", new Op.Relu(), 1);
    graph.add("sum", new Op.Add(), 1, 2);
    assertThat(Lifetime.of(graph.build(), node -> node.shape().size()))
        .containsExactly(
            new Lifetime(32, 0, 1),
            new Lifetime(8, 1, 3),
            new Lifetime(8, 2, 3),
            new Lifetime(8, 3, 4));
  }

  @Test
  void lifetimesMayBeEmptyButNotRunBackwards() {
    assertThat(new Lifetime(0, 0, 0).overlaps(new Lifetime(1, 0, 3))).isTrue();
    for (int[] bad : new int[][] {{-1, 0, 0}, {0, -1, 0}, {0, 1, 0}}) {
      assertThatThrownBy(() -> new Lifetime(bad[0], bad[1], bad[2]))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void resnet50NeedsFewMegabytes() {
    Graph graph =
        Passes.inference()
            .apply(ResNet.build(ResNets.named("resnet50"), 224, 224, WeightSource.META));
    List<Lifetime> lifetimes = Lifetime.of(graph, node -> node.shape().size() * Float.BYTES);
    assertThat(lifetimes.stream().mapToLong(Lifetime::size).sum())
        .isBetween(45_000_000L, 46_000_000L);
    assertThat(ArenaPlanner.plan(lifetimes, 64).size()).isLessThanOrEqualTo(7_300_000);
  }
}
