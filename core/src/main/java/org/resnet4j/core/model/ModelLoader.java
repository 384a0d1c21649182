package org.resnet4j.core.model;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.resnet4j.core.graph.Graph;
import org.resnet4j.core.image.Preprocessing;
import org.resnet4j.core.tensor.Tensor;
import org.resnet4j.core.text.Quote;
import org.resnet4j.core.weights.Checkpoint;
import org.resnet4j.core.weights.ParameterNames;
import org.resnet4j.core.weights.StateDict;
import org.resnet4j.core.weights.WeightsMismatchException;

/** A checkpoint as {@link PretrainedModel#load(Checkpoint, ModelOptions)} loads it. */
final class ModelLoader implements ModelSource {
  private static final int USUAL_WIDTH = 64;
  private static final int IMAGENET_CLASSES = 1000;

  private final Checkpoint file;
  private final ModelOptions options;
  private final Stated stated;
  private final Meaning meaning;
  private final ParameterNames names;
  private final Map<String, List<Long>> shapes;

  /**
   * @param beside what other files say, which goes before what the weights file says
   */
  ModelLoader(Checkpoint file, List<Stated> beside, ModelOptions options) {
    this.file = file;
    this.options = options;
    List<Stated> sources = new ArrayList<>(beside);
    sources.add(new ModelMetadata(file.description(), file.metadata()));
    this.stated = Stated.firstOf(sources);
    this.meaning =
        new Meaning(file.description(), "conv1.weight takes", "fc.weight has", stated, options);
    this.names = ParameterNames.of(file.shapes());
    this.shapes = names.shapes();
  }

  @Override
  public LoadedNetwork network() throws IOException {
    Fit fit = architecture();
    int crop = meaning.crop(meaning.usual(fit.spec().inChannels(), fit.spec().stem()));
    return new LoadedNetwork(fit.spec().name(), fit.spec(), graph(fit, crop));
  }

  private Graph graph(Fit fit, int crop) throws IOException {
    StateDict weights = StateDict.load(file, names, fit.spec().name(), fit.expected());
    return ResNet.build(
        fit.spec(),
        crop,
        crop,
        (name, dims) ->
            fit.expected().containsKey(name)
                ? weights.get(name, dims)
                : Tensor.of(new float[dims[0]], dims)); // the bias that there is none of
  }

  @Override
  public PretrainedModel load() throws IOException {
    Fit fit = architecture();
    ResNetSpec spec = fit.spec();
    Preprocessing otherwise = meaning.usual(spec.inChannels(), spec.stem());
    Preprocessing known = meaning.stated(otherwise);
    Preprocessing preprocessing = meaning.changed(known != null ? known : otherwise);
    meaning.checkChannels(spec.inChannels(), preprocessing);
    Labels labels = meaning.labels(spec.numClasses());
    return new PretrainedModel(
        spec.name(),
        describe(fit)
            + ", preprocessing "
            + preprocessing.name()
            + (known != null ? "" : " (assumed)"),
        spec,
        graph(fit, preprocessing.crop()),
        preprocessing,
        labels);
  }

  /** The network, which fits and is built here. */
  private Fit architecture() throws IOException {
    stated.checkBuilt();
    Fit fit = fitting();
    meaning.checkClasses(fit.spec().numClasses());
    return fit;
  }

  private Fit fitting() throws IOException {
    ResNetSpec named = options.model() != null ? ResNets.named(options.model()) : stated.network();
    Optional<ResNetSpec> read = MemberReader.read(shapes);
    Integer width = stated.baseWidth();
    StridePlacement placement = stridePlacement();
    UnaryOperator<ResNetSpec> resized =
        spec -> {
          ResNetSpec sized = MemberReader.resized(spec, shapes, classes());
          sized = width == null ? sized : sized.withBaseWidth(width);
          return sized.withStridePlacement(placement);
        };
    Fit fit = null;
    if (named != null) {
      fit = fit(named, resized);
    } else if (read.isPresent()) {
      fit = Fit.tryOf(read.get(), resized, shapes).orElse(null);
    }
    if (fit != null && fit.mismatch().isEmpty()) {
      return fit;
    }
    Optional<Fit> best = Fit.best(read, resized, shapes);
    if (fit == null) {
      fit = best.orElseThrow(() -> tooWide(width));
    }
    if (!fit.mismatch().isEmpty()) {
      throw new WeightsMismatchException(
          file.description(),
          fit.spec().name(),
          fit.mismatch(),
          names.doubt().orElse(fit.hint(best)));
    }
    return fit;
  }

  private StridePlacement stridePlacement() throws ModelFileException {
    StridePlacement placement =
        options.stridePlacement() != null ? options.stridePlacement() : stated.stridePlacement();
    return placement == null ? StridePlacement.V1_5 : placement;
  }

  private Fit fit(ResNetSpec named, UnaryOperator<ResNetSpec> resized) throws ModelFileException {
    try {
      return Fit.of(resized.apply(named), shapes);
    } catch (IllegalArgumentException e) {
      throw new ModelFileException(
          file.description(),
          "no " + named.name() + " has its extents: " + e.getMessage(),
          "name the network the file holds",
          e);
    }
  }

  private ModelFileException tooWide(@Nullable Integer width) {
    return new ModelFileException(
        file.description(),
        width == null
            ? "no network has such a conv1.weight"
            : "no network has a base width of " + width,
        "use another file");
  }

  /** Those that a file must have which has a classifier but not where it is looked for. */
  private int classes() {
    return names.hasHead()
        ? options.numClasses() != null ? options.numClasses() : IMAGENET_CLASSES
        : 0;
  }

  /** {@code "resnet18 (base width 16), 10 classes, Fashion-MNIST (MIT)"}. */
  private String describe(Fit fit) {
    ResNetSpec spec = fit.spec();
    StringBuilder text = new StringBuilder(spec.name());
    if (spec.baseWidth() != USUAL_WIDTH) {
      text.append(" (base width ").append(spec.baseWidth()).append(')');
    }
    if (spec.stem() == Stem.CIFAR) {
      text.append(", stem 3x3 (CIFAR)");
    }
    if (spec.inChannels() == 1) {
      text.append(", grey pictures");
    } else if (spec.inChannels() != 3) {
      text.append(", ").append(spec.inChannels()).append(" channels");
    }
    if (spec.block() == Block.BOTTLENECK && spec.stridePlacement() == StridePlacement.V1) {
      text.append(", stride in the first 1x1");
    }
    text.append(
        spec.numClasses() == 0
            ? ", no classifier, " + spec.features() + " features"
            : ", " + spec.numClasses() + " classes" + (fit.isWithoutBias() ? " without bias" : ""));
    @Nullable String dataset = stated.dataset();
    if (dataset != null && !dataset.isBlank()) {
      text.append(", ").append(Quote.line(dataset));
    }
    file.choice().ifPresent(which -> text.append(", tensors ").append(which));
    names.renamed().ifPresent(how -> text.append(", tensors ").append(how));
    return text.toString();
  }
}
