package org.resnet4j.core.graph;

import java.util.List;
import org.resnet4j.core.tensor.Shape;

/**
 * One operator application.
 *
 * @param id position in the graph
 * @param name torchvision's module path for nodes with parameters ({@code layer1.0.conv1}); unique
 *     in the graph
 * @param op what it computes
 * @param inputs ids of the values it reads, each less than {@code id}
 * @param shape of its value, per image
 */
public record Node(int id, String name, Op op, List<Integer> inputs, Shape shape) {
  /** Copies the list. */
  public Node {
    inputs = List.copyOf(inputs);
  }
}
