package org.resnet4j.cuda.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.resnet4j.core.backend.InsufficientMemoryException;
import org.resnet4j.core.backend.Precision;
import org.resnet4j.core.graph.GraphBuilder;
import org.resnet4j.core.graph.Node;
import org.resnet4j.core.graph.Op;
import org.resnet4j.core.tensor.Shape;
import org.resnet4j.cuda.device.Precisions;
import org.resnet4j.cuda.lowering.CudaCompiler;
import org.resnet4j.cuda.lowering.CudaStep;
import org.resnet4j.cuda.lowering.Lowering;
import org.resnet4j.cuda.memory.DeviceLayout.Region;
import org.resnet4j.cuda.support.Networks;

class DeviceLayoutTest {
  static Stream<Lowering> all() {
    return Networks.all();
  }

  private static boolean apart(Region a, Region b) {
    return a.offset() + a.bytes() <= b.offset() || b.offset() + b.bytes() <= a.offset();
  }

  private static Stream<Region> slots(DeviceLayout layout) {
    return Stream.concat(layout.inputs().stream(), layout.logits().stream());
  }

  /** Whatever is written between a value's step and a reader's, the reader's own included. */
  private static void assertIntact(DeviceLayout layout, Node reader, int value) {
    List<Region> values = layout.values();
    for (int written = value + 1; written <= reader.id(); written++) {
      assertThat(apart(values.get(value), values.get(written)))
          .as("%s of batch %d: %d over %d", reader.name(), layout.batch(), written, value)
          .isTrue();
    }
  }

  @ParameterizedTest
  @MethodSource("all")
  void nothingIsWrittenOverWhatIsStillRead(Lowering lowering) {
    for (int batch : new int[] {1, 3, 64}) {
      DeviceLayout layout = DeviceLayout.of(lowering, new BatchParts(batch, batch < 64 ? 1 : 2));
      assertThat(layout.batch()).isEqualTo(batch);
      assertThat(layout.values()).hasSameSizeAs(lowering.skeleton().nodes());
      for (Node node : lowering.skeleton().nodes()) {
        node.inputs().forEach(value -> assertIntact(layout, node, value));
        Region value = layout.values().get(node.id());
        boolean isLogits = value.equals(layout.logits().getFirst());
        assertThat(slots(layout))
            .allMatch(slot -> apart(value, slot) || isLogits && slot.equals(value));
      }
      List<Region> slots = slots(layout).toList();
      assertThat(slots).hasSize(batch < 64 ? 2 : 4);
      for (int i = 0; i < slots.size(); i++) {
        for (int j = 0; j < i; j++) {
          assertThat(apart(slots.get(i), slots.get(j))).isTrue();
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("all")
  void regionsAreAlignedLargeEnoughAndInside(Lowering lowering) {
    DeviceLayout layout = DeviceLayout.of(lowering, new BatchParts(5, 3));
    int bytes = Precisions.elementType(lowering.precision()).bytes();
    Shape image = lowering.skeleton().inputShape();
    Shape result = lowering.skeleton().output().shape();
    assertThat(layout.inputs())
        .hasSize(3)
        .allMatch(region -> region.bytes() == 5 * image.size() * Float.BYTES);
    assertThat(layout.logits())
        .hasSize(3)
        .allMatch(region -> region.bytes() == 5 * result.size() * Float.BYTES);
    for (CudaStep step : lowering.steps()) {
      if (!step.writesLogits()) {
        assertThat(layout.values().get(step.node().id()).bytes())
            .as(step.node().name())
            .isEqualTo(5 * step.node().shape().pixels() * step.channels() * bytes);
      }
    }
    assertThat(layout.values().getLast()).isEqualTo(layout.logits().getFirst());
    assertThat(Stream.concat(layout.values().stream(), slots(layout)))
        .allSatisfy(region -> {
          assertThat(region.offset() % 256).isZero();
          assertThat(region.offset() + region.bytes()).isLessThanOrEqualTo(layout.bytes());
        });
  }

  /** The dead make room: three of the largest values at most, with what is beside them. */
  @ParameterizedTest
  @CsvSource({"FP32, 4", "FP16, 2"})
  void needsLittleMoreThanWhatLivesTogether(Precision precision, int bytes) {
    Lowering lowering = Networks.lowered("resnet50", precision);
    long largest = 112L * 112 * 64 * bytes;
    long staging = 224L * 224 * 3 * Float.BYTES;
    assertThat(DeviceLayout.of(lowering, new BatchParts(1, 1)).bytes())
        .isBetween(2 * largest + staging, 3 * largest + staging + 100_000);
  }

  /** A conversion reads the last value when all other steps are done. */
  @Test
  void aValueToConvertLiesBesideTheLogits() {
    GraphBuilder graph = new GraphBuilder();
    int x = graph.add("input", new Op.Input(new Shape(3, 6, 4)));
    graph.add("mean", new Op.GlobalAvgPool(), x);
    Lowering lowering = CudaCompiler.lower(graph.build(), Precision.FP16);
    DeviceLayout layout = DeviceLayout.of(lowering, new BatchParts(100, 1));
    assertThat(layout.inputs()).containsExactly(new Region(0, 28_800));
    assertThat(layout.logits()).containsExactly(new Region(28_928, 1_200));
    assertThat(layout.values())
        .containsExactly(new Region(30_208, 38_400), new Region(68_608, 1_600));
    assertThat(layout.bytes()).isEqualTo(68_608 + 1_792);
  }

  /** ResNet-50's largest value has 112 x 112 x 64 = 56 x 56 x 256 numbers an image. */
  @ParameterizedTest
  @CsvSource({"FP32", "BF16"})
  void indexesLimitTheBatch(Precision precision) {
    Lowering lowering = Networks.lowered("resnet50", precision);
    assertThat(DeviceLayout.largestBatch(lowering)).isEqualTo(2674);
    assertThat(DeviceLayout.of(lowering, new BatchParts(2674, 1)).batch()).isEqualTo(2674);
    assertThatExceptionOfType(InsufficientMemoryException.class)
        .isThrownBy(() -> DeviceLayout.of(lowering, new BatchParts(2675, 1)))
        .withMessageContainingAll("2675", "2674");
  }

  /** A second part in flight takes its input and logits, and no more. */
  @Test
  void partsInFlightShareTheValues() {
    Lowering lowering = Networks.lowered("resnet18", Precision.FP32);
    long slot = 64 * (224L * 224 * 3 + 1000) * Float.BYTES;
    assertThat(DeviceLayout.of(lowering, new BatchParts(64, 2)).bytes())
        .isEqualTo(DeviceLayout.of(lowering, new BatchParts(64, 1)).bytes() + slot);
  }
}
