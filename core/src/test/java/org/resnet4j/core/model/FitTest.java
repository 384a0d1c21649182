package org.resnet4j.core.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.resnet4j.core.weights.WeightSource;

class FitTest {
  static Stream<ResNetSpec> networks() {
    return ResNets.known().stream();
  }

  @ParameterizedTest
  @MethodSource("networks")
  void everyNetworksTensorsAreRecognisedWhateverWasAskedFor(ResNetSpec held) {
    Map<String, List<Long>> actual = shapes(held);
    Optional<Fit> best = Fit.best(Optional.empty(), UnaryOperator.identity(), actual);
    assertThat(best.orElseThrow().spec()).isEqualTo(held);
    for (ResNetSpec asked : ResNets.known()) {
      Fit fit = Fit.of(asked, actual);
      boolean same = asked.equals(held);
      assertThat(fit.mismatch().isEmpty()).as(asked.name()).isEqualTo(same);
      assertThat(fit.hint(best))
          .as(asked.name())
          .isEqualTo(same ? null : "the tensors look like " + held.name());
    }
  }

  /** Half as wide as published and with other classes; every network exists in that width. */
  @ParameterizedTest
  @MethodSource("networks")
  void narrowNetworksAreRecognisedToo(ResNetSpec held) {
    UnaryOperator<ResNetSpec> resized = spec -> spec.withBaseWidth(32).withNumClasses(7);
    Map<String, List<Long>> actual = shapes(resized.apply(held));
    assertThat(Fit.best(Optional.empty(), resized, actual).orElseThrow().spec())
        .isEqualTo(resized.apply(held));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 8})
  void toleratesSomeLostAndForeignTensors(int every) {
    Map<String, List<Long>> actual = shapes(ResNets.named("wide_resnet50_2"));
    int index = 0;
    for (String name : List.copyOf(actual.keySet())) {
      if (++index % (10 * every) == 0) {
        actual.remove(name);
        actual.put("foreign." + name, List.of(1L));
      }
    }
    Fit asked = Fit.of(ResNets.named("resnet50"), actual);
    assertThat(asked.hint(Fit.best(Optional.empty(), UnaryOperator.identity(), actual)))
        .isEqualTo("the tensors look like wide_resnet50_2");
  }

  @Test
  void saysThatAnotherKindOfNetworkIsNone() {
    Map<String, List<Long>> actual = Map.of("embeddings.weight", List.of(30_000L, 768L));
    Fit asked = Fit.of(ResNets.named("resnet50"), actual);
    assertThat(asked.hint(Fit.best(Optional.empty(), UnaryOperator.identity(), actual)))
        .contains("look like no ResNet");
  }

  @Test
  void passesOverNetworksThatDoNotExistInAWidth() {
    UnaryOperator<ResNetSpec> resized = spec -> spec.withBaseWidth(1);
    Map<String, List<Long>> actual = shapes(resized.apply(ResNets.named("resnet101")));
    assertThat(Fit.best(Optional.empty(), resized, actual).orElseThrow().spec().name())
        .isEqualTo("resnet101");
  }

  private static Map<String, List<Long>> shapes(ResNetSpec spec) {
    Map<String, List<Long>> shapes = new LinkedHashMap<>();
    SeededModels.tensors(spec, WeightSource.META)
        .forEach((name, tensor) ->
            shapes.put(name, Arrays.stream(tensor.dims()).asLongStream().boxed().toList()));
    return shapes;
  }
}
