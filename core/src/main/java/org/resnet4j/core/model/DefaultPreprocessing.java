package org.resnet4j.core.model;

import java.util.Collections;
import java.util.List;
import org.resnet4j.core.image.Preprocessing;

/** What is assumed of pictures where neither file nor user says anything. */
final class DefaultPreprocessing {
  /** Height and width of CIFAR's pictures. */
  static final int CIFAR_SIZE = 32;

  private static final int RGB = 3;

  private DefaultPreprocessing() {}

  /**
   * torchvision's, by its first weights; for grey pictures with the mean of its three channels, for
   * any other number of channels without any.
   */
  static Preprocessing of(int channels) {
    return switch (channels) {
      case RGB -> Preprocessing.TORCHVISION_V1;
      case 1 -> like("torchvision-v1-grey", List.of(0.449f), List.of(0.226f));
      default ->
          like(
              "torchvision-v1-size",
              Collections.nCopies(channels, 0f),
              Collections.nCopies(channels, 1f));
    };
  }

  /** The same for a stem: CIFAR's takes pictures as large as CIFAR's. */
  static Preprocessing of(int channels, Stem stem) {
    Preprocessing usual = of(channels);
    return stem == Stem.IMAGENET
        ? usual
        : new Preprocessing(
            "cifar-size", CIFAR_SIZE, CIFAR_SIZE, usual.interpolation(), usual.mean(), usual.std());
  }

  private static Preprocessing like(String name, List<Float> mean, List<Float> std) {
    Preprocessing usual = Preprocessing.TORCHVISION_V1;
    return new Preprocessing(
        name, usual.resizeShorterSide(), usual.crop(), usual.interpolation(), mean, std);
  }
}
