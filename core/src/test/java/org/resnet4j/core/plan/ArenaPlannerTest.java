package org.resnet4j.core.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.resnet4j.core.graph.Graph;
import org.resnet4j.core.graph.pass.Passes;
import org.resnet4j.core.model.ResNet;
import org.resnet4j.core.model.ResNets;
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
