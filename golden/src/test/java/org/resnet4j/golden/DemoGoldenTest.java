package org.resnet4j.golden;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.resnet4j.core.Classification;
import org.resnet4j.core.Classifier;
import org.resnet4j.core.backend.Availability;
import org.resnet4j.core.backend.Backend;
import org.resnet4j.core.backend.BackendOptions;
import org.resnet4j.core.backend.BackendProvider;
import org.resnet4j.core.backend.Backends;
import org.resnet4j.core.image.RgbImage;

/** The demo model on the samples, from the PNG file to the logits, against PyTorch's float64. */
class DemoGoldenTest {
  private static final double MAX_RESIDUAL = 1e-5;

  private final Samples samples = Samples.load();

  @TempDir Path folder;

  /** {@code simd} wherever it can run. */
  static Stream<String> backends() {
    return Backends.providers().stream()
        .filter(provider -> List.of("reference", "simd").contains(provider.name()))
        .filter(provider -> provider.availability() instanceof Availability.Available)
        .map(BackendProvider::name);
  }

  @Test
  void theReferenceIsAmongTheBackends() {
    assertThat(backends()).contains("reference");
  }

  @ParameterizedTest
  @MethodSource("backends")
  void agreesWithPyTorchOnEverySample(String name) {
    try (Backend backend = Backends.open(name, BackendOptions.defaults());
        Classifier classifier = Classifier.open(DemoModel.load(), backend, 16)) {
      List<RgbImage> images = samples.names().stream().map(samples::image).toList();
      List<float[]> logits = classifier.logits(images);
      double worst = 0;
      for (int i = 0; i < images.size(); i++) {
        String sample = samples.names().get(i);
        double[] expected = samples.logits(sample);
        worst = Math.max(worst, Logits.residual(logits.get(i), expected));
        // A tie within the error is decided by rounding, not by the network.
        if (Logits.margin(expected) > 2 * Logits.maxError(logits.get(i), expected)) {
          assertThat(top(logits.get(i))).as(sample).isEqualTo(Logits.top(expected));
        }
      }
      System.out.printf("%s: worst residual %.2e, allowed %.0e%n", name, worst, MAX_RESIDUAL);
      assertThat(worst).isLessThanOrEqualTo(MAX_RESIDUAL);
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void isRightAsOftenAsPyTorch(String name) {
    try (Backend backend = Backends.open(name, BackendOptions.defaults());
        Classifier classifier = Classifier.open(DemoModel.load(), backend, 7)) {
      List<RgbImage> images = samples.names().stream().map(samples::image).toList();
      List<Classification> answers = classifier.classify(images, 3);
      int correct = 0;
      for (int i = 0; i < images.size(); i++) {
        int answer = answers.get(i).predictions().getFirst().index();
        correct += answer == samples.label(samples.names().get(i)) ? 1 : 0;
      }
      assertThat(correct).isEqualTo(58);
      assertThat(samples.metadata()).containsEntry("correct", Integer.toString(correct));
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void classifiesAFile(String name) throws Exception {
    String sample = samples.names().getFirst();
    Path file = Files.write(folder.resolve(sample), samples.bytes(sample));
    double[] expected = samples.logits(sample);
    double sum = 0;
    for (double logit : expected) {
      sum += Math.exp(logit);
    }
    try (Backend backend = Backends.open(name, BackendOptions.defaults());
        Classifier classifier = Classifier.open(DemoModel.load(), backend, 1)) {
      var best = classifier.classify(file, 1).predictions().getFirst();
      assertThat(best.index()).isEqualTo(Logits.top(expected));
      assertThat(best.label()).isEqualTo(DemoModel.load().labels().get(best.index()));
      assertThat(best.probability())
          .isCloseTo(Math.exp(expected[best.index()]) / sum, within(1e-5));
    }
  }

  private static int top(float[] logits) {
    double[] widened = new double[logits.length];
    for (int i = 0; i < logits.length; i++) {
      widened[i] = logits[i];
    }
    return Logits.top(widened);
  }
}
