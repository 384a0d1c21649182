package org.resnet4j.core.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import org.resnet4j.core.graph.Graph;
import org.resnet4j.core.weights.WeightsFileException;

/** What a fuzzer feeds to the reader of ONNX files. */
public final class OnnxTarget {
  private static final int SIZE = 33;

  private OnnxTarget() {}

  /** Ends in a graph that we write again, or in an exception of one line. */
  public static void feed(byte[] content) {
    try {
      Graph graph = OnnxFile.of(content, "fuzz").graph(SIZE, SIZE);
      assertThat(OnnxWriter.toBytes(graph)).isNotEmpty();
    } catch (WeightsFileException expected) {
      assertThat(expected.getMessage()).startsWith("fuzz: ").doesNotContain("\n");
    }
  }
}
