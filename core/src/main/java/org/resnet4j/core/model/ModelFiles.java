package org.resnet4j.core.model;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.resnet4j.core.onnx.OnnxFile;

/** The files that a model is loaded from. */
public final class ModelFiles {
  private ModelFiles() {}

  /**
   * What {@link PretrainedModel#load(Path, ModelOptions)} reads for one file or folder: the file
   * and those that hold its values, or of a folder the weights with their parts and the
   * descriptions beside them.
   *
   * @throws IOException if there is nothing that can be loaded
   */
  public static List<Path> of(Path place) throws IOException {
    if (!Files.isDirectory(place)) {
      return withParts(place);
    }
    List<String> names = FolderLayout.names(place);
    List<Path> files = new ArrayList<>();
    for (String name : FolderLayout.weights(names)) {
      files.addAll(withParts(place.resolve(name)));
    }
    FolderLayout.CONFIGS.stream().filter(names::contains).map(place::resolve).forEach(files::add);
    return files;
  }

  private static List<Path> withParts(Path file) throws IOException {
    List<Path> files = new ArrayList<>(List.of(file));
    if (FolderLayout.isIndex(file.toString())) {
      FolderLayout.parts(file).stream().map(file::resolveSibling).forEach(files::add);
    } else if (OnnxFile.isOne(file)) {
      files.addAll(OnnxFile.open(file).dataFiles());
    }
    return files;
  }
}
