package org.resnet4j.core.weights;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.resnet4j.core.tensor.Tensor;
import org.resnet4j.core.text.Quote;
import org.resnet4j.core.weights.Mismatch.ShapeMismatch;

/**
 * The parameters of one network, read from a weights file and checked: every name and extent fits,
 * every value is finite, no {@code running_var} is negative.
 *
 * <p>Names are torchvision's, as {@link ParameterNames} finds them.
 *
 * <p>Immutable and thread-safe; holds its own copy of the values.
 */
public final class StateDict implements WeightSource {
  private final String source;
  private final Map<String, Tensor> tensors;

  private StateDict(String source, Map<String, Tensor> tensors) {
    this.source = source;
    this.tensors = tensors;
  }

  /**
   * Compares what a network needs with what a file has.
   *
   * @param expected names and extents the network needs
   * @param actual {@link ParameterNames#shapes} of the file
   * @return all differences, each list in the order of its map; empty if the file fits
   */
  public static Mismatch check(Map<String, int[]> expected, Map<String, List<Long>> actual) {
    List<String> missing = new ArrayList<>();
    List<ShapeMismatch> shapes = new ArrayList<>();
    expected.forEach((name, dims) -> {
      List<Long> needed = Arrays.stream(dims).asLongStream().boxed().toList();
      List<Long> found = actual.get(name);
      if (found == null) {
        missing.add(name);
      } else if (!found.equals(needed)) {
        shapes.add(new ShapeMismatch(name, found, needed));
      }
    });
    List<String> unexpected =
        actual.keySet().stream().filter(name -> !expected.containsKey(name)).toList();
    return new Mismatch(missing, unexpected, shapes);
  }

  /**
   * Reads the parameters of a network.
   *
   * @param file the weights
   * @param names what the file's tensors are
   * @param architecture what messages call the network
   * @param expected names and extents the network needs
   * @throws WeightsMismatchException if the file holds another network
   * @throws WeightsFileException if an element type is not convertible, a value is not finite, a
   *     variance is negative, or the file changed
   */
  public static StateDict load(
      Checkpoint file, ParameterNames names, String architecture, Map<String, int[]> expected)
      throws WeightsFileException, WeightsMismatchException {
    Mismatch mismatch = check(expected, names.shapes());
    if (!mismatch.isEmpty()) {
      throw new WeightsMismatchException(file.description(), architecture, mismatch, null);
    }
    Map<String, Tensor> read = file.readAll(names.inFile().values());
    Map<String, Tensor> tensors = LinkedHashMap.newLinkedHashMap(read.size());
    for (Map.Entry<String, String> entry : names.inFile().entrySet()) {
      Tensor tensor = Objects.requireNonNull(read.get(entry.getValue()));
      ValueCheck.check(file.description(), entry.getKey(), tensor);
      tensors.put(entry.getKey(), tensor);
    }
    return new StateDict(file.description(), Collections.unmodifiableMap(tensors));
  }

  /** The file's path or description. */
  public String source() {
    return source;
  }

  /** All parameters by torchvision's names, in the file's order; unmodifiable. */
  public Map<String, Tensor> tensors() {
    return tensors;
  }

  @Override
  public Tensor get(String name, int... dims) {
    Tensor tensor = tensors.get(name);
    if (tensor == null) {
      throw new IllegalArgumentException(source + ": no tensor " + Quote.name(name));
    }
    if (!tensor.hasDims(dims)) {
      throw new IllegalArgumentException(
          "%s: tensor %s has extents %s, expected %s"
              .formatted(
                  source, Quote.name(name), Tensor.describe(tensor.dims()), Tensor.describe(dims)));
    }
    return tensor;
  }
}
