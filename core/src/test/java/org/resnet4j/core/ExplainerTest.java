package org.resnet4j.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.resnet4j.core.backend.Backend;
import org.resnet4j.core.backend.BackendOptions;
import org.resnet4j.core.backend.Backends;
import org.resnet4j.core.backend.Plan;
import org.resnet4j.core.backend.Session;
import org.resnet4j.core.graph.Graph;
import org.resnet4j.core.graph.Op;
import org.resnet4j.core.image.RgbImage;
import org.resnet4j.core.model.PretrainedModel;
import org.resnet4j.core.model.SeededModels;
import org.resnet4j.core.onnx.OnnxFile;

class ExplainerTest {
  private static final PretrainedModel TINY = SeededModels.tiny(5);
  private static final int SIZE = 33;

  private static Backend reference() {
    return Backends.open("reference", BackendOptions.defaults());
  }

  private static Path resource(String name) throws URISyntaxException {
    return Path.of(Objects.requireNonNull(ExplainerTest.class.getResource(name)).toURI());
  }

  /** 2 pictures of 33x33, the logits of 5 classes, the maps of 5x5. */
  @Test
  void mapsArePyTorchs() throws IOException, URISyntaxException {
    List<String> lines = Files.readAllLines(resource("onnx/torch.txt"));
    float[] values = new float[lines.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = Float.parseFloat(lines.get(i));
    }
    int pixels = 2 * 3 * SIZE * SIZE;
    int maps = 2 * 5 * 5 * 5;
    assertThat(values).hasSize(pixels + 10 + maps);
    Graph graph =
        OnnxFile.open(resource("onnx/torch-flatten-opset13-unfolded.onnx")).graph(SIZE, SIZE);
    Graph exchanged = Explainer.exchanged(graph, (Op.Linear) graph.output().op());
    float[] actual = new float[maps];
    try (Backend backend = reference();
        Plan plan = backend.compile(exchanged);
        Session session = plan.newSession(2)) {
      session.run(2, MemorySegment.ofArray(values), MemorySegment.ofArray(actual));
    }
    for (int i = 0; i < maps; i++) {
      assertThat(actual[i]).as("value %d", i).isCloseTo(values[pixels + 10 + i], within(4e-6f));
    }
  }

  /** The classifier's logits, and with a class's bias its map's mean. */
  @Test
  void mapsAddUpToTheLogits() {
    RgbImage picture = ClassifierTest.pictures(1).getFirst();
    try (Backend backend = reference();
        Explainer explainer = Explainer.open(TINY, backend);
        Classifier classifier = Classifier.open(TINY, backend, 1)) {
      Explanation explanation = explainer.explain(picture);
      float[] logits = classifier.logits(List.of(picture)).getFirst();
      float[] bias = Objects.requireNonNull(((Op.Linear) TINY.graph().output().op()).bias()).data();
      for (int i = 0; i < logits.length; i++) {
        assertThat(explanation.logits()[i]).isCloseTo(logits[i], within(1e-5f));
        double sum = 0;
        for (float value : explanation.map(i)) {
          sum += value;
        }
        int count = explanation.height() * explanation.width();
        assertThat(explanation.map(i)).hasSize(count);
        assertThat(sum / count + bias[i]).isCloseTo(logits[i], within(1e-5));
      }
      Prediction best = explanation.predictions(1).getFirst();
      assertThat(best.index())
          .isEqualTo(classifier.classify(picture, 1).predictions().getFirst().index());
      assertThat(explanation.prediction(best.index())).isEqualTo(best);
      assertThat(explanation.predictions(9)).hasSize(5);
      assertThatThrownBy(() -> explanation.map(5)).isInstanceOf(IndexOutOfBoundsException.class);
      assertThatThrownBy(() -> explanation.predictions(0))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void withoutAClassifierThereIsNothingToExplain() {
    try (Backend backend = reference()) {
      assertThatThrownBy(() -> Explainer.open(TINY.withoutClassifier(), backend))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(
              "tiny does not end in an average over all pixels and a linear layer behind it");
    }
  }

  @Test
  void aClosedExplainerSaysSo() {
    try (Backend backend = reference()) {
      Explainer explainer = Explainer.open(TINY, backend);
      explainer.close();
      explainer.close();
      RgbImage picture = ClassifierTest.pictures(1).getFirst();
      assertThatThrownBy(() -> explainer.explain(picture))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("this explainer is closed");
    }
  }
}
