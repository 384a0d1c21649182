package org.resnet4j.core.model;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
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
import tools.jackson.core.JacksonException;

/**
 * A folder as model hubs have them: weights in one file or in several with an index, or an ONNX
 * file, beside {@code config.json} and {@code preprocessor_config.json}.
 */
final class ModelFolder {
  private static final String CONFIG = "config.json";
  private static final String PREPROCESSOR = "preprocessor_config.json";
  private static final String INDEX = ".index.json";
  private static final int MAX_JSON_BYTES = 16 << 20;

  /** The names under which hubs have weights, the best first. */
  private static final List<String> USUAL =
      List.of(
          "model.safetensors",
          "model.safetensors" + INDEX,
          "pytorch_model.bin",
          "pytorch_model.bin" + INDEX,
          "model.onnx",
          "onnx/model.onnx");

  private static final List<String> ENDS = List.of(".safetensors", ".pth", ".pt", ".bin", ".onnx");

  private ModelFolder() {}

  /**
   * Loads the model of a folder.
   *
   * @throws IOException if it has no weights, or several files of which none has a usual name, or
   *     one of its files cannot be used
   */
  static PretrainedModel load(Path folder, ModelOptions options) throws IOException {
    Path weights = weights(folder);
    List<Stated> stated = new ArrayList<>();
    Path config = folder.resolve(CONFIG);
    if (Files.exists(config)) {
      Map<?, ?> object = object(config);
      if (TimmConfig.isOne(object)) {
        stated.add(new TimmConfig(config.toString(), object));
      } else if (TransformersConfig.isOne(object)) {
        stated.add(new TransformersConfig(config.toString(), object));
      }
    }
    Path preprocessor = folder.resolve(PREPROCESSOR);
    if (Files.exists(preprocessor)) {
      stated.add(new PreprocessorConfig(preprocessor.toString(), object(preprocessor)));
    }
    if (weights.toString().endsWith(INDEX)) {
      return new ModelLoader(sharded(folder, weights), stated, options).load();
    }
    return OnnxFile.isOne(weights)
        ? new OnnxLoader(OnnxFile.open(weights), stated, options).load()
        : new ModelLoader(WeightsFiles.open(weights), stated, options).load();
  }

  private static Path weights(Path folder) throws IOException {
    for (String name : USUAL) {
      if (Files.exists(folder.resolve(name))) {
        return folder.resolve(name);
      }
    }
    List<Path> found;
    try (Stream<Path> files = Files.list(folder)) {
      found = files.filter(file -> ENDS.stream().anyMatch(file.toString()::endsWith)).toList();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    if (found.size() != 1) {
      String has = found.isEmpty() ? "has no weights" : "has " + found.size() + " weights files";
      throw new ModelFileException(
          folder.toString(), has + " and no model.safetensors", "name the weights file itself");
    }
    return found.getFirst();
  }

  private static Checkpoint sharded(Path folder, Path index) throws IOException {
    if (!(object(index).get("weight_map") instanceof Map<?, ?> map) || map.isEmpty()) {
      throw bad(index, "has no weight_map");
    }
    TreeSet<String> names = new TreeSet<>();
    Map<String, String> fileOf = new LinkedHashMap<>();
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      if (!(entry.getValue() instanceof String file) || !isPlain(file)) {
        throw bad(index, "has in its weight_map what is no file beside it");
      }
      names.add(file);
      fileOf.put((String) entry.getKey(), file);
    }
    Map<String, Checkpoint> files = new LinkedHashMap<>();
    for (String name : names) {
      files.put(name, WeightsFiles.open(folder.resolve(name)));
    }
    for (Map.Entry<String, String> entry : fileOf.entrySet()) {
      Checkpoint file = files.get(entry.getValue());
      if (file == null || !file.shapes().containsKey(entry.getKey())) {
        throw bad(index, "has " + Quote.name(entry.getKey()) + " in a file that lacks this tensor");
      }
    }
    return new ShardedCheckpoint(index.toString(), List.copyOf(files.values()));
  }

  private static boolean isPlain(String name) {
    return !name.isBlank()
        && !name.startsWith(".")
        && name.chars().noneMatch(c -> c == '/' || c == '\\' || c == 0);
  }

  private static Map<?, ?> object(Path file) throws IOException {
    try {
      if (Json.read(SmallFile.text(file, MAX_JSON_BYTES)) instanceof Map<?, ?> object) {
        return object;
      }
    } catch (JacksonException e) {
      throw bad(file, "is not valid JSON: " + e.getOriginalMessage());
    }
    throw bad(file, "is not one JSON object");
  }

  private static ModelFileException bad(Path file, String problem) {
    return new ModelFileException(file.toString(), problem, "fetch it again");
  }
}
