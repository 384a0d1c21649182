package org.resnet4j.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.resnet4j.core.backend.Backend;
import org.resnet4j.core.backend.BackendOptions;
import org.resnet4j.core.backend.Backends;
import org.resnet4j.core.image.RgbImage;
import org.resnet4j.core.model.PretrainedModel;
import org.resnet4j.core.model.ResNet;
import org.resnet4j.core.model.SeededModels;
import org.resnet4j.core.tensor.Tensor;
import org.resnet4j.core.weights.WeightSource;

class NonFiniteResultTest {
  private static final PretrainedModel TINY = SeededModels.tiny(7);
  private static final RgbImage BLACK = plain(0);
  private static final RgbImage WHITE = plain(255);
  private static Backend backend;

  @BeforeAll
  static void open() {
    backend = Backends.open("reference", new BackendOptions(1));
  }

  @AfterAll
  static void close() {
    backend.close();
  }

  private static RgbImage plain(int sample) {
    byte[] data = new byte[3 * 40 * 40];
    Arrays.fill(data, (byte) sample);
    return new RgbImage(40, 40, data);
  }

  /** The tiny network with one parameter's first channel as large as float32 allows. */
  private static PretrainedModel overflowing(String parameter) {
    WeightSource sound = SeededModels.weights(1);
    WeightSource weights =
        (name, dims) -> {
          Tensor tensor = sound.get(name, dims);
          if (!name.equals(parameter)) {
            return tensor;
          }
          float[] values = tensor.data().clone();
          Arrays.fill(values, 0, values.length / dims[0], 3e38f);
          return Tensor.of(values, dims);
        };
    return new PretrainedModel(
        "overflowing",
        "for tests",
        TINY.spec(),
        ResNet.build(TINY.spec(), 32, 32, weights),
        TINY.preprocessing(),
        TINY.labels());
  }

  private static NonFiniteResultException refused(Classifier classifier, RgbImage... pictures) {
    return catchThrowableOfType(
        NonFiniteResultException.class, () -> classifier.classify(List.of(pictures), 1));
  }

  /** The stem's filter is positive, so black pictures, which are negative, fall to its ReLU. */
  @Test
  void namesThePictureAndTheFirstLayer() {
    try (Classifier classifier = Classifier.open(overflowing("conv1.weight"), backend, 2)) {
      NonFiniteResultException refused = refused(classifier, BLACK, BLACK, WHITE, BLACK);
      assertThat(refused.image()).isEqualTo(2);
      assertThat(refused.layer()).contains("conv1");
      assertThat(refused)
          .hasMessage(
              "picture 2 (counted from 0): the network's result is not finite, and conv1 is the"
                  + " first layer whose value is not; "
                  + refused.remedy());
      assertThat(classifier.classify(List.of(BLACK, BLACK), 1)).hasSize(2);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"layer2.0.conv2.weight", "layer4.1.conv1.weight", "fc.weight"})
  void findsTheLayerWhereverItIs(String parameter) {
    try (Classifier classifier = Classifier.open(overflowing(parameter), backend, 1)) {
      assertThat(refused(classifier, WHITE).layer().map(layer -> layer + ".weight"))
          .contains(parameter);
    }
  }

  /** In a stream they are one picture's failure, by its number among all. */
  @Test
  void aStreamGoesOn() {
    List<RgbImage> pictures = new ArrayList<>(Collections.nCopies(20, BLACK));
    pictures.set(13, WHITE);
    try (Classifier classifier = Classifier.open(overflowing("conv1.weight"), backend, 4);
        PictureStream<RgbImage, Classification> outcomes =
            classifier.classifyAll(pictures, (picture, _) -> picture, 1)) {
      int index = 0;
      for (Outcome<RgbImage, Classification> outcome : outcomes) {
        if (index++ == 13) {
          assertThat(((Outcome.Failed<?, ?>) outcome).cause())
              .isInstanceOf(NonFiniteResultException.class)
              .hasMessageStartingWith("picture 13 (counted from 0): ")
              .hasMessageContaining("and conv1 is the first layer");
        } else {
          assertThat(outcome).isInstanceOf(Outcome.Answered.class);
        }
      }
      assertThat(index).isEqualTo(20);
    }
  }

  @Test
  void logitsAreWhatCameOut() {
    try (Classifier classifier = Classifier.open(overflowing("conv1.weight"), backend, 2)) {
      List<float[]> logits = classifier.logits(List.of(BLACK, WHITE));
      assertThat(FiniteCheck.allFinite(logits.get(0), 0, 7)).isTrue();
      assertThat(FiniteCheck.allFinite(logits.get(1), 0, 7)).isFalse();
    }
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
  void everyPositionCounts(float value) {
    for (int at = 0; at < 3; at++) {
      FiniteCheck.Pictures check = new FiniteCheck.Pictures(3);
      float[] logits = new float[9];
      logits[3 + at] = value;
      for (int picture : new int[] {2, 0, 1, 2, 1}) {
        check.see(picture, logits, picture * 3);
      }
      assertThat(check.firstBad()).isEqualTo(1);
    }
    FiniteCheck.Pictures sound = new FiniteCheck.Pictures(3);
    sound.see(0, new float[] {-Float.MAX_VALUE, 0, Float.MAX_VALUE}, 0);
    assertThat(sound.firstBad()).isEqualTo(-1);
  }
}
