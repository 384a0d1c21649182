package org.resnet4j.core.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.resnet4j.core.image.decode.PictureTarget;
import org.resnet4j.core.model.LabelsTarget;
import org.resnet4j.core.model.MetadataTarget;
import org.resnet4j.core.onnx.OnnxTarget;
import org.resnet4j.core.weights.pytorch.PyTorchTarget;
import org.resnet4j.core.weights.safetensors.SafetensorsTarget;

/**
 * Feeds to each of the fuzzers' targets what they once found worth keeping: their seeds, inputs
 * that went ways of their own, and whatever crashed. No fuzzer runs here; {@code src/fuzz} has
 * them.
 */
class FuzzCorpusTest {
  /** A fuzzer, by the name of its class, which is that of its inputs' folder too. */
  enum Target {
    SafetensorsFuzz(SafetensorsTarget::feed),
    PyTorchFuzz(PyTorchTarget::feed),
    OnnxFuzz(OnnxTarget::feed),
    PictureFuzz(PictureTarget::feed),
    MetadataFuzz(MetadataTarget::feed),
    LabelsFuzz(LabelsTarget::feed);

    private final Consumer<byte[]> feed;

    Target(Consumer<byte[]> feed) {
      this.feed = feed;
    }
  }

  @Test
  void theTargetsTakeEveryInput() throws IOException, URISyntaxException {
    int fed = 0;
    for (Target target : Target.values()) {
      List<Path> inputs = inputs(target.name() + "Inputs/feed");
      assertThat(inputs).as(target.name()).hasSizeGreaterThan(3);
      for (Path input : inputs) {
        feed(target, input);
        fed++;
      }
    }
    System.out.println("R4: " + fed + " inputs of the fuzzers' corpus, 0 findings");
  }

  private static void feed(Target target, Path input) throws IOException {
    byte[] content = Files.readAllBytes(input);
    try {
      target.feed.accept(content);
    } catch (RuntimeException | AssertionError e) {
      throw new AssertionError(input + ": " + e, e);
    }
  }

  private static List<Path> inputs(String folder) throws IOException, URISyntaxException {
    try (Stream<Path> files =
        Files.list(Path.of(FuzzCorpusTest.class.getResource(folder).toURI()))) {
      return files.sorted().toList();
    }
  }
}
