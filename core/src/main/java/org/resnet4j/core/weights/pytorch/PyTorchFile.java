package org.resnet4j.core.weights.pytorch;

import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.resnet4j.core.tensor.Tensor;
import org.resnet4j.core.text.Quote;
import org.resnet4j.core.weights.Checkpoint;
import org.resnet4j.core.weights.WeightsFileException;
import org.resnet4j.core.weights.WeightsFileException.Code;
import org.resnet4j.core.weights.content.Content;
import org.resnet4j.core.weights.content.Faults;
import org.resnet4j.core.weights.content.FileContent;
import org.resnet4j.core.weights.content.FileKind;
import org.resnet4j.core.weights.content.MemoryContent;
import org.resnet4j.core.weights.pytorch.Pickled.Storage;
import org.resnet4j.core.weights.pytorch.Pickled.View;

/**
 * A file of {@code torch.save}: a state dict, or a checkpoint that has one under a usual key, such
 * as {@code state_dict} or {@code model}; of several {@link #choice} says which. Both forms are
 * read, the zip archive of PyTorch 1.6 and later and the pickles before.
 *
 * <p>A pickle is a program. This reader runs nothing: tensors, ordered dictionaries, numbers and
 * strings are made of it, and any other name in it is refused by that name. Opening reads the
 * pickle and no tensor; everything it says of sizes is checked against the file first. Views with
 * strides, offsets and shared storages are read as PyTorch reads them.
 *
 * <p>Instances are immutable and thread-safe; nothing is held open between calls, and a file that
 * has changed since it was opened is refused.
 *
 * <p>Source: {@code torch.serialization} of PyTorch 2.
 */
public final class PyTorchFile implements Checkpoint {
  // Some JVMs refuse arrays a few elements short of 2^31 - 1.
  private static final int MAX_ARRAY = Integer.MAX_VALUE - 8;

  /** How many bytes all tensors may have as floats, for each byte of the file. */
  private static final int MOST_PER_BYTE = 8;

  private final Content content;
  private final Faults faults;
  private final Map<String, View> tensors;
  private final @Nullable String choice;
  private final Map<Storage, Place> places;

  private PyTorchFile(Content content, Saved saved) {
    this.content = content;
    this.faults = new Faults(content.description());
    this.tensors = Collections.unmodifiableMap(saved.found().tensors());
    this.choice = saved.found().choice();
    this.places = Collections.unmodifiableMap(saved.places());
  }

  /**
   * Whether a file begins like one: as a zip archive or a pickle.
   *
   * @throws WeightsFileException if it cannot be read
   */
  public static boolean isOne(Path file) throws WeightsFileException {
    return switch (FileKind.of(file).orElse(null)) {
      case ZIP, PICKLE -> true;
      case null, default -> false;
    };
  }

  /**
   * Opens a file.
   *
   * @throws WeightsFileException if it cannot be read, is none of {@code torch.save}, is damaged,
   *     asks for code, or has no state dict
   */
  public static PyTorchFile open(Path file) throws WeightsFileException {
    return open(FileContent.of(file));
  }

  /**
   * A file in memory.
   *
   * @param content the whole file; copied
   * @param description what messages call it
   * @throws WeightsFileException as {@link #open(Path)}
   */
  public static PyTorchFile of(byte[] content, String description) throws WeightsFileException {
    return open(new MemoryContent(content, description));
  }

  private static PyTorchFile open(Content content) throws WeightsFileException {
    Faults faults = new Faults(content.description());
    try (Content.Access access = content.access()) {
      boolean zip = content.size() > 4 && access.bytes(0, 4).get(ValueLayout.JAVA_BYTE, 0) == 'P';
      Saved saved =
          zip ? ZipSaved.read(content, access, faults) : LegacySaved.read(content, access, faults);
      access.checkUnchanged();
      PyTorchFile file = new PyTorchFile(content, saved);
      file.checkSizes();
      return file;
    }
  }

  /**
   * What a file holds.
   *
   * @param found its state dict
   * @param places where each storage of these tensors lies
   */
  record Saved(StateDicts.Found found, Map<Storage, Place> places) {}

  /** Storages that tensors share could otherwise stand for any amount of memory. */
  private void checkSizes() throws WeightsFileException {
    long floats = 0;
    for (Map.Entry<String, View> tensor : tensors.entrySet()) {
      View view = tensor.getValue();
      Place place = places.get(view.storage());
      if (place == null || place.elements() < view.storage().elements()) {
        throw faults.ofTensor(Code.DATA_TRUNCATED, tensor.getKey(), "has not all its values");
      }
      floats += Math.max(view.span(), view.elements());
      if (floats > content.size() * MOST_PER_BYTE / Float.BYTES) {
        throw faults.of(
            Code.BAD_PICKLE, "has tensors that share " + content.size() + " bytes too often");
      }
    }
  }

  @Override
  public String description() {
    return content.description();
  }

  /** Nothing: what else a checkpoint has is passed over. */
  @Override
  public Map<String, String> metadata() {
    return Map.of();
  }

  @Override
  public Optional<String> choice() {
    return Optional.ofNullable(choice);
  }

  @Override
  public Map<String, List<Long>> shapes() {
    Map<String, List<Long>> shapes = LinkedHashMap.newLinkedHashMap(tensors.size());
    tensors.forEach((name, view) -> shapes.put(name, view.shape()));
    return Collections.unmodifiableMap(shapes);
  }

  @Override
  public Map<String, Tensor> readAll(Collection<String> names) throws WeightsFileException {
    for (String name : names) {
      checkReadable(name);
    }
    Set<String> wanted = new LinkedHashSet<>(tensors.keySet());
    wanted.retainAll(new HashSet<>(names)); // which finds also among names of one hash
    Map<String, Tensor> read = LinkedHashMap.newLinkedHashMap(wanted.size());
    try (Content.Access access = content.access()) {
      for (String name : wanted) {
        View view = Objects.requireNonNull(tensors.get(name));
        Place place = Objects.requireNonNull(places.get(view.storage()));
        int[] dims = view.shape().stream().mapToInt(Math::toIntExact).toArray();
        read.put(name, Tensor.of(new ViewReader(access, place.position(), view).floats(), dims));
      }
      access.checkUnchanged();
    }
    return read;
  }

  private void checkReadable(String name) throws WeightsFileException {
    View view = tensors.get(name);
    if (view == null) {
      throw faults.ofTensor(Code.NO_SUCH_TENSOR, name, "is not in the file");
    }
    if (!view.storage().dtype().isConvertible()) {
      throw faults.ofTensor(
          Code.UNSUPPORTED_DTYPE,
          name,
          "has dtype " + view.storage().dtype() + ", which does not convert to float32");
    }
    if (view.span() > MAX_ARRAY
        || view.shape().stream().anyMatch(extent -> extent > Integer.MAX_VALUE)) {
      throw faults.ofTensor(
          Code.TENSOR_TOO_LARGE, name, "is too large for one array: " + view.shape());
    }
  }

  /** The description and the number of tensors. */
  @Override
  public String toString() {
    return "PyTorchFile[" + Quote.brief(description()) + ", " + tensors.size() + " tensors]";
  }
}
