package org.resnet4j.core.model;

import org.jspecify.annotations.Nullable;
import org.resnet4j.core.image.Preprocessing;
import org.resnet4j.core.text.Quote;

/**
 * What pictures and answers mean to a network: as the user says, else as files say, else as is
 * usual; checked against what the network has.
 */
final class Meaning {
  private static final int IMAGENET_CLASSES = 1000;

  private final String source;
  private final String takes;
  private final String has;
  private final Stated stated;
  private final ModelOptions options;

  /**
   * Of one file.
   *
   * @param source what messages call the file
   * @param takes what tells the channels, such as "conv1.weight takes"
   * @param has what tells the classes, such as "fc.weight has"
   */
  Meaning(String source, String takes, String has, Stated stated, ModelOptions options) {
    this.source = source;
    this.takes = takes;
    this.has = has;
    this.stated = stated;
    this.options = options;
  }

  /** What is assumed of pictures. */
  Preprocessing usual(int channels, Stem stem) throws ModelFileException {
    try {
      return DefaultPreprocessing.of(channels, stem);
    } catch (IllegalArgumentException e) {
      throw noPreprocessing(e);
    }
  }

  /**
   * The preprocessing that user or file state; null where neither says anything.
   *
   * @param otherwise what counts where only some is said
   */
  @Nullable Preprocessing stated(Preprocessing otherwise) throws ModelFileException {
    if (options.preprocessing() != null) {
      return options.preprocessing();
    }
    try {
      return options.change().isWhole()
          ? otherwise
          : stated.preprocessing(otherwise, options.testSize());
    } catch (IllegalArgumentException e) {
      throw noPreprocessing(e);
    }
  }

  /**
   * Width and height of the pictures for who wants no more of the preprocessing.
   *
   * @param usual counts where what is stated cannot be used
   */
  int crop(Preprocessing usual) {
    try {
      Preprocessing known = stated(usual);
      return changed(known == null ? usual : known).crop();
    } catch (ModelFileException _) {
      return usual.crop();
    }
  }

  /** A preprocessing with what the user changes of it. */
  Preprocessing changed(Preprocessing preprocessing) throws ModelFileException {
    try {
      return options.change().apply(preprocessing);
    } catch (IllegalArgumentException e) {
      throw noPreprocessing(e);
    }
  }

  private ModelFileException noPreprocessing(IllegalArgumentException e) {
    return new ModelFileException(
        source, "there is no such preprocessing: " + e.getMessage(), "state another by options", e);
  }

  /** Refuses a network of another number of classes, 0 for no classifier, than is wanted. */
  void checkClasses(int classes) throws ModelFileException {
    if (classes > 0) {
      stated.checkClasses(classes);
    }
    if (options.numClasses() != null && options.numClasses() != classes) {
      throw new ModelFileException(
          source,
          classes(classes) + ", --num-classes says " + options.numClasses(),
          "leave the option out or use another file");
    }
  }

  private String classes(int classes) {
    return classes == 0 ? "the network has no classifier" : has + " " + classes + " classes";
  }

  /** Refuses a preprocessing that makes other channels than the network takes. */
  void checkChannels(int channels, Preprocessing preprocessing) throws ModelFileException {
    if (preprocessing.channels() != channels) {
      throw new ModelFileException(
          source,
          takes
              + " "
              + channels
              + " channels, and the preprocessing "
              + preprocessing.name()
              + " makes "
              + preprocessing.channels(),
          "give a mean and a deviation for each channel");
    }
  }

  /** The names of the classes. */
  Labels labels(int classes) throws ModelFileException {
    if (options.labels() != null) {
      if (options.labels().size() != classes) {
        throw new ModelFileException(
            source,
            classes(classes)
                + ", and there are "
                + options.labels().size()
                + " labels ("
                + options.labels().form()
                + range(options.labels())
                + ")",
            "give one label for each class");
      }
      return options.labels();
    }
    if (classes == 0) {
      return Labels.NONE;
    }
    Labels own = stated.labels(classes);
    if (own != null) {
      return own;
    }
    return classes == IMAGENET_CLASSES ? Labels.imagenet1k() : Labels.numbered(classes);
  }

  private static String range(Labels labels) {
    return labels.size() == 0
        ? ""
        : ", from "
            + Quote.name(labels.get(0))
            + " to "
            + Quote.name(labels.get(labels.size() - 1));
  }
}
