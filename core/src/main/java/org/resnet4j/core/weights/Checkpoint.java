package org.resnet4j.core.weights;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.resnet4j.core.tensor.Tensor;

/**
 * A weights file of whatever format: named tensors whose values are read on demand, and strings
 * about them.
 *
 * <p>Implementations are immutable and thread-safe, hold nothing open between calls, and refuse to
 * read from a file that has changed since it was opened.
 */
public interface Checkpoint {
  /** The file's path or description: what messages call it. */
  String description();

  /** What the file says beside its tensors; unmodifiable, empty if it says nothing. */
  Map<String, String> metadata();

  /**
   * Where a file holds several networks' tensors, which these are, for people, such as {@code
   * "under 'model', not 'model_ema'"}.
   */
  default Optional<String> choice() {
    return Optional.empty();
  }

  /** Names and extents of all tensors, in the file's order; unmodifiable. */
  Map<String, List<Long>> shapes();

  /**
   * Several tensors as float32, opening the file once. F16 and BF16 convert exactly; F64 is rounded
   * to nearest even and becomes infinite beyond the range of float32.
   *
   * @param names which tensors; repetitions count once
   * @return the tensors in the file's order, in a map of the caller's own
   * @throws WeightsFileException if there is no such tensor, its element type does not convert, it
   *     has more values than an array holds, or the file changed
   */
  Map<String, Tensor> readAll(Collection<String> names) throws WeightsFileException;
}
