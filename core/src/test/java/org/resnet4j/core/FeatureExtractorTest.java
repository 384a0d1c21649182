package org.resnet4j.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.resnet4j.core.backend.Backend;
import org.resnet4j.core.backend.BackendOptions;
import org.resnet4j.core.backend.Backends;
import org.resnet4j.core.backend.Deadline;
import org.resnet4j.core.backend.RunCancelledException;
import org.resnet4j.core.image.RgbImage;
import org.resnet4j.core.model.PretrainedModel;
import org.resnet4j.core.model.SeededModels;

class FeatureExtractorTest {
  private static final PretrainedModel TINY = SeededModels.tiny(7);
  private static Backend backend;

  @BeforeAll
  static void open() {
    backend = Backends.open("reference", new BackendOptions(1));
  }

  @AfterAll
  static void close() {
    backend.close();
  }

  @Test
  void featuresAreWhatTheClassifierReads() {
    List<RgbImage> pictures = ClassifierTest.pictures(5);
    try (FeatureExtractor extractor = FeatureExtractor.open(TINY, backend, 2);
        Classifier classifier = Classifier.open(TINY, backend, 2)) {
      List<float[]> features = extractor.extract(pictures);
      List<float[]> logits = classifier.logits(pictures);
      assertThat(extractor.length()).isEqualTo(32);
      assertThat(extractor.model().graph().output().name()).isEqualTo("avgpool");
      float[] weight = SeededModels.weights(1).get("fc.weight", 7, 32).data();
      float[] bias = SeededModels.weights(1).get("fc.bias", 7).data();
      for (int picture = 0; picture < pictures.size(); picture++) {
        assertThat(features.get(picture)).hasSize(32);
        for (int k = 0; k < 7; k++) {
          double sum = bias[k];
          for (int c = 0; c < 32; c++) {
            sum += (double) weight[k * 32 + c] * features.get(picture)[c];
          }
          assertThat((double) logits.get(picture)[k]).isCloseTo(sum, within(1e-5));
        }
        assertThat(extractor.extract(pictures.get(picture))).containsExactly(features.get(picture));
      }
    }
  }

  @Test
  void aModelWithoutAClassifierHasTheSameFeatures() throws IOException {
    PretrainedModel headless = SeededModels.headless();
    assertThat(headless.spec().numClasses()).isZero();
    assertThat(headless.labels().size()).isZero();
    assertThat(headless.description()).contains("no classifier, 32 features");
    assertThat(headless.withoutClassifier()).isSameAs(headless);
    List<RgbImage> pictures = ClassifierTest.pictures(2);
    PretrainedModel whole = SeededModels.loaded(3, SeededModels.TINY_SIZE);
    try (FeatureExtractor with = FeatureExtractor.open(whole, backend, 1);
        FeatureExtractor without = FeatureExtractor.open(headless, backend, 1)) {
      for (RgbImage picture : pictures) {
        assertThat(without.extract(picture)).containsExactly(with.extract(picture));
      }
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Classifier.open(headless, backend, 1))
        .withMessageContaining("has no classifier; a FeatureExtractor");
  }

  static Stream<PretrainedModel> stems() throws IOException {
    return Stream.of(SeededModels.grey(), SeededModels.cifar());
  }

  @ParameterizedTest
  @MethodSource("stems")
  void otherStemsRunOnPictures(PretrainedModel model) {
    List<RgbImage> pictures = ClassifierTest.pictures(3);
    try (Classifier classifier = Classifier.open(model, backend, 2)) {
      assertThat(classifier.classify(pictures, 1)).hasSize(3);
    }
  }

  @Test
  void otherChannelsThanAPicturesAreRefusedWhereAPictureWouldCome() throws IOException {
    PretrainedModel model = SeededModels.loaded(4, SeededModels.ANY_SIZE);
    assertThat(model.graph().inputShape().channels()).isEqualTo(4);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Classifier.open(model, backend, 1))
        .withMessageContaining("pictures have 3 channels or 1, and the network takes 4");
  }

  @Test
  void isClosedAndCancelledAsAClassifierIs() {
    FeatureExtractor extractor = FeatureExtractor.open(TINY, backend, 1);
    assertThatThrownBy(() -> extractor.extract(List.of(), Deadline.after(Duration.ZERO)))
        .isInstanceOf(RunCancelledException.class);
    extractor.close();
    extractor.close();
    assertThatThrownBy(() -> extractor.extract(Path.of("any.png")))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("this feature extractor is closed");
  }
}
