package org.resnet4j.core.model;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.resnet4j.core.image.Preprocessing;
import org.resnet4j.core.text.Quote;
import org.resnet4j.core.weights.SafetensorsFile;
import org.resnet4j.core.weights.StateDict;
import org.resnet4j.core.weights.WeightsMismatchException;

/** One load of {@link PretrainedModel#load(SafetensorsFile, ModelOptions)}. */
final class ModelLoader {
  private static final String STEM = "conv1.weight";
  private static final String CLASSIFIER = "fc.weight";
  private static final int USUAL_WIDTH = 64;
  private static final int IMAGENET_CLASSES = 1000;

  private final SafetensorsFile file;
  private final ModelOptions options;
  private final ModelMetadata metadata;
  private final Map<String, List<Long>> shapes;

  ModelLoader(SafetensorsFile file, ModelOptions options) {
    this.file = file;
    this.options = options;
    this.metadata = new ModelMetadata(file.description(), file.metadata());
    this.shapes = StateDict.shapes(file);
  }

  PretrainedModel load() throws IOException {
    Fit fit = architecture();
    ResNetSpec spec = fit.spec();
    checkClasses(spec.numClasses());
    Preprocessing stated =
        options.preprocessing() != null ? options.preprocessing() : metadata.preprocessing();
    Preprocessing preprocessing = stated != null ? stated : Preprocessing.TORCHVISION_V1;
    Labels labels = labels(spec.numClasses());
    StateDict weights = StateDict.load(file, spec.name(), fit.expected());
    return new PretrainedModel(
        spec.name(),
        describe(spec)
            + ", preprocessing "
            + preprocessing.name()
            + (stated != null ? "" : " (assumed)"),
        spec,
        ResNet.build(spec, preprocessing.crop(), preprocessing.crop(), weights),
        preprocessing,
        labels);
  }

  /** The network, which fits. */
  private Fit architecture() throws IOException {
    int width = baseWidth();
    int classes = extent(CLASSIFIER, 2, givenClasses());
    UnaryOperator<ResNetSpec> resized =
        spec ->
            spec.withBaseWidth(width)
                .withNumClasses(classes)
                .withStridePlacement(options.stridePlacement());
    Optional<Fit> best = Fit.best(resized, shapes);
    ResNetSpec named = named();
    Fit fit = named != null ? fit(named, resized, width) : best.orElseThrow(() -> tooWide(width));
    if (!fit.mismatch().isEmpty()) {
      throw new WeightsMismatchException(
          file.description(), fit.spec().name(), fit.mismatch(), fit.hint(best));
    }
    return fit;
  }

  private @Nullable ResNetSpec named() throws ModelFileException {
    if (options.model() != null) {
      return ResNets.named(options.model());
    }
    String name = metadata.text("model");
    if (name == null) {
      return null;
    }
    return ResNets.all().stream()
        .filter(spec -> spec.name().equals(name))
        .findFirst()
        .orElseThrow(() -> metadata.bad("model", "is " + Quote.name(name) + ", which is unknown"));
  }

  private Fit fit(ResNetSpec named, UnaryOperator<ResNetSpec> resized, int width)
      throws ModelFileException {
    try {
      return Fit.of(resized.apply(named), shapes);
    } catch (IllegalArgumentException e) {
      throw new ModelFileException(
          file.description(),
          "no " + named.name() + " has a base width of " + width + ": " + e.getMessage(),
          "name the network the file holds",
          e);
    }
  }

  private ModelFileException tooWide(int width) {
    return new ModelFileException(
        file.description(), "no network has a base width of " + width, "use another file");
  }

  private int baseWidth() throws ModelFileException {
    Integer stated = metadata.integer("base_width", ResNetSpec.MAX_EXTENT);
    return stated != null ? stated : extent(STEM, 4, USUAL_WIDTH);
  }

  private int givenClasses() {
    return options.numClasses() != null ? options.numClasses() : IMAGENET_CLASSES;
  }

  /** The first extent of a tensor, or {@code otherwise} if it is not one of this rank. */
  private int extent(String tensor, int rank, int otherwise) {
    List<Long> shape = shapes.getOrDefault(tensor, List.of());
    boolean sound =
        shape.size() == rank && shape.getFirst() >= 1 && shape.getFirst() <= ResNetSpec.MAX_EXTENT;
    return sound ? shape.getFirst().intValue() : otherwise;
  }

  private void checkClasses(int classes) throws ModelFileException {
    String has = CLASSIFIER + " has " + classes + " classes, ";
    Integer stated = metadata.integer("num_classes", ResNetSpec.MAX_EXTENT);
    if (stated != null && stated != classes) {
      throw metadata.bad("num_classes", "is " + stated + ", but " + has + "and that counts");
    }
    if (options.numClasses() != null && options.numClasses() != classes) {
      throw new ModelFileException(
          file.description(),
          has + "--num-classes says " + options.numClasses(),
          "leave the option out or use another file");
    }
  }

  private Labels labels(int classes) throws ModelFileException {
    if (options.labels() != null) {
      if (options.labels().size() != classes) {
        throw new ModelFileException(
            file.description(),
            CLASSIFIER
                + " has "
                + classes
                + " classes, and there are "
                + options.labels().size()
                + " labels",
            "give one label for each class");
      }
      return options.labels();
    }
    Labels stated = metadata.classes();
    if (stated != null) {
      if (stated.size() != classes) {
        throw metadata.bad(
            "classes",
            "has " + stated.size() + " names, and " + CLASSIFIER + " has " + classes + " classes");
      }
      return stated;
    }
    return classes == IMAGENET_CLASSES ? Labels.imagenet1k() : Labels.numbered(classes);
  }

  /** {@code "resnet18 (base width 16), 10 classes, Fashion-MNIST (MIT)"}. */
  private String describe(ResNetSpec spec) {
    String width = spec.baseWidth() == USUAL_WIDTH ? "" : " (base width " + spec.baseWidth() + ")";
    String stride =
        spec.block() == Block.BOTTLENECK && spec.stridePlacement() == StridePlacement.V1
            ? ", stride in the first 1x1"
            : "";
    String dataset = metadata.text("dataset");
    return spec.name()
        + width
        + stride
        + ", "
        + spec.numClasses()
        + " classes"
        + (dataset == null || dataset.isBlank() ? "" : ", " + Quote.line(dataset));
  }
}
