package org.resnet4j.bench.measure;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.resnet4j.core.graph.Graph;
import org.resnet4j.core.graph.Node;
import org.resnet4j.core.graph.Op;
import org.resnet4j.core.tensor.Shape;
import org.resnet4j.simd.kernel.ConvAlgorithms;
import org.resnet4j.simd.kernel.ConvTrial;
import org.resnet4j.simd.kernel.conv.ConvAlgorithm;
import org.resnet4j.simd.kernel.conv.ConvShape;
import org.resnet4j.simd.kernel.layout.Parallel;
import org.resnet4j.simd.machine.MachineModel;
import org.resnet4j.simd.machine.VectorWidth;

/**
 * The algorithms that the CPU backend could take for a convolution, with the ReLU fused, beside
 * what its cost model expects of them. As in a network, activations are in the caches and weights
 * are not; all threads share the work.
 */
public final class Alternatives {
  private Alternatives() {}

  /**
   * One algorithm for one convolution.
   *
   * @param algorithm the algorithm
   * @param millis median, for the whole batch
   * @param expectedMillis by the cost model
   * @param chosen whether the backend takes it
   */
  public record Timed(
      ConvAlgorithm algorithm, double millis, double expectedMillis, boolean chosen) {}

  /**
   * A convolution's algorithms.
   *
   * @param node the first of its shape
   * @param shape its extents
   * @param timed the fastest first
   */
  public record ConvTimes(String node, ConvShape shape, List<Timed> timed) {}

  /** A fused graph's distinct convolutions, linear layers included, and the first node of each. */
  public static Map<ConvShape, String> shapes(Graph graph) {
    Map<ConvShape, String> shapes = new LinkedHashMap<>();
    for (Node node : graph.nodes()) {
      switch (node.op()) {
        case Op.Conv conv -> {
          Shape in = graph.nodes().get(node.inputs().getFirst()).shape();
          shapes.putIfAbsent(
              new ConvShape(
                  in.channels(),
                  conv.outChannels(),
                  in.height(),
                  in.width(),
                  conv.window().kernel(),
                  conv.window().stride(),
                  conv.window().padding(),
                  conv.groups()),
              node.name());
        }
        case Op.Linear linear ->
            shapes.putIfAbsent(
                new ConvShape(linear.weight().dim(1), linear.weight().dim(0), 1, 1, 1, 1, 0, 1),
                node.name());
        case Op.Input _, Op.BatchNorm _, Op.Relu _, Op.Add _, Op.MaxPool _, Op.GlobalAvgPool _ -> {}
      }
    }
    return shapes;
  }

  /**
   * Checks that the algorithms agree, then times them in turns.
   *
   * @param taken name of the one that the backend takes
   * @param machine whose costs are expected
   * @return the fastest first
   * @throws WrongAnswerException if they disagree
   */
  public static List<Timed> time(
      ConvShape shape,
      String taken,
      int batch,
      Parallel threads,
      MachineModel machine,
      Rounds rounds)
      throws WrongAnswerException {
    List<ConvEngine> engines =
        ConvTrial.of(
                shape,
                ConvAlgorithms.applicable(shape),
                VectorWidth.preferred(),
                batch,
                threads,
                ConvTrial.NETWORK_BYTES)
            .stream()
            .map(ConvEngine::new)
            .toList();
    Answers.check(shape.toString(), engines);
    List<RunTimes> times = rounds.measure(engines);
    List<Timed> timed = new ArrayList<>();
    for (int i = 0; i < times.size(); i++) {
      ConvAlgorithm algorithm = engines.get(i).algorithm();
      timed.add(
          new Timed(
              algorithm,
              times.get(i).medianMillis(),
              ConvAlgorithms.expectedMillis(shape, algorithm, machine, batch, threads.threads()),
              algorithm.name().equals(taken)));
    }
    timed.sort((a, b) -> Double.compare(a.millis(), b.millis()));
    return timed;
  }
}
