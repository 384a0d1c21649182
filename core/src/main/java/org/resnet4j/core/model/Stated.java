package org.resnet4j.core.model;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.resnet4j.core.image.Preprocessing;

/**
 * What a file says about a model beside its tensors. Where it says nothing the answer is null;
 * where what it says cannot be used, asking for it throws, so that an option can take its place.
 */
interface Stated {
  /** The network, of which the kind, number and grouping of blocks count. */
  default @Nullable ResNetSpec network() throws ModelFileException {
    return null;
  }

  /** Planes of the first stage. */
  default @Nullable Integer baseWidth() throws ModelFileException {
    return null;
  }

  /** Where bottlenecks stride. */
  default @Nullable StridePlacement stridePlacement() throws ModelFileException {
    return null;
  }

  /**
   * From a picture to the network's input.
   *
   * @param otherwise what counts where nothing is said; its channels are the network's
   * @param testSize whether the size for tests is wanted, where one is stated
   */
  default @Nullable Preprocessing preprocessing(Preprocessing otherwise, boolean testSize)
      throws ModelFileException {
    return null;
  }

  /**
   * The names of the classes.
   *
   * @param classes how many there are
   */
  default @Nullable Labels labels(int classes) throws ModelFileException {
    return null;
  }

  /** What it was trained on, for people. */
  default @Nullable String dataset() {
    return null;
  }

  /** Refuses a model that is not built here, whatever the user calls it. */
  default void checkBuilt() throws ModelFileException {}

  /** Refuses a network of another number of classes than is stated. */
  default void checkClasses(int classes) throws ModelFileException {}

  /** What the first of several says that says something. */
  static Stated firstOf(List<Stated> sources) {
    return new Stated() {
      @Override
      public @Nullable ResNetSpec network() throws ModelFileException {
        return first(Stated::network);
      }

      @Override
      public @Nullable Integer baseWidth() throws ModelFileException {
        return first(Stated::baseWidth);
      }

      @Override
      public @Nullable StridePlacement stridePlacement() throws ModelFileException {
        return first(Stated::stridePlacement);
      }

      @Override
      public @Nullable Preprocessing preprocessing(Preprocessing otherwise, boolean testSize)
          throws ModelFileException {
        return first(source -> source.preprocessing(otherwise, testSize));
      }

      @Override
      public @Nullable Labels labels(int classes) throws ModelFileException {
        return first(source -> source.labels(classes));
      }

      @Override
      public @Nullable String dataset() {
        return sources.stream()
            .map(Stated::dataset)
            .filter(dataset -> dataset != null)
            .findFirst()
            .orElse(null);
      }

      @Override
      public void checkClasses(int classes) throws ModelFileException {
        for (Stated source : sources) {
          source.checkClasses(classes);
        }
      }

      @Override
      public void checkBuilt() throws ModelFileException {
        for (Stated source : sources) {
          source.checkBuilt();
        }
      }

      private <T> @Nullable T first(Question<T> question) throws ModelFileException {
        for (Stated source : sources) {
          T answer = question.ask(source);
          if (answer != null) {
            return answer;
          }
        }
        return null;
      }
    };
  }

  /** What is asked of each source. */
  @FunctionalInterface
  interface Question<T> {
    @Nullable T ask(Stated source) throws ModelFileException;
  }
}
