package org.resnet4j.core.onnx;

import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.resnet4j.core.text.Quote;
import org.resnet4j.core.weights.WeightsFileException;
import org.resnet4j.core.weights.WeightsFileException.Code;
import org.resnet4j.core.weights.content.Content;
import org.resnet4j.core.weights.content.Faults;
import org.resnet4j.core.weights.content.FileContent;

/**
 * The bytes of an ONNX file and of the files beside it that hold its values, each of which is the
 * one it was when it was first asked for. Thread-safe.
 */
final class OnnxContents {
  private final Content model;
  private final Faults faults;
  private final Map<String, FileContent> beside = new ConcurrentHashMap<>();

  OnnxContents(Content model, Faults faults) {
    this.model = model;
    this.faults = faults;
  }

  Content model() {
    return model;
  }

  /** The files beside the model that were asked for so far. */
  List<Path> filesBeside() {
    return beside.values().stream().flatMap(content -> content.path().stream()).toList();
  }

  /** What has a tensor's values. */
  Content of(OnnxTensor tensor) throws WeightsFileException {
    String name = tensor.file();
    if (name == null) {
      return model;
    }
    FileContent known = beside.get(name);
    if (known == null) {
      FileContent found = FileContent.of(locate(tensor, name));
      known = beside.putIfAbsent(name, found);
      known = known == null ? found : known;
    }
    return known;
  }

  /**
   * A file of the model's folder, or of one in it. Links are followed, since caches of model hubs
   * consist of them, but not to where neither the model's name nor the model itself is.
   */
  private Path locate(OnnxTensor tensor, String name) throws WeightsFileException {
    @Nullable Path model = this.model.path().map(Path::toAbsolutePath).orElse(null);
    @Nullable Path folder = model == null ? null : model.getParent();
    try {
      Path file = Path.of(name);
      if (model == null
          || folder == null
          || name.isBlank()
          || file.getRoot() != null
          || file.normalize().toString().isEmpty()
          || !folder.resolve(file).normalize().startsWith(folder.normalize())) {
        throw outside(tensor, name);
      }
      Path found = folder.resolve(file.normalize());
      Path real = found.toRealPath();
      @Nullable Path ofModel = model.toRealPath().getParent();
      if (!real.startsWith(folder.toRealPath()) && (ofModel == null || !real.startsWith(ofModel))) {
        throw outside(tensor, name);
      }
      return found;
    } catch (InvalidPathException _) {
      throw faults.ofTensor(
          Code.UNSUPPORTED_ONNX,
          tensor.name(),
          "lies in "
              + Quote.name(name)
              + ", which is no file's name here (in the locale C, only ASCII is)");
    } catch (WeightsFileException e) {
      throw e;
    } catch (IOException e) {
      throw faults.of(
          Code.UNREADABLE,
          "has tensor %s in the file %s beside it, which cannot be read"
              .formatted(Quote.name(tensor.name()), Quote.name(name)),
          e);
    }
  }

  private WeightsFileException outside(OnnxTensor tensor, String name) {
    return faults.ofTensor(
        Code.UNSUPPORTED_ONNX,
        tensor.name(),
        "lies in " + Quote.name(name) + ", outside the model's folder");
  }
}
