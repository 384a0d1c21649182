package org.resnet4j.core.weights;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.resnet4j.core.tensor.Tensor;
import org.resnet4j.core.text.Quote;
import org.resnet4j.core.weights.Mismatch.ShapeMismatch;

/**
 * The parameters of one network, read from a weights file and checked: every name and extent fits,
 * every value is finite, no {@code running_var} is negative.
 *
 * <p>Names are normalised: the prefix {@code module.} is dropped if all names have it (PyTorch's
 * {@code DataParallel} puts it there), and {@code *.num_batches_tracked} is ignored.
 *
 * <p>Immutable and thread-safe; holds its own copy of the values.
 */
public final class StateDict implements WeightSource {
  private static final String PREFIX = "module.";
  private static final String IGNORED_SUFFIX = "num_batches_tracked";

  private final String source;
  private final Map<String, Tensor> tensors;

  private StateDict(String source, Map<String, Tensor> tensors) {
    this.source = source;
    this.tensors = tensors;
  }

  /**
   * Names and extents of a file by normalised name, in the order of the data: what tells one
   * architecture from another. Reads no data.
   */
  public static Map<String, List<Long>> shapes(SafetensorsFile file) {
    Map<String, List<Long>> shapes = new LinkedHashMap<>();
    normalised(file).forEach((name, info) -> shapes.put(name, info.shape()));
    return Collections.unmodifiableMap(shapes);
  }

  /**
   * Compares what a network needs with what a file has.
   *
   * @param expected names and extents the network needs
   * @param actual {@link #shapes} of the file
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
   * @param architecture what messages call the network
   * @param expected names and extents the network needs
   * @throws WeightsMismatchException if the file holds another network
   * @throws SafetensorsException if an element type is not convertible, a value is not finite, a
   *     variance is negative, or the file changed
   */
  public static StateDict load(
      SafetensorsFile file, String architecture, Map<String, int[]> expected)
      throws SafetensorsException, WeightsMismatchException {
    Mismatch mismatch = check(expected, shapes(file));
    if (!mismatch.isEmpty()) {
      throw new WeightsMismatchException(file.description(), architecture, mismatch, null);
    }
    Map<String, TensorInfo> infos = normalised(file);
    Map<String, Tensor> read = file.readAll(infos.values().stream().map(TensorInfo::name).toList());
    Map<String, Tensor> tensors = LinkedHashMap.newLinkedHashMap(infos.size());
    for (Map.Entry<String, TensorInfo> entry : infos.entrySet()) {
      Tensor tensor = Objects.requireNonNull(read.get(entry.getValue().name()));
      ValueCheck.check(file.description(), entry.getKey(), tensor);
      tensors.put(entry.getKey(), tensor);
    }
    return new StateDict(file.description(), Collections.unmodifiableMap(tensors));
  }

  private static Map<String, TensorInfo> normalised(SafetensorsFile file) {
    Set<String> names = file.tensors().keySet();
    int prefix = names.stream().allMatch(name -> name.startsWith(PREFIX)) ? PREFIX.length() : 0;
    Map<String, TensorInfo> tensors = new LinkedHashMap<>();
    file.tensors()
        .forEach((name, info) -> {
          String stripped = name.substring(prefix);
          if (!stripped.equals(IGNORED_SUFFIX) && !stripped.endsWith("." + IGNORED_SUFFIX)) {
            tensors.put(stripped, info);
          }
        });
    return tensors;
  }

  /** The file's path or description. */
  public String source() {
    return source;
  }

  /** All parameters by normalised name, in the order of the file's data; unmodifiable. */
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
