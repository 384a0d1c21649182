package org.resnet4j.bench.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.resnet4j.bench.measure.Statistics;
import org.resnet4j.bench.measure.WrongAnswerException;
import org.resnet4j.core.Classification;
import org.resnet4j.core.Classifier;
import org.resnet4j.core.backend.Backend;
import org.resnet4j.core.image.DecodeOptions;
import org.resnet4j.core.image.decode.ImageDecoder;
import org.resnet4j.core.model.PretrainedModel;

/**
 * Callers that come by chance, whether or not those before them have their answers: a virtual
 * thread each, with the bytes of a picture. Capacity is what {@link Line} gives from the same
 * pictures.
 *
 * @param entrant whose engine it is
 * @param pictures the files, whose bytes are read before
 * @param decoding how they are decoded, by the batcher's threads
 * @param seconds of each load, about
 * @param fronts where they are sent, each load to one after the other
 */
record LoadTest(
    Entrant entrant,
    PictureSet pictures,
    DecodeOptions decoding,
    double seconds,
    List<Front.Kind> fronts) {
  /** Seconds' worth of pictures that may wait. */
  private static final double LONGEST_QUEUE = 1;

  private static final long SEED = 5;

  /** Hears of each load when it is over. */
  @FunctionalInterface
  interface Met {
    void add(LoadRow row) throws IOException;
  }

  /** A caller's picture. */
  private record Request(byte[] file, String name) {}

  /**
   * Measures the capacity, then each load.
   *
   * @param loads percent of the capacity
   * @throws IOException if a picture has no answer, or as {@code met} does
   * @throws WrongAnswerException if a picture has another answer than alone
   */
  void run(PretrainedModel model, int threads, int batch, List<Integer> loads, Met met)
      throws IOException, WrongAnswerException {
    double capacity;
    try (Line line = new Line(entrant, model, pictures, decoding, threads, batch)) {
      line.learn();
      capacity = FilesContest.warmUp(line, batch, seconds);
    }
    List<Request> requests = new ArrayList<>();
    int largest = 0;
    for (Path file : pictures.files()) {
      byte[] content = Files.readAllBytes(file);
      requests.add(new Request(content, String.valueOf(file.getFileName())));
      largest = Math.max(largest, content.length);
    }
    try (Backend backend = entrant.open(threads);
        Classifier classifier = Classifier.open(model, backend, batch, decoding)) {
      double[] expected = expected(classifier, requests);
      int mostWaiting = (int) Math.max(batch, LONGEST_QUEUE * capacity);
      for (Front.Kind kind : fronts) { // compiles what is left
        try (Front front = kind.open(classifier, mostWaiting, largest)) {
          send(front, requests, expected, capacity / 2, 1);
        }
      }
      for (int percent : loads) {
        for (Front.Kind kind : fronts) {
          Sent sent;
          try (Front front = kind.open(classifier, mostWaiting, largest)) {
            sent = send(front, requests, expected, capacity * percent / 100, seconds);
          }
          met.add(sent.row(model.name(), entrant.name(), kind, threads, batch, percent));
        }
      }
    }
  }

  private double[] expected(Classifier classifier, List<Request> requests) throws IOException {
    double[] expected = new double[requests.size()];
    for (int i = 0; i < expected.length; i++) {
      Request request = requests.get(i);
      expected[i] =
          probability(
              classifier.classify(
                  ImageDecoder.decode(request.file(), request.name(), decoding), 1));
    }
    return expected;
  }

  private static double probability(Classification answer) {
    return answer.predictions().getFirst().probability();
  }

  /** What became of the requests of one load. */
  private record Sent(
      int requests, double sendSeconds, double seconds, double[] millis, int mostWaiting) {
    LoadRow row(
        String model, String engine, Front.Kind front, int threads, int batch, int percent) {
      return new LoadRow(
          model,
          engine,
          front.name().toLowerCase(Locale.ROOT),
          threads,
          batch,
          percent,
          requests / sendSeconds,
          millis.length / seconds,
          100.0 * (requests - millis.length) / requests,
          millis.length == 0 ? 0 : Statistics.quantile(millis, 0.5),
          millis.length == 0 ? 0 : Statistics.quantile(millis, 0.99),
          mostWaiting);
    }
  }

  private static Sent send(
      Front front, List<Request> requests, double[] expected, double perSecond, double seconds)
      throws IOException, WrongAnswerException {
    ConcurrentLinkedQueue<Double> millis = new ConcurrentLinkedQueue<>();
    AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    int longest = 0;
    SplittableRandom random = new SplittableRandom(SEED);
    int count = Math.max(1, (int) (perSecond * seconds));
    long start = System.nanoTime();
    double due = 0;
    try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < count; i++) {
        due += -Math.log(1 - random.nextDouble()) / perSecond;
        long dueNanos = start + (long) (due * 1e9);
        sleepUntil(dueNanos);
        int index = i % expected.length;
        callers.execute(() -> {
          try {
            double probability = front.ask(requests.get(index).file());
            millis.add((System.nanoTime() - dueNanos) / 1e6);
            if (!(Math.abs(probability - expected[index]) <= Line.TOLERANCE)) {
              throw new WrongAnswerException(
                  requests.get(index).name()
                      + ": "
                      + probability
                      + " instead of "
                      + expected[index]);
            }
          } catch (RejectedExecutionException _) {
            // It is counted by what is missing.
          } catch (Throwable e) {
            failure.compareAndSet(null, e);
          }
        });
        longest = Math.max(longest, front.waiting());
      }
    }
    double took = (System.nanoTime() - start) / 1e9;
    Throwable failed = failure.get();
    switch (failed instanceof CompletionException e ? e.getCause() : failed) {
      case null -> {
        // All have their answers.
      }
      case WrongAnswerException wrong -> throw wrong;
      case Error error -> throw error;
      case Throwable other ->
          throw new IOException(
              "under load a picture has no answer: "
                  + other.getMessage()
                  + "; send less, by --load",
              other);
    }
    return new Sent(
        count, due, took, millis.stream().mapToDouble(Double::doubleValue).toArray(), longest);
  }

  private static void sleepUntil(long nanos) {
    for (long left = nanos - System.nanoTime(); left > 0; left = nanos - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }
}
