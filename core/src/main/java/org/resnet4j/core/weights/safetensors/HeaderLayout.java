package org.resnet4j.core.weights.safetensors;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.resnet4j.core.text.Quote;
import org.resnet4j.core.weights.TensorInfo;
import org.resnet4j.core.weights.WeightsFileException;
import org.resnet4j.core.weights.WeightsFileException.Code;
import org.resnet4j.core.weights.content.Faults;

/**
 * Checks that the tensors tile the data: sorted by offset, each begins where the one before ends,
 * each is as long as its extents and element type need, and the last ends with the file. That rules
 * out overlaps, holes (where another format could hide) and sizes that promise more than is there.
 */
final class HeaderLayout {
  private final long dataBytes;
  private final Faults faults;

  private HeaderLayout(long dataBytes, Faults faults) {
    this.dataBytes = dataBytes;
    this.faults = faults;
  }

  /** The tensors in the order of their data. */
  static List<TensorInfo> check(List<TensorInfo> tensors, long dataBytes, Faults faults)
      throws WeightsFileException {
    List<TensorInfo> sorted = new ArrayList<>(tensors);
    sorted.sort(Comparator.comparingLong(TensorInfo::begin).thenComparingLong(TensorInfo::end));
    new HeaderLayout(dataBytes, faults).checkSorted(sorted);
    return sorted;
  }

  private void checkSorted(List<TensorInfo> sorted) throws WeightsFileException {
    TensorInfo before = null;
    for (TensorInfo tensor : sorted) {
      checkBegin(tensor, before);
      checkSize(tensor);
      before = tensor;
    }
    long end = before == null ? 0 : before.end();
    if (end > dataBytes) {
      throw faults.of(
          Code.DATA_TRUNCATED, "has " + dataBytes + " bytes of data where its header says " + end);
    } else if (end < dataBytes) {
      throw faults.of(
          Code.TRAILING_BYTES, "has " + (dataBytes - end) + " bytes after its last tensor");
    }
  }

  private void checkBegin(TensorInfo tensor, @Nullable TensorInfo before)
      throws WeightsFileException {
    long free = before == null ? 0 : before.end();
    String other = before == null ? "the header" : Quote.name(before.name());
    if (tensor.end() < tensor.begin()) {
      throw badOffsets(tensor, "ends before it begins");
    } else if (tensor.begin() < free) {
      long shared = Math.min(free, tensor.end()) - tensor.begin();
      throw badOffsets(tensor, "overlaps " + other + " by " + shared + " bytes");
    } else if (tensor.begin() > free) {
      throw badOffsets(
          tensor, "leaves a hole of " + (tensor.begin() - free) + " bytes after " + other);
    }
  }

  private void checkSize(TensorInfo tensor) throws WeightsFileException {
    long needed = neededBytes(tensor);
    if (needed == tensor.bytes()) {
      return;
    }
    if (tensor.end() > dataBytes) {
      throw badOffsets(tensor, "ends beyond the " + dataBytes + " bytes of data");
    }
    throw mismatch(tensor, "needs " + needed + " bytes but has " + tensor.bytes());
  }

  private long neededBytes(TensorInfo tensor) throws WeightsFileException {
    long bits;
    try {
      bits = Math.multiplyExact(tensor.elements(), tensor.dtype().bits());
    } catch (ArithmeticException _) {
      throw faults.ofTensor(
          Code.OVERFLOW, tensor.name(), "is larger than 2^63 bits: " + tensor.shape());
    }
    if (bits % Byte.SIZE != 0) {
      throw mismatch(tensor, "does not fill whole bytes: " + bits + " bits");
    }
    return bits / Byte.SIZE;
  }

  private WeightsFileException badOffsets(TensorInfo tensor, String problem) {
    return faults.ofTensor(
        Code.BAD_OFFSETS,
        tensor.name(),
        problem + " (data_offsets [" + tensor.begin() + ", " + tensor.end() + "])");
  }

  private WeightsFileException mismatch(TensorInfo tensor, String problem) {
    return faults.ofTensor(
        Code.SIZE_MISMATCH,
        tensor.name(),
        problem + " (" + tensor.dtype() + " " + tensor.shape() + ")");
  }
}
