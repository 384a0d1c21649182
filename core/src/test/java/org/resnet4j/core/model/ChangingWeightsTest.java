package org.resnet4j.core.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.resnet4j.core.Classifier;
import org.resnet4j.core.backend.Backend;
import org.resnet4j.core.backend.BackendOptions;
import org.resnet4j.core.backend.Backends;
import org.resnet4j.core.image.RgbImage;
import org.resnet4j.core.weights.WeightsFileException;
import org.resnet4j.core.weights.safetensors.SafetensorsWriter;

/** A weights file that somebody cuts short, overwrites or deletes while it is loaded or serves. */
class ChangingWeightsTest {
  private static final int RUNS = 200;
  private static final RgbImage PICTURE = picture();

  @TempDir Path folder;

  /** What is done to the file in turn; then it is whole again. */
  private static void harm(Path file, byte[] whole, int turn) throws IOException {
    switch (turn % 3) {
      case 0 -> {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
          channel.truncate(turn % whole.length);
        }
      }
      case 1 -> {
        byte[] other = new byte[whole.length];
        Arrays.fill(other, (byte) turn);
        Files.write(file, other);
      }
      default -> Files.delete(file);
    }
  }

  private static void repair(Path file, byte[] whole) throws IOException {
    Path complete = Files.write(file.resolveSibling("complete"), whole);
    Files.move(complete, file, StandardCopyOption.REPLACE_EXISTING);
  }

  @Test
  void runsDoNotNotice() throws IOException {
    Path file = write();
    byte[] whole = Files.readAllBytes(file);
    try (Backend backend = Backends.open("reference", BackendOptions.defaults());
        Classifier classifier =
            Classifier.open(PretrainedModel.load(file, ModelOptions.defaults()), backend, 1)) {
      float[] expected = logits(classifier);
      for (int run = 0; run < RUNS; run++) {
        harm(file, whole, run);
        assertThat(logits(classifier)).as("run %d", run).isEqualTo(expected);
        repair(file, whole);
      }
    }
    System.out.println("R25: " + RUNS + " runs beside a changing file, 0 crashes, 0 other answers");
  }

  /** A load gets all of the right values or a refusal, whenever the file changes under it. */
  @Test
  void loadsAreRightOrRefused() throws Exception {
    Path file = write();
    byte[] whole = Files.readAllBytes(file);
    AtomicBoolean done = new AtomicBoolean();
    try (ExecutorService vandal = Executors.newSingleThreadExecutor();
        Backend backend = Backends.open("reference", BackendOptions.defaults())) {
      float[] expected = openAndRun(file, backend);
      Future<?> harming =
          vandal.submit(() -> {
            for (int turn = 0; !done.get(); turn++) {
              harm(file, whole, turn);
              repair(file, whole);
            }
            return null;
          });
      int refused = 0;
      for (int load = 0; load < RUNS; load++) {
        try {
          assertThat(openAndRun(file, backend)).as("load %d", load).isEqualTo(expected);
        } catch (WeightsFileException e) {
          refused++;
        }
      }
      done.set(true);
      harming.get();
      assertThat(refused).isPositive();
    }
  }

  private static float[] openAndRun(Path file, Backend backend) throws IOException {
    PretrainedModel model = PretrainedModel.load(file, ModelOptions.defaults());
    try (Classifier classifier = Classifier.open(model, backend, 1)) {
      return logits(classifier);
    }
  }

  private static float[] logits(Classifier classifier) {
    return classifier.logits(List.of(PICTURE)).getFirst();
  }

  private Path write() throws IOException {
    ResNetSpec spec = ResNets.named("resnet18").withBaseWidth(4).withNumClasses(3);
    Path file = folder.resolve("tiny.safetensors");
    SafetensorsWriter.write(
        file,
        SeededModels.tensors(spec, SeededModels.weights(1)),
        Map.of("model", "resnet18", "input_size", "32"));
    return file;
  }

  private static RgbImage picture() {
    byte[] samples = new byte[3 * 40 * 40];
    for (int i = 0; i < samples.length; i++) {
      samples[i] = (byte) (i * 31 >> 2);
    }
    return new RgbImage(40, 40, samples);
  }
}
