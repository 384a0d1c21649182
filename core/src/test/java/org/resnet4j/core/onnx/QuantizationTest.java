package org.resnet4j.core.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.resnet4j.core.conformance.SeededWeights;
import org.resnet4j.core.graph.Graph;
import org.resnet4j.core.graph.pass.Passes;
import org.resnet4j.core.model.ResNet;
import org.resnet4j.core.model.ResNetSpec;
import org.resnet4j.core.model.ResNets;
import org.resnet4j.core.onnx.Quantization.Range;

class QuantizationTest {
  private static final ResNetSpec SPEC = ResNets.named("resnet18").withBaseWidth(4);

  @ParameterizedTest
  @CsvSource({
    "0, 255, 1, 0",
    "0, 0, 1, 0",
    "-255, 0, 1, 255",
    "-127.5, 127.5, 1, 128",
    "10, 51, 0.2, 0", // zero is a level, wherever values lie
    "-51, -10, 0.2, 255",
    "-1, 254, 1, 1",
  })
  void zeroIsALevel(float lowest, float highest, float scale, int zero) {
    Range range = new Range(lowest, highest);
    assertThat(range.scale()).isEqualTo(scale);
    assertThat(range.zeroPoint() & 0xff).isEqualTo(zero);
  }

  @Test
  void aRangeHoldsAllElementsAndZero() {
    assertThat(Range.of(new float[] {3, -2, 1})).isEqualTo(new Range(-2, 3));
    assertThat(Range.of(new float[] {3, 2})).isEqualTo(new Range(0, 3));
    assertThat(Range.of(new float[0])).isEqualTo(new Range(0, 0));
  }

  @Test
  void withoutRangesAllStaysFloat32() {
    Graph graph =
        Passes.inference().apply(ResNet.build(SPEC, 32, 32, new SeededWeights(1, SPEC.block())));
    assertThat(OnnxWriter.toBytes(graph, new Quantization(Map.of())))
        .isEqualTo(OnnxWriter.toBytes(graph));
    Map<String, Range> one = Map.of(graph.nodes().get(1).name(), new Range(0, 6));
    assertThat(
            new String(
                OnnxWriter.toBytes(graph, new Quantization(one)), StandardCharsets.ISO_8859_1))
        .contains("QuantizeLinear", "DequantizeLinear");
  }
}
