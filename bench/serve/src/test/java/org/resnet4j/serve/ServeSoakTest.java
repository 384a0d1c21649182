package org.resnet4j.serve;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.resnet4j.core.Classification;
import org.resnet4j.core.Classifier;
import org.resnet4j.core.backend.Backend;
import org.resnet4j.core.backend.BackendOptions;
import org.resnet4j.core.backend.Backends;
import org.resnet4j.core.conformance.Trend;
import org.resnet4j.golden.DemoModel;
import org.resnet4j.golden.Samples;

/**
 * A service at 80 % of what it can do: callers come by chance, whether or not those before them
 * have their answers, one of a hundred with something that is no picture. The service has a JVM of
 * its own, whose memory is looked at.
 */
class ServeSoakTest {
  private static final int BATCH = 8;
  private static final double LOAD = 0.8;
  private static final int MEMORY_POINTS = 40;
  private static final double BYTES_PER_HOUR = 1e6;

  private static final long HEAP_BYTES = 2_000_000;
  private static final Duration LONGEST_WARM_UP = Duration.ofMinutes(3);

  /** To know the capacity of a service that has just started. */
  private static final int LEAST_SENT = 500;

  /**
   * The launcher's collector, which keeps no queues that it touches bit by bit, and the whole heap
   * touched before; it leaves no gaps between objects, which would count as used.
   */
  private static final String[] JVM = {
    "-XX:+UseSerialGC",
    "-Xms512m",
    "-Xmx512m",
    "-XX:+AlwaysPreTouch",
    "-XX:MarkSweepAlwaysCompactCount=1"
  };

  /** Connections that the JDK's client keeps; more would wait for it, not for the service. */
  private static final int MOST_OPEN = 150;

  /**
   * What came of it.
   *
   * @param answers with the library's classes and probabilities
   * @param wrong with others
   * @param refused of what is no picture
   * @param unavailable refused since too many waited
   * @param perSecond sent
   * @param memory of resident bytes without compiled code, an hour, in the second half
   * @param heap bytes that the second half has left in the heap when its callers have gone
   */
  private record Result(
      long answers,
      long wrong,
      long refused,
      long unavailable,
      double perSecond,
      Trend memory,
      long heap) {}

  @Test
  void everyAnswerIsTheLibrarys() throws Exception {
    Result result = run(Duration.ofSeconds(3));
    assertThat(result.wrong).isZero();
    assertThat(result.answers).isPositive();
    assertThat(result.refused).isPositive();
    System.out.printf(
        "R44: %s answers at 80 %% of a service, %s wrong, %s bad inputs refused%n",
        result.answers, result.wrong, result.refused);
  }

  /** {@code -Dsoak.minutes=60} for an hour. */
  @Test
  @Tag("soak")
  @EnabledOnOs(OS.LINUX)
  void memoryDoesNotGrow() throws Exception {
    int minutes = Integer.getInteger("soak.minutes", 10);
    Result result = run(Duration.ofMinutes(minutes));
    System.out.printf(
        Locale.ROOT,
        "soak R44: %d min at %.0f %%, %.0f requests/s: %d answers, %d wrong, %d bad inputs and %d"
            + " others refused; RSS %+.2f ± %.2f MB/h, heap %+.2f MB%n",
        minutes,
        100 * LOAD,
        result.perSecond,
        result.answers,
        result.wrong,
        result.refused,
        result.unavailable,
        result.memory.slope() / 1e6,
        result.memory.error() / 1e6,
        result.heap / 1e6);
    assertThat(result.wrong).isZero();
    assertThat(result.heap).as("growth of the heap in bytes").isLessThan(HEAP_BYTES);
    assertThat(result.unavailable).as("refused at 80 %").isLessThan(result.answers / 100);
    // A short run cannot tell a small slope from none: what counts is what is sure to be there.
    assertThat(result.memory.slope() - 2 * result.memory.error())
        .as("growth of resident memory in bytes an hour, at least")
        .isLessThan(BYTES_PER_HOUR);
  }

  private static Result run(Duration length) throws Exception {
    try (ServeProcess service = ServeProcess.start(BATCH, JVM)) {
      return new Callers(service).run(length);
    }
  }

  private static final class Callers {
    private final ServeProcess service;
    private final URI address;
    private final List<byte[]> pictures = new ArrayList<>();
    private final List<String> expected = new ArrayList<>();
    private final AtomicLong answers = new AtomicLong();
    private final AtomicLong wrong = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();
    private final AtomicLong unavailable = new AtomicLong();
    private final AtomicInteger open = new AtomicInteger();
    private final SplittableRandom random = new SplittableRandom(5);
    private long sent;

