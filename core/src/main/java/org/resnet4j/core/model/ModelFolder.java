package org.resnet4j.core.model;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.resnet4j.core.onnx.OnnxFile;
import org.resnet4j.core.text.Quote;
import org.resnet4j.core.weights.Checkpoint;
import org.resnet4j.core.weights.ShardedCheckpoint;

/**
 * A folder as model hubs have them: weights in one file or in several with an index, or an ONNX
 * file, beside {@code config.json} and {@code preprocessor_config.json}.
 */
final class ModelFolder {
  /** What is wanted of a folder. */
  enum Need {
    ALL,
    /** And what says how pictures are prepared may be unreadable. */
    NETWORK
  }

  private ModelFolder() {}

  /**
   * Opens the model of a folder.
   *
   * @throws IOException if it has no weights, or several files of which none has a usual name, or
   *     one of its files cannot be used
   */
  static ModelSource open(Path folder, ModelOptions options, Need need) throws IOException {
    Path weights = weights(folder);
    List<Stated> stated = new ArrayList<>();
    Path config = folder.resolve(FolderLayout.CONFIG);
    if (isThere(config)) {
      Map<?, ?> object = FolderLayout.object(config);
      if (TimmConfig.isOne(object)) {
        stated.add(new TimmConfig(config.toString(), object));
      } else if (TransformersConfig.isOne(object)) {
        stated.add(new TransformersConfig(config.toString(), object));
      }
    }
    Path preprocessor = folder.resolve(FolderLayout.PREPROCESSOR);
    if (isThere(preprocessor)) {
      try {
        stated.add(
            new PreprocessorConfig(preprocessor.toString(), FolderLayout.object(preprocessor)));
      } catch (ModelFileException e) {
        if (need == Need.ALL) {
          throw e;
        }
      }
    }
    if (FolderLayout.isIndex(weights.toString())) {
      return new ModelLoader(sharded(folder, weights), stated, options);
    }
    return OnnxFile.isOne(weights)
        ? new OnnxLoader(OnnxFile.open(weights), stated, options)
        : new ModelLoader(WeightsFiles.open(weights), stated, options);
  }

  /** A link to nothing is there, and to be told: what it stands for is missed. */
  private static boolean isThere(Path file) {
    return Files.exists(file, LinkOption.NOFOLLOW_LINKS);
  }

  private static Path weights(Path folder) throws IOException {
    List<String> found = FolderLayout.weights(FolderLayout.names(folder));
    if (found.isEmpty()) {
      requireNoLinkToNothing(folder);
    }
    if (found.size() != 1) {
      String has = found.isEmpty() ? "has no weights" : "has " + found.size() + " weights files";
      throw new ModelFileException(
          folder.toString(), has + " and no model.safetensors", "name the weights file itself");
    }
    return folder.resolve(found.getFirst());
  }

  /** Such as a cache of models has when somebody has cleared away the contents. */
  private static void requireNoLinkToNothing(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      List<String> lost =
          files
              .filter(file -> !Files.exists(file))
              .map(file -> String.valueOf(file.getFileName()))
              .toList();
      for (String name : FolderLayout.weights(lost)) {
        throw new ModelFileException(
            folder.toString(),
            "has no weights: " + name + " is a link to nothing",
            "fetch the model again");
      }
    }
  }

  private static Checkpoint sharded(Path folder, Path index) throws IOException {
    Map<String, String> fileOf = FolderLayout.fileOf(index);
    Map<String, Checkpoint> files = new LinkedHashMap<>();
    for (String name : new TreeSet<>(fileOf.values())) {
      files.put(name, WeightsFiles.open(folder.resolve(name)));
    }
    for (Map.Entry<String, String> entry : fileOf.entrySet()) {
      Checkpoint file = files.get(entry.getValue());
      if (file == null || !file.shapes().containsKey(entry.getKey())) {
        throw FolderLayout.bad(
            index, "has " + Quote.name(entry.getKey()) + " in a file that lacks this tensor");
      }
    }
    return new ShardedCheckpoint(index.toString(), List.copyOf(files.values()));
  }
}
