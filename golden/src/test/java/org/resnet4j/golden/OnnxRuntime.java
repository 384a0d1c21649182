package org.resnet4j.golden;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.FloatBuffer;
import java.util.Map;
import org.resnet4j.core.graph.Graph;
import org.resnet4j.core.onnx.OnnxWriter;
import org.resnet4j.core.tensor.Shape;

/** A graph as ONNX Runtime understands it: one thread, CPU. */
final class OnnxRuntime implements AutoCloseable {
  private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
  private final OrtSession.SessionOptions options;
  private final OrtSession session;
  private final Shape image;

  OnnxRuntime(Graph graph) throws OrtException {
    image = graph.inputShape();
    options = new OrtSession.SessionOptions();
    options.setIntraOpNumThreads(1);
    options.setInterOpNumThreads(1);
    session = environment.createSession(OnnxWriter.toBytes(graph), options);
  }

  /** Runs once. */
  static float[] run(Graph graph, int batch, float[] input) throws OrtException {
    try (OnnxRuntime runtime = new OnnxRuntime(graph)) {
      return runtime.run(batch, input);
    }
  }

  float[] run(int batch, float[] input) throws OrtException {
    long[] extents = {batch, image.channels(), image.height(), image.width()};
    try (OnnxTensor tensor =
            OnnxTensor.createTensor(environment, FloatBuffer.wrap(input), extents);
        OrtSession.Result result = session.run(Map.of("input", tensor))) {
      FloatBuffer output = ((OnnxTensor) result.get(0)).getFloatBuffer();
      float[] values = new float[output.remaining()];
      output.get(values);
      return values;
    }
  }

  String outputName() {
    return session.getOutputNames().iterator().next();
  }

  @Override
  public void close() throws OrtException {
    session.close();
    options.close();
  }
}
