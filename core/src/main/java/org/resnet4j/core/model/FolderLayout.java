package org.resnet4j.core.model;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.resnet4j.core.json.Json;
import org.resnet4j.core.text.Quote;
import tools.jackson.core.JacksonException;

/**
 * Which files of a model hub's folder make the model, by their names, and what an index says of its
 * parts. Names have {@code /} between folder and file. Thread-safe.
 */
public final class FolderLayout {
  static final String CONFIG = "config.json";
  static final String PREPROCESSOR = "preprocessor_config.json";

  /**
   * What stands beside the weights and says what pictures and answers mean; each may be missing.
   */
  public static final List<String> CONFIGS = List.of(CONFIG, PREPROCESSOR);

  /** Behind an ONNX file's name, the usual name of the file with its values. */
  public static final String EXTERNAL_DATA = "_data";

  private static final String ONNX_FOLDER = "onnx";

  private static final String INDEX = ".index.json";
  private static final String ONNX = ".onnx";
  private static final int MAX_JSON_BYTES = 16 << 20;

  /** The names under which hubs have weights, the best first. */
  private static final List<String> USUAL =
      List.of(
          "model.safetensors",
          "model.safetensors" + INDEX,
          "pytorch_model.bin",
          "pytorch_model.bin" + INDEX,
          "model" + ONNX,
          ONNX_FOLDER + "/model" + ONNX);

  private static final List<String> ENDS = List.of(".safetensors", ".pth", ".pt", ".bin", ONNX);

  /** Of a folder or a file: what every file system takes for one name. */
  private static final Pattern PART = Pattern.compile("[\\x20-\\x7E&&[^\\\\/:*?\"<>|]]{1,200}");

  private FolderLayout() {}

  /**
   * Whether a name that somebody else has chosen stays in the folder where it is put, on every file
   * system.
   */
  public static boolean isWithin(String name) {
    return Arrays.stream(name.split("/", -1))
        .allMatch(part -> PART.matcher(part).matches() && !part.matches("\\.{1,2}"));
  }

  /** The names of a folder's files, and of those in the folder where hubs have ONNX files. */
  public static List<String> names(Path folder) throws IOException {
    List<String> names = new ArrayList<>(names(folder, ""));
    if (Files.isDirectory(folder.resolve(ONNX_FOLDER))) {
      names.addAll(names(folder.resolve(ONNX_FOLDER), ONNX_FOLDER + "/"));
    }
    return names;
  }

  private static List<String> names(Path folder, String before) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(Files::exists).map(file -> before + file.getFileName()).toList();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  /**
   * The names that may be the weights' or their index's: one if it is clear which to take, none if
   * there are no weights.
   */
  public static List<String> weights(Collection<String> names) {
    for (String name : USUAL) {
      if (names.contains(name)) {
        return List.of(name);
      }
    }
    return names.stream()
        .filter(name -> name.indexOf('/') < 0 && ENDS.stream().anyMatch(name::endsWith))
        .sorted()
        .toList();
  }

  /** Whether this is the name of an index, whose parts hold the tensors. */
  public static boolean isIndex(String name) {
    return name.endsWith(INDEX);
  }

  /** Whether a file may keep its values in others, whose names it alone knows. */
  public static boolean mayHaveExternalData(String weights) {
    return weights.endsWith(ONNX);
  }

  /** The names that are usual for what an ONNX file keeps outside of itself. */
  public static List<String> externalData(String weights, Collection<String> names) {
    if (!mayHaveExternalData(weights)) {
      return List.of();
    }
    return names.stream()
        .filter(
            name -> name.startsWith(weights + EXTERNAL_DATA) || name.startsWith(weights + ".data"))
        .filter(name -> name.indexOf('/', weights.length()) < 0)
        .sorted()
        .toList();
  }

  /**
   * The names of an index's parts, which lie beside it.
   *
   * @throws ModelFileException if it is no index
   */
  public static SortedSet<String> parts(Path index) throws IOException {
    return new TreeSet<>(fileOf(index).values());
  }

  /** The part of each tensor. */
  static Map<String, String> fileOf(Path index) throws IOException {
    if (!(object(index).get("weight_map") instanceof Map<?, ?> map) || map.isEmpty()) {
      throw bad(index, "has no weight_map");
    }
    Map<String, String> fileOf = new TreeMap<>();
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      if (!(entry.getValue() instanceof String file) || !isBeside(index, file)) {
        throw bad(index, "has in its weight_map what is no file beside it");
      }
      fileOf.put((String) entry.getKey(), file);
    }
    return fileOf;
  }

  /** Whether a name can be that of a file beside the index. */
  private static boolean isBeside(Path index, String name) {
    if (name.isBlank()
        || name.startsWith(".")
        || name.chars().anyMatch(c -> c == '/' || c == '\\' || c == 0)) {
      return false;
    }
    try {
      return index.resolveSibling(name).getFileName() != null;
    } catch (InvalidPathException _) {
      return false; // no file system has it, or this locale cannot say it
    }
  }

  /** A file that holds one JSON object. */
  static Map<?, ?> object(Path file) throws IOException {
    try {
      if (Json.read(SmallFile.text(file, MAX_JSON_BYTES)) instanceof Map<?, ?> object) {
        return object;
      }
    } catch (JacksonException e) {
      throw bad(file, "is not valid JSON: " + Quote.jackson(e.getOriginalMessage()));
    }
    throw bad(file, "is not one JSON object");
  }

  static ModelFileException bad(Path file, String problem) {
    return new ModelFileException(file.toString(), problem, "fetch it again");
  }
}
