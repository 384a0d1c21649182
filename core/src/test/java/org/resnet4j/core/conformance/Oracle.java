package org.resnet4j.core.conformance;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.resnet4j.core.backend.Backend;
import org.resnet4j.core.backend.BackendOptions;
import org.resnet4j.core.graph.Graph;
import org.resnet4j.core.reference.ReferenceBackendProvider;

/** What the reference backend says; computed once per JVM and key, shared by all subjects. */
final class Oracle {
  private static final Backend REFERENCE =
      new ReferenceBackendProvider().open(BackendOptions.defaults());
  private static final Map<String, float[]> RESULTS = new ConcurrentHashMap<>();

  private Oracle() {}

  /** The result of {@code graph}; {@code key} names graph and input. */
  static float[] result(String key, Supplier<float[]> compute) {
    return RESULTS.computeIfAbsent(key, _ -> compute.get());
  }

  static float[] run(Graph graph, int batch, float[] input) {
    return Runs.once(REFERENCE, graph, batch, input);
  }

  /** Each node's value for one image, by name. */
  static Map<String, float[]> values(Graph graph, float[] image) {
    Map<String, float[]> values = new HashMap<>();
    Runs.probed(REFERENCE, graph, 1, image, (step, _, value) -> values.put(step.node(), value));
    return values;
  }
}
