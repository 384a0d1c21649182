package org.resnet4j.golden;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
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
 * Another backend that computes something else.
 *
 * @param delegate computes; closed by its owner
 * @param graph what is compiled in place of the graph given
 * @param input what is run in place of the input given
 * @param steps what the probe hears in place of a step's value; null for silence
 * @param logits changes the result of the whole batch
 */
record TamperedBackend(
    Backend delegate,
    UnaryOperator<Graph> graph,
    UnaryOperator<float[]> input,
    Steps steps,
    Logits logits)
    implements Backend {
  /** Changes what a step reports. */
  interface Steps {
    float @Nullable [] report(StepInfo step, int image, float[] values);
  }

  /** Changes the result in place. */
  interface Logits {
    void change(float[] logits);
  }

  static TamperedBackend withGraph(Backend delegate, UnaryOperator<Graph> graph) {
    return new TamperedBackend(delegate, graph, input -> input, (_, _, values) -> values, _ -> {});
  }

  static TamperedBackend withInput(Backend delegate, UnaryOperator<float[]> input) {
    return new TamperedBackend(delegate, graph -> graph, input, (_, _, values) -> values, _ -> {});
  }

  static TamperedBackend withSteps(Backend delegate, Steps steps) {
    return new TamperedBackend(delegate, graph -> graph, input -> input, steps, _ -> {});
  }

  static TamperedBackend withLogits(Backend delegate, Logits logits) {
    return new TamperedBackend(
        delegate, graph -> graph, input -> input, (_, _, values) -> values, logits);
  }

  @Override
  public String name() {
    return delegate.name();
  }

  @Override
  public String device() {
    return "tampered";
  }

  @Override
  public Plan compile(Graph given) {
    Plan plan = delegate.compile(graph.apply(given));
    return new Plan() {
      @Override
      public Shape inputShape() {
        return plan.inputShape();
      }

      @Override
      public Shape outputShape() {
        return plan.outputShape();
      }

      @Override
      public List<StepInfo> steps() {
        return plan.steps();
      }

      @Override
      public Session newSession(int maxBatch) {
        return session(plan.newSession(maxBatch), (int) plan.outputShape().size());
      }

      @Override
      public void close() {
        plan.close();
      }
    };
  }

  private Session session(Session session, int classes) {
    return new Session() {
      @Override
      public int maxBatch() {
        return session.maxBatch();
      }

      @Override
      public void run(
          int batch,
          MemorySegment in,
          MemorySegment out,
          @Nullable Probe probe,
          Deadline deadline) {
        session.run(
            batch,
            MemorySegment.ofArray(input.apply(in.toArray(ValueLayout.JAVA_FLOAT))),
            out,
            probe == null
                ? null
                : (step, image, values) -> {
                  float[] told = steps.report(step, image, values);
                  if (told != null) {
                    probe.observe(step, image, told);
                  }
                },
            deadline);
        float[] result = new float[batch * classes];
        MemorySegment.copy(out, ValueLayout.JAVA_FLOAT_UNALIGNED, 0, result, 0, result.length);
        logits.change(result);
        MemorySegment.copy(result, 0, out, ValueLayout.JAVA_FLOAT_UNALIGNED, 0, result.length);
      }

      @Override
      public void runSamples(
          int batch,
          MemorySegment samples,
          SampleTable table,
          MemorySegment out,
          Deadline deadline) {
        throw new UnsupportedOperationException("what is verified is given as floats");
      }

      @Override
      public void close() {
        session.close();
      }
    };
  }

  @Override
  public void close() {
    delegate.close();
  }
}