    Callers(ServeProcess service) throws IOException {
      this.service = service;
      this.address =
          URI.create(
              "http://127.0.0.1:%s/v2/models/%s/classify?top=1"
                  .formatted(service.port(), DemoModel.NAME));
      Samples samples = Samples.load();
      try (Backend backend = Backends.open("simd", BackendOptions.defaults());
          Classifier classifier = Classifier.open(DemoModel.load(), backend, BATCH)) {
        for (String name : samples.names()) {
          pictures.add(samples.bytes(name));
          Classification answer = classifier.classify(samples.image(name), 1);
          expected.add("\"probability\":" + answer.predictions().getFirst().probability() + "}");
        }
      }
    }

    Result run(Duration length) throws IOException, InterruptedException {
      double perSecond;
      try (HttpClient warm = HttpClient.newHttpClient()) {
        perSecond = LOAD * capacity(warm, warmUp(length));
      }
      answers.set(0);
      refused.set(0);
      unavailable.set(0);
      load(length.dividedBy(2), perSecond);
      long heap = service.heap();
      Trend memory = load(length.dividedBy(2), perSecond);
      return new Result(
          answers.get(),
          wrong.get(),
          refused.get(),
          unavailable.get(),
          perSecond,
          memory,
          service.heap() - heap);
    }

    private static Duration warmUp(Duration length) {
      Duration part = length.dividedBy(5);
      return part.compareTo(LONGEST_WARM_UP) < 0 ? part : LONGEST_WARM_UP;
    }

    /** What the service has in physical memory while callers come, who go in the end. */
    private Trend load(Duration length, double perSecond) throws IOException, InterruptedException {
      try (HttpClient client = HttpClient.newHttpClient()) {
        return load(client, length, perSecond);
      }
    }

    private Trend load(HttpClient client, Duration length, double perSecond)
        throws IOException, InterruptedException {
      long start = System.nanoTime();
      double[] hours = new double[MEMORY_POINTS];
      double[] resident = new double[MEMORY_POINTS];
      double due = 0;
      int point = 0;
      while (point < MEMORY_POINTS) {
        due += -Math.log(1 - random.nextDouble()) / perSecond;
        sleepUntil(start + (long) (due * 1e9));
        if (open.get() < MOST_OPEN) {
          send(client, (int) (sent++ % 1000));
        } else {
          unavailable.incrementAndGet();
        }
        long now = System.nanoTime();
        if (now - start >= length.toNanos() * (point + 1) / MEMORY_POINTS) {
          hours[point] = (now - start) / 3.6e12;
          resident[point++] = service.resident();
        }
      }
      await();
      return Trend.of(hours, resident);
    }

    /** Answers a second when as many callers ask as batches have places, after a warm-up. */
    private double capacity(HttpClient client, Duration length) throws InterruptedException {
      saturate(client, length.dividedBy(2));
      return Math.max(1, saturate(client, length.dividedBy(2)));
    }

    private double saturate(HttpClient client, Duration length) throws InterruptedException {
      long start = System.nanoTime();
      long before = answers.get();
      for (int sent = 1; sent < LEAST_SENT || System.nanoTime() - start < length.toNanos(); ) {
        if (open.get() < 2 * BATCH) {
          send(client, sent++ % 1000);
        } else {
          TimeUnit.MICROSECONDS.sleep(50);
        }
      }
      double perSecond = (answers.get() - before) * 1e9 / (System.nanoTime() - start);
      await();
      return perSecond;
    }

    private void send(HttpClient client, int number) {
      boolean bad = number % 100 == 0;
      int picture = number % pictures.size();
      open.incrementAndGet();
      CompletableFuture<HttpResponse<String>> answer =
          client.sendAsync(
              HttpRequest.newBuilder(address)
                  .POST(BodyPublishers.ofByteArray(bad ? new byte[100] : pictures.get(picture)))
                  .build(),
              BodyHandlers.ofString());
      answer.whenComplete((response, failure) -> {
        count(bad, expected.get(picture), response, failure);
        open.decrementAndGet();
      });
    }

    private void count(
        boolean bad, String right, HttpResponse<String> response, Throwable failure) {
      if (failure != null) {
        wrong.incrementAndGet();
      } else if (response.statusCode() == 503) {
        unavailable.incrementAndGet();
      } else if (bad && response.statusCode() == 400) {
        refused.incrementAndGet();
      } else if (!bad && response.statusCode() == 200 && response.body().contains(right)) {
        answers.incrementAndGet();
      } else {
        wrong.incrementAndGet();
      }
    }

    private void await() throws InterruptedException {
      while (open.get() > 0) {
        TimeUnit.MILLISECONDS.sleep(1);
      }
    }

    private static void sleepUntil(long nanos) throws InterruptedException {
      long left = nanos - System.nanoTime();
      if (left > 0) {
        TimeUnit.NANOSECONDS.sleep(left);
      }
    }
  }
}
