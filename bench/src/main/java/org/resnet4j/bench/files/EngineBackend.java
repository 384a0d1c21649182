package org.resnet4j.bench.files;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.resnet4j.bench.measure.Problem;
import org.resnet4j.bench.measure.SharedEngines;
import org.resnet4j.core.backend.Backend;
import org.resnet4j.core.backend.Deadline;
import org.resnet4j.core.backend.Plan;
import org.resnet4j.core.backend.Probe;
import org.resnet4j.core.backend.Session;
import org.resnet4j.core.backend.StepInfo;
import org.resnet4j.core.graph.Graph;
import org.resnet4j.core.tensor.SampleTable;
import org.resnet4j.core.tensor.Shape;

/**
 * Another engine in the place of a backend, so that pictures come to it as they come to ours: each
 * caller runs the one network on its own thread.
 *
 * @param engines on one thread for each caller
 * @param threads callers that make use of all that ours is given
 */
record EngineBackend(SharedEngines engines, int threads) implements Backend {
  @Override
  public String name() {
    return engines.name();
  }

  @Override
  public String device() {
    return "CPU";
  }

  /**
   * Loads the network.
   *
   * @throws UncheckedIOException if the engine cannot be had here
   */
  @Override
  public Plan compile(Graph graph) {
    try {
      return new EnginePlan(engines.load(new Problem(name(), graph, 1, 1, new float[0])), graph);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {}

  private final class EnginePlan implements Plan {
    private final SharedEngines.Loaded network;
    private final Shape input;
    private final Shape output;

    EnginePlan(SharedEngines.Loaded network, Graph graph) {
      this.network = network;
      this.input = graph.inputShape();
      this.output = graph.output().shape();
    }

    @Override
    public Shape inputShape() {
      return input;
    }

    @Override
    public Shape outputShape() {
      return output;
    }

    @Override
    public List<StepInfo> steps() {
      return List.of();
    }

    @Override
    public int serialSessions() {
      return threads;
    }

    @Override
    public Session newSession(int maxBatch) {
      return new EngineSession(network.engine(maxBatch), maxBatch, input, output);
    }

    @Override
    public void close() {
      network.close();
    }
  }

  /** Its engine computes a full batch always. */
  private static final class EngineSession implements Session {
    private final SharedEngines.Fed engine;
    private final int maxBatch;
    private final int inputSize;
    private final int outputSize;
    private final int pixels;
    private final float[] values;

    EngineSession(SharedEngines.Fed engine, int maxBatch, Shape input, Shape output) {
      this.engine = engine;
      this.maxBatch = maxBatch;
      this.inputSize = Math.toIntExact(input.size());
      this.outputSize = Math.toIntExact(output.size());
      this.pixels = input.height() * input.width();
      this.values = new float[maxBatch * inputSize];
    }

    @Override
    public int maxBatch() {
      return maxBatch;
    }

    @Override
    public void run(
        int batch,
        MemorySegment input,
        MemorySegment output,
        @Nullable Probe probe,
        Deadline deadline) {
      MemorySegment.copy(input, ValueLayout.JAVA_FLOAT, 0, values, 0, batch * inputSize);
      answer(batch, output);
    }

    @Override
    public void runSamples(
        int batch,
        MemorySegment samples,
        SampleTable table,
        MemorySegment output,
        Deadline deadline) {
      table.read(samples, batch, pixels, values, 0);
      answer(batch, output);
    }

    private void answer(int batch, MemorySegment output) {
      engine.feed(values);
      engine.run();
      MemorySegment.copy(engine.answer(), 0, output, ValueLayout.JAVA_FLOAT, 0, batch * outputSize);
    }

    @Override
    public void close() {
      engine.close();
    }
  }
}
