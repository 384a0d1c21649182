package org.resnet4j.core.model;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import org.resnet4j.core.graph.Graph;
import org.resnet4j.core.graph.Op;
import org.resnet4j.core.image.Preprocessing;
import org.resnet4j.core.image.PreprocessingChange;
import org.resnet4j.core.onnx.OnnxFile;
import org.resnet4j.core.text.Quote;
import org.resnet4j.core.weights.WeightSource;

/** One load of {@link PretrainedModel#load(OnnxFile, ModelOptions)}. */
final class OnnxLoader {
  private static final String END = ".onnx";

  private final OnnxFile file;
  private final ModelOptions options;
  private final Stated stated;
  private final Meaning meaning;

  /**
   * @param beside what other files say, which goes before what the file says
   */
  OnnxLoader(OnnxFile file, List<Stated> beside, ModelOptions options) {
    this.file = file;
    this.options = options;
    List<Stated> sources = new ArrayList<>(beside);
    sources.add(new ModelMetadata(file.description(), file.metadata()));
    this.stated = Stated.firstOf(sources);
    this.meaning =
        new Meaning(file.description(), "its input has", "its last layer has", stated, options);
  }

  PretrainedModel load() throws IOException {
    stated.checkBuilt();
    Preprocessing otherwise = usual();
    Preprocessing known = meaning.stated(otherwise);
    Preprocessing preprocessing = meaning.changed(known != null ? known : otherwise);
    meaning.checkChannels(file.channels(), preprocessing);
    Graph graph = file.graph(preprocessing.crop(), preprocessing.crop());
    int classes = graph.output().op() instanceof Op.Linear linear ? linear.weight().dim(0) : 0;
    meaning.checkClasses(classes);
    checkNetwork(graph, classes);
    return new PretrainedModel(
        name(),
        describe(graph, classes, preprocessing, known == null),
        null,
        graph,
        preprocessing,
        meaning.labels(classes));
  }

  /** What is assumed of pictures, at the size that the file has. */
  private Preprocessing usual() throws ModelFileException {
    Preprocessing usual = meaning.usual(file.channels(), Stem.IMAGENET);
    OptionalInt height = file.height();
    OptionalInt width = file.width();
    if (height.isEmpty() || width.isEmpty()) {
      return usual;
    }
    if (height.getAsInt() != width.getAsInt()) {
      throw new ModelFileException(
          file.description(),
          "takes pictures of "
              + height.getAsInt()
              + "x"
              + width.getAsInt()
              + " pixels, and crops are square",
          "export it with equal extents");
    }
    int crop = height.getAsInt();
    if (crop == usual.crop()) {
      return usual;
    }
    int resize =
        Math.toIntExact(Math.round((double) crop * usual.resizeShorterSide() / usual.crop()));
    try {
      return new PreprocessingChange(resize, crop, null, null, null).apply(usual);
    } catch (IllegalArgumentException e) {
      throw new ModelFileException(
          file.description(),
          "takes pictures of " + crop + "x" + crop + " pixels: " + e.getMessage(),
          "export it with other extents",
          e);
    }
  }

  /** Refuses a graph that cannot be the network which the user says it is. */
  private void checkNetwork(Graph graph, int classes) throws ModelFileException {
    @Nullable String model = options.model();
    if (model == null) {
      return;
    }
    ResNetSpec spec = ResNets.named(model).withInChannels(file.channels()).withNumClasses(classes);
    Graph named =
        ResNet.build(
            spec, graph.inputShape().height(), graph.inputShape().width(), WeightSource.META);
    long wanted = named.multiplyAdds();
    if (graph.multiplyAdds() != wanted) {
      throw new ModelFileException(
          file.description(),
          String.format(
              Locale.ROOT,
              "its graph has %,d multiply-adds, a %s has %,d",
              graph.multiplyAdds(),
              model,
              wanted),
          "leave the network to the file");
    }
  }

  private String name() {
    String name = String.valueOf(Path.of(file.description()).getFileName());
    return name.endsWith(END) ? name.substring(0, name.length() - END.length()) : name;
  }

  /** {@code "an ONNX graph of 122 nodes by pytorch, 1000 classes, preprocessing ..."}. */
  private String describe(Graph graph, int classes, Preprocessing preprocessing, boolean assumed) {
    StringBuilder text = new StringBuilder("an ONNX graph of ");
    text.append(graph.nodes().size()).append(" nodes");
    if (!file.producer().isBlank()) {
      text.append(" by ").append(Quote.line(file.producer()));
    }
    text.append(classes == 0 ? ", no classifier" : ", " + classes + " classes");
    @Nullable String dataset = stated.dataset();
    if (dataset != null && !dataset.isBlank()) {
      text.append(", ").append(Quote.line(dataset));
    }
    text.append(", preprocessing ").append(preprocessing.name());
    return text.append(assumed ? " (assumed)" : "").toString();
  }
}
