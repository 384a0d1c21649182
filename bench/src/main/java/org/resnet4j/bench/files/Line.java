package org.resnet4j.bench.files;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.resnet4j.bench.measure.WrongAnswerException;
import org.resnet4j.core.Classification;
import org.resnet4j.core.Classifier;
import org.resnet4j.core.Outcome;
import org.resnet4j.core.PictureStream;
import org.resnet4j.core.Prediction;
import org.resnet4j.core.backend.Backend;
import org.resnet4j.core.backend.Plan;
import org.resnet4j.core.backend.Session;
import org.resnet4j.core.image.DecodeOptions;
import org.resnet4j.core.image.ImageDecodeException;
import org.resnet4j.core.image.Preprocessing;
import org.resnet4j.core.image.RgbImage;
import org.resnet4j.core.image.decode.ImageDecoder;
import org.resnet4j.core.model.PretrainedModel;

/** An engine at the end of the pipeline. */
final class Line implements AutoCloseable {
  /** That a picture's best class may have more or less from one pass to the next. */
  static final double TOLERANCE = 1e-3;

  private final String name;
  private final Backend backend;
  private final Classifier classifier;
  private final PictureSet pictures;
  private final DecodeOptions decoding;
  private final Preprocessing preprocessing;
  private final Session alone;
  private final int batchOfOne;
  private final byte[] samples;
  private final float[] outputs;
  private final double[] expected;
  private int next;

  /**
   * Opens the engine.
   *
   * @param batch pictures that run at once, of all threads together
   */
  Line(
      Entrant entrant,
      PretrainedModel model,
      PictureSet pictures,
      DecodeOptions decoding,
      int threads,
      int batch) {
    this.name = entrant.name();
    this.pictures = pictures;
    this.decoding = decoding;
    this.preprocessing = model.preprocessing();
    this.backend = entrant.open(threads);
    Classifier opened = null;
    Session session = null;
    try {
      opened = Classifier.open(model, backend, batch, decoding);
      Plan plan = opened.plan();
      int apart = plan.serialSessions();
      this.batchOfOne = apart > 1 ? Math.ceilDiv(batch, apart) : batch;
      session = apart > 0 ? plan.newSerialSession(batchOfOne) : plan.newSession(batchOfOne);
    } catch (Throwable e) {
      if (opened != null) {
        opened.close();
      }
      backend.close();
      throw e;
    }
    this.classifier = opened;
    this.alone = session;
    this.samples = new byte[Math.multiplyExact(batchOfOne, preprocessing.size())];
    this.outputs = new float[batchOfOne * model.classes()];
    this.expected = new double[pictures.files().size()];
  }

  String name() {
    return name;
  }

  /** Whether the network takes no time of the CPU's threads. */
  boolean isOnDevice() {
    return classifier.plan().serialSessions() == 0;
  }

  /** The outputs of the first pictures, one after the other. */
  float[] answers(int count) throws ImageDecodeException {
    float[] all = new float[count * classifier.model().classes()];
    for (int i = 0; i < count; i++) {
      RgbImage image = ImageDecoder.decode(pictures.files().get(i), decoding);
      float[] own = classifier.logits(List.of(image)).getFirst();
      System.arraycopy(own, 0, all, i * own.length, own.length);
    }
    return all;
  }

  /** Remembers what it says of each picture, which later passes must say, too. */
  void learn() throws WrongAnswerException {
    pass(pictures.files(), true);
  }

  /**
   * From files to answers.
   *
   * @return nanoseconds
   * @throws WrongAnswerException if a picture has another answer than before
   */
  long pass(int count) throws WrongAnswerException {
    return pass(pictures.cycle(count), false);
  }

  private long pass(List<Path> files, boolean learning) throws WrongAnswerException {
    long start = System.nanoTime();
    int index = 0;
    try (PictureStream<Path, Classification> outcomes = classifier.classifyAll(files, 1)) {
      for (Outcome<Path, Classification> outcome : outcomes) {
        int file = index++ % expected.length;
        double probability = probability(outcome, pictures.files().get(file));
        if (learning) {
          expected[file] = probability;
        } else if (!(Math.abs(probability - expected[file]) <= TOLERANCE)) {
          throw wrong(outcome.picture(), probability + " instead of " + expected[file]);
        }
      }
    }
    long nanos = System.nanoTime() - start;
    if (index != files.size()) {
      throw new WrongAnswerException(
          "%s: %s answers for %s pictures".formatted(name, index, files.size()));
    }
    return nanos;
  }

  private double probability(Outcome<Path, Classification> outcome, Path wanted)
      throws WrongAnswerException {
    if (!outcome.picture().equals(wanted)) {
      throw wrong(wanted, "it stands where another picture's answer should");
    }
    if (outcome instanceof Outcome.Failed<Path, Classification>(Path file, Exception cause)) {
      throw wrong(file, String.valueOf(cause.getMessage()));
    }
    Prediction best =
        ((Outcome.Answered<Path, Classification>) outcome).answer().predictions().getFirst();
    return best.probability();
  }

  private WrongAnswerException wrong(Path file, String what) {
    return new WrongAnswerException(
        String.format(Locale.ROOT, "%s: %s: %s", name, file.getFileName(), what));
  }

  /**
   * One thread does it all, while the others rest.
   *
   * @param seconds that it takes at least
   */
  FilesRow.Parts alone(double seconds) throws ImageDecodeException {
    long decode = 0;
    long crop = 0;
    long network = 0;
    int count = 0;
    long end = System.nanoTime() + (long) (seconds * 1e9);
    do {
      for (int i = 0; i < batchOfOne; i++) {
        long start = System.nanoTime();
        Path file = pictures.files().get(next++ % pictures.files().size());
        RgbImage image = ImageDecoder.decode(file, decoding);
        long decoded = System.nanoTime();
        preprocessing.crop(image, samples, i * preprocessing.size());
        decode += decoded - start;
        crop += System.nanoTime() - decoded;
      }
      long start = System.nanoTime();
      alone.runSamples(batchOfOne, samples, preprocessing.table(), outputs);
      network += System.nanoTime() - start;
      count += batchOfOne;
    } while (System.nanoTime() < end);
    double each = 1e6 * count;
    return new FilesRow.Parts(decode / each, crop / each, network / each);
  }

  @Override
  public void close() {
    try {
      alone.close();
    } finally {
      try {
        classifier.close();
      } finally {
        backend.close();
      }
    }
  }
}
