package org.resnet4j.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.lang.ref.WeakReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.resnet4j.core.backend.Backend;
import org.resnet4j.core.backend.BackendOptions;
import org.resnet4j.core.backend.Backends;
import org.resnet4j.core.backend.InsufficientMemoryException;
import org.resnet4j.core.backend.Session;
import org.resnet4j.core.backend.WarmUp;
import org.resnet4j.core.image.DecodeOptions;
import org.resnet4j.core.image.ImageDecodeException;
import org.resnet4j.core.image.RgbImage;
import org.resnet4j.core.image.decode.ImageDecoder;
import org.resnet4j.core.model.PretrainedModel;
import org.resnet4j.core.model.SeededModels;

@Timeout(120)
class ClassifierTest {
  private static final PretrainedModel TINY = SeededModels.tiny(7);
  private static Backend backend;

  @TempDir Path folder;

  @BeforeAll
  static void open() {
    backend = Backends.open("reference", new BackendOptions(1));
  }

  @AfterAll
  static void close() {
    backend.close();
  }

  /** Pictures of different sizes, all different. */
  static List<RgbImage> pictures(int count) {
    SplittableRandom random = new SplittableRandom(3);
    List<RgbImage> pictures = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      byte[] data = new byte[3 * (20 + i) * 30];
      random.nextBytes(data);
      pictures.add(new RgbImage(20 + i, 30, data));
    }
    return pictures;
  }

  @Test
  void logitsAreThePlansOwn() {
    try (Classifier classifier = Classifier.open(TINY, backend, 2);
        Session session = classifier.plan().newSession(1)) {
      List<RgbImage> pictures = pictures(3);
      List<float[]> logits = classifier.logits(pictures);
      assertThat(logits).hasSize(3);
      for (int i = 0; i < 3; i++) {
        float[] expected = new float[7];
        session.run(1, TINY.preprocessing().apply(pictures.get(i)).data(), expected);
        assertThat(logits.get(i)).containsExactly(expected);
      }
      assertThat(Arrays.equals(logits.get(0), logits.get(1))).isFalse();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7, 8})
  void anyNumberOfPicturesRunsInBatches(int maxBatch) {
    try (Classifier classifier = Classifier.open(TINY, backend, maxBatch)) {
      List<RgbImage> pictures = pictures(7);
      List<Classification> together = classifier.classify(pictures, 3);
      assertThat(together).hasSize(7);
      for (int i = 0; i < 7; i++) {
        assertThat(together.get(i).predictions())
            .isEqualTo(classifier.classify(pictures.get(i), 3).predictions());
      }
      assertThat(classifier.classify(List.of(), 3)).isEmpty();
      assertThat(classifier.logits(List.of())).isEmpty();
      assertThat(classifier.maxBatch()).isEqualTo(maxBatch);
    }
  }

  @Test
  void probabilitiesOfAllClassesAddUp() {
    try (Classifier classifier = Classifier.open(TINY, backend, 1)) {
      List<Prediction> all = classifier.classify(pictures(1).getFirst(), 100).predictions();
      assertThat(all).extracting(Prediction::index).doesNotHaveDuplicates().hasSize(7);
      assertThat(all.stream().mapToDouble(Prediction::probability).sum())
          .isCloseTo(1, within(1e-12));
      assertThat(all.getFirst().label()).isEqualTo("class " + all.getFirst().index());
      assertThat(classifier.model().labels()).isSameAs(TINY.labels());
      assertThat(classifier.model().graph().toString()).isEqualTo(TINY.graph().toString());
    }
  }

  /** The caller drops the model, the classifier goes on; memory holds the packed weights only. */
  @Test
  void keepsNoWeightsButThePlans() throws InterruptedException {
    PretrainedModel model = SeededModels.tiny(7);
    WeakReference<float[]> conv = weights(model, "layer2.0.conv1");
    WeakReference<float[]> stem = weights(model, "conv1");
    WeakReference<float[]> linear = weights(model, "fc");
    FakePlan plan = new FakePlan(1, () -> {}); // keeps nothing
    try (Classifier classifier = Classifier.open(model, plan, 1)) {
      assertThat(classifier.model().graph().parameters()).isEqualTo(model.graph().parameters());
      model = null;
      for (int i = 0; i < 100 && (conv.get() != null || linear.get() != null); i++) {
        System.gc();
        Thread.sleep(10);
      }
      assertThat(conv.get()).isNull();
      assertThat(stem.get()).isNull();
      assertThat(linear.get()).isNull();
      assertThat(classifier.logits(pictures(1))).hasSize(1);
    }
  }

  private static WeakReference<float[]> weights(PretrainedModel model, String node) {
    return new WeakReference<>(model.graph().node(node).op().tensors().getFirst().data());
  }

  @Test
  void warmsUp() {
    AtomicInteger runs = new AtomicInteger();
    FakePlan plan = new FakePlan(2, runs::incrementAndGet);
    try (Classifier classifier = Classifier.open(TINY, plan, 3)) {
      WarmUp one = classifier.warmUp(Duration.ZERO);
      assertThat(one.runs()).isEqualTo(1).isEqualTo(runs.get());
      assertThat(one.settled()).isFalse();
      WarmUp all = classifier.warmUp(Duration.ofSeconds(60));
      assertThat(all.runs()).isEqualTo(runs.get() - 1).isGreaterThan(5);
      assertThat(all.settled()).isTrue();
      assertThat(plan.opened).hasValue(1);
    }
    assertThatThrownBy(() -> Classifier.open(TINY, plan, 1).warmUp(Duration.ZERO))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void refusesToRankLessThanOneClass() {
    try (Classifier classifier = Classifier.open(TINY, backend, 1)) {
      assertThatThrownBy(() -> classifier.classify(pictures(1), 0))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("topK");
      assertThatThrownBy(() -> classifier.classify(Path.of("none"), -1))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void readsAFileAsTheDecoderDoes() throws Exception {
    Path file = resource("jpeg-exif-6.jpg");
    DecodeOptions upright = DecodeOptions.DEFAULT.withApplyExif(true);
    try (Classifier plain = Classifier.open(TINY, backend, 1);
        Classifier turned = Classifier.open(TINY, backend, 1, upright)) {
      Classification classification = plain.classify(file, 7);
      assertThat(classification.predictions())
          .isEqualTo(plain.classify(ImageDecoder.decode(file), 7).predictions())
          .isNotEqualTo(turned.classify(file, 7).predictions());
      assertThat(turned.classify(file, 7).predictions())
          .isEqualTo(plain.classify(ImageDecoder.decode(file, upright), 7).predictions());
      assertThat(classification.timing().decodeMillis()).isPositive();
      assertThat(classification.timing().preprocessMillis()).isPositive();
      assertThat(classification.timing().networkMillis()).isPositive();
      assertThat(plain.classify(pictures(1), 1).getFirst().timing().decodeMillis()).isZero();
    }
  }

  private Path resource(String name) throws Exception {
    try (var in = getClass().getResourceAsStream("image/pictures/" + name)) {
      return Files.write(folder.resolve(name), in.readAllBytes());
    }
  }

  @Test
  void aBadPictureLeavesTheClassifierUsable() throws Exception {
    Path bad = Files.writeString(folder.resolve("bad.jpg"), "no picture");
    try (Classifier classifier = Classifier.open(TINY, backend, 1)) {
      for (int i = 0; i < 20; i++) {
        assertThatThrownBy(() -> classifier.classify(bad, 1))
            .isInstanceOf(ImageDecodeException.class)
            .hasMessageContaining("bad.jpg");
      }
      List<RgbImage> holed = new ArrayList<>(pictures(2));
      holed.set(1, null);
      assertThatThrownBy(() -> classifier.classify(holed, 1))
          .isInstanceOf(NullPointerException.class);
      assertThat(classifier.classify(pictures(1), 1)).hasSize(1);
    }
  }

  @Test
  void aFailingRunLeavesTheClassifierUsable() {
    boolean[] fail = {true};
    FakePlan plan =
        new FakePlan(
            1,
            () -> {
              if (fail[0]) {
                throw new ArithmeticException("on purpose");
              }
            });
    try (Classifier classifier = Classifier.open(TINY, plan, 1)) {
      for (int i = 0; i < 100; i++) {
        assertThatThrownBy(() -> classifier.classify(pictures(1), 1))
            .isInstanceOf(ArithmeticException.class);
      }
      fail[0] = false;
      assertThat(classifier.classify(pictures(1), 1)).hasSize(1);
    }
    assertThat(plan.closed).isTrue();
    assertThat(plan.closedSessions).hasValue(1);
  }

  @Test
  void failsToOpenWithoutLeavingAPlan() {
    FakePlan plan = new FakePlan(0, () -> {});
    assertThatThrownBy(() -> Classifier.open(TINY, plan, 1))
        .isInstanceOf(InsufficientMemoryException.class);
    assertThat(plan.closed).isTrue();
    assertThatThrownBy(() -> Classifier.open(TINY, backend, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("maxBatch");
  }

  @Test
  void aClosedClassifierSaysSo() {
    Classifier classifier = Classifier.open(TINY, backend, 1);
    classifier.close();
    classifier.close();
    for (int i = 0; i < 3; i++) {
      assertThatThrownBy(() -> classifier.classify(pictures(1), 1))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("this classifier is closed");
      assertThatThrownBy(() -> classifier.logits(pictures(1)))
          .isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(() -> classifier.classify(Path.of("none"), 1))
          .isInstanceOf(IllegalStateException.class);
    }
    assertThatThrownBy(() -> classifier.plan().newSession(1))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void theBackendStaysOpen() {
    Classifier.open(TINY, backend, 1).close();
    try (Classifier second = Classifier.open(TINY, backend, 1)) {
      assertThat(second.classify(pictures(1), 1)).hasSize(1);
    }
  }

  @Test
  void aClosedBackendIsNamed() {
    Backend own = Backends.open("reference", new BackendOptions(1));
    try (Classifier classifier = Classifier.open(TINY, own, 1)) {
      own.close();
      assertThatThrownBy(() -> classifier.classify(pictures(1), 1))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("reference backend is closed");
    }
  }

  @Test
  void aListChangedDuringTheCallDoesNoHarm() {
    List<RgbImage> pictures = new ArrayList<>(pictures(2));
    FakePlan plan = new FakePlan(1, pictures::clear);
    try (Classifier classifier = Classifier.open(TINY, plan, 1)) {
      assertThat(classifier.classify(pictures, 1)).hasSize(2);
    }
  }
}
