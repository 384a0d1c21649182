package org.resnet4j.core.weights;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.resnet4j.core.tensor.Tensor;
import org.resnet4j.core.weights.WeightsFileException.Code;

/** Tensors that lie in several files. Immutable and thread-safe, as its files are. */
public final class ShardedCheckpoint implements Checkpoint {
  private final String description;
  private final List<Checkpoint> files;
  private final Map<String, String> metadata = new LinkedHashMap<>();
  private final Map<String, List<Long>> shapes = new LinkedHashMap<>();
  private final Map<String, Checkpoint> fileOf = new LinkedHashMap<>();

  /**
   * All tensors of these files; of metadata under one key the first counts.
   *
   * @param description what messages call them together
   * @throws WeightsFileException if two of them have a tensor of the same name
   */
  public ShardedCheckpoint(String description, List<Checkpoint> files) throws WeightsFileException {
    this.description = description;
    this.files = List.copyOf(files);
    for (Checkpoint file : this.files) {
      file.metadata().forEach(metadata::putIfAbsent);
      for (Map.Entry<String, List<Long>> tensor : file.shapes().entrySet()) {
        if (shapes.putIfAbsent(tensor.getKey(), tensor.getValue()) != null) {
          throw WeightsFileException.ofTensor(
              Code.DUPLICATE_KEY, description, tensor.getKey(), "is in more than one file");
        }
        fileOf.put(tensor.getKey(), file);
      }
    }
  }

  @Override
  public String description() {
    return description;
  }

  @Override
  public Map<String, String> metadata() {
    return Collections.unmodifiableMap(metadata);
  }

  /** The first that one of them has. */
  @Override
  public Optional<String> choice() {
    return files.stream().flatMap(file -> file.choice().stream()).findFirst();
  }

  @Override
  public Map<String, List<Long>> shapes() {
    return Collections.unmodifiableMap(shapes);
  }

  @Override
  public Map<String, Tensor> readAll(Collection<String> names) throws WeightsFileException {
    Map<Checkpoint, List<String>> wanted = new LinkedHashMap<>();
    for (String name : names) {
      Checkpoint file = fileOf.get(name);
      if (file == null) {
        throw WeightsFileException.ofTensor(
            Code.NO_SUCH_TENSOR, description, name, "is in none of the files");
      }
      wanted.computeIfAbsent(file, _ -> new ArrayList<>()).add(name);
    }
    Map<String, Tensor> read = new LinkedHashMap<>();
    for (Checkpoint file : files) {
      if (wanted.containsKey(file)) {
        read.putAll(file.readAll(wanted.get(file)));
      }
    }
    return read;
  }
}
