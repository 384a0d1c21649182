package org.resnet4j.core.model;

import java.io.IOException;
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
import org.resnet4j.core.tensor.Shape;
import org.resnet4j.core.text.Quote;
import org.resnet4j.core.weights.WeightSource;

/** An ONNX file as {@link PretrainedModel#load(OnnxFile, ModelOptions)} loads it. */
final class OnnxLoader implements ModelSource {
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

  @Override
  public LoadedNetwork network() throws IOException {
    stated.checkBuilt();
    Preprocessing usual = meaning.usual(file.channels(), Stem.IMAGENET);
    int crop = side() > 0 ? side() : meaning.crop(usual);
    Graph graph = file.graph(file.height().orElse(crop), file.width().orElse(crop));
    check(graph);
    return new LoadedNetwork(name(), null, graph);
  }

  /** Returns the number of its classes. */
  private int check(Graph graph) throws ModelFileException {
    int classes = graph.output().op() instanceof Op.Linear linear ? linear.weight().dim(0) : 0;
    meaning.checkClasses(classes);
    checkNetwork(graph, classes);
    return classes;
  }

  @Override
  public PretrainedModel load() throws IOException {
    stated.checkBuilt();
    Preprocessing otherwise = usual();
    Preprocessing known = meaning.stated(otherwise);
    checkSquare(otherwise, known);
    Preprocessing preprocessing = meaning.changed(known != null ? known : otherwise);
    meaning.checkChannels(file.channels(), preprocessing);
    Graph graph = file.graph(preprocessing.crop(), preprocessing.crop());
    int classes = check(graph);
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
    int crop = side();
    Stem stem = crop == DefaultPreprocessing.CIFAR_SIZE ? Stem.CIFAR : Stem.IMAGENET;
    Preprocessing usual = meaning.usual(file.channels(), stem);
    if (crop == 0 || crop == usual.crop()) {
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

  /** Height and width of the file's pictures; 0 if it leaves them open or they are no square. */
  private int side() {
    int height = file.height().orElse(0);
    int width = file.width().orElse(0);
    return height == 0 || width == 0 || height == width ? Math.max(height, width) : 0;
  }

  /** Refuses a file whose pictures are no squares, unless somebody says which squares it gets. */
  private void checkSquare(Preprocessing otherwise, @Nullable Preprocessing known)
      throws ModelFileException {
    boolean said =
        options.preprocessing() != null
            || options.change().crop() != null
            || (known != null && known.crop() != otherwise.crop());
    OptionalInt height = file.height();
    OptionalInt width = file.width();
    if (!said && height.isPresent() && width.isPresent() && side() == 0) {
      throw new ModelFileException(
          file.description(),
          "takes pictures of "
              + height.getAsInt()
              + "x"
              + width.getAsInt()
              + " pixels, and crops are square",
          "export it with equal extents, or state a crop");
    }
  }

  /** Refuses a graph that cannot be the network which the user says it is. */
  private void checkNetwork(Graph graph, int classes) throws ModelFileException {
    @Nullable String model = options.model();
    if (model == null) {
      return;
    }
    long wanted = multiplyAdds(ResNets.named(model), graph.inputShape(), classes);
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

  private long multiplyAdds(ResNetSpec spec, Shape input, int classes) throws ModelFileException {
    try {
      ResNetSpec same = spec.withInChannels(input.channels()).withNumClasses(classes);
      return ResNet.build(same, input.height(), input.width(), WeightSource.META).multiplyAdds();
    } catch (IllegalArgumentException e) {
      throw new ModelFileException(
          file.description(),
          "is no " + spec.name() + ": " + e.getMessage(),
          "leave the network to the file",
          e);
    }
  }

  private String name() {
    String path = file.description();
    String name = path.substring(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
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
