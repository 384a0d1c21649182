package org.resnet4j.golden;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.resnet4j.core.backend.Backend;
import org.resnet4j.core.conformance.Memory;
import org.resnet4j.core.conformance.Trend;
import org.resnet4j.core.image.ImageDecodeException;
import org.resnet4j.core.image.RgbImage;
import org.resnet4j.core.image.decode.ImageDecoder;
import org.resnet4j.core.model.ModelOptions;
import org.resnet4j.core.model.PretrainedModel;
import org.resnet4j.core.weights.safetensors.SafetensorsFile;

/**
 * A service's day in short: many threads ask several networks for batches of pictures, the networks
 * are loaded anew again and again, and one input of a hundred is damaged. Each answer is compared
 * with what the network said at the beginning, bit for bit.
 */
final class Soak implements AutoCloseable {
  static final int MAX_BATCH = 4;
  static final int THREADS = 8;
  static final List<String> NETWORKS = List.of("resnet18", "resnet50", "wide_resnet50_2");

  /** Until then the JVM compiles and caches fill: times are not looked at. */
  private static final double WARM_UP = 0.2;

  /**
   * From then on memory is looked at. What the JVM's compilers and the C library keep for their
   * next use settles late: it was 2.7 MB after 7 minutes and 3.0 MB after 14.
   */
  private static final double SETTLED = 0.5;

  private static final int PICTURES = 20;
  private static final int MEMORY_POINTS = 40;
  private static final int GOOD_PER_BAD = 99;

  /**
   * What came of it.
   *
   * @param calls answers that were compared
   * @param wrong those that differed in a bit
   * @param refusals damaged inputs, each of which was refused
   * @param reloads networks loaded anew
   * @param memory of resident bytes without compiled code, an hour, in the second half
   * @param code of compiled code's bytes
   * @param p99Early 99th percentile in ms, in the first half after the warm-up
   * @param p99Late the same of the second half
   */
  record Result(
      long calls,
      long wrong,
      long refusals,
      long reloads,
      Trend memory,
      Trend code,
      double p99Early,
      double p99Late) {}

  private final List<SoakModel> models = new ArrayList<>();
  private final List<byte[]> weights = new ArrayList<>();
  private final List<byte[]> pictures = new ArrayList<>();
  private final List<List<float[]>> expected = new ArrayList<>();
  private final AtomicLong calls = new AtomicLong();
  private final AtomicLong wrong = new AtomicLong();
  private final AtomicLong refusals = new AtomicLong();
  private final Latencies early = new Latencies();
  private final Latencies late = new Latencies();

  /** Writes the networks to {@code folder} and notes what each says of some sample pictures. */
  Soak(Path folder, Backend backend) throws IOException {
    Samples samples = Samples.load();
    List<String> names = samples.names().subList(0, PICTURES);
    names.forEach(name -> pictures.add(samples.bytes(name)));
    for (String network : NETWORKS) {
      Path file = SoakModel.write(network, folder);
      weights.add(Files.readAllBytes(file));
      SoakModel model = new SoakModel(file, backend);
      models.add(model);
      List<float[]> answers = new ArrayList<>();
      for (String name : names) {
        answers.addAll(model.logits(List.of(samples.image(name))));
      }
      expected.add(answers);
    }
  }

  /** Loads all networks anew every {@code reload}, for {@code length}. */
  Result run(Duration length, Duration reload)
      throws IOException, InterruptedException, ExecutionException {
    long start = System.nanoTime();
    long end = start + length.toNanos();
    long warm = start + (long) (WARM_UP * length.toNanos());
    long middle = warm + (end - warm) / 2;
    long settled = start + (long) (SETTLED * length.toNanos());
    List<Future<?>> workers = new ArrayList<>();
    long reloads = 0;
    double[] hours = new double[MEMORY_POINTS];
    double[] resident = new double[MEMORY_POINTS];
    double[] code = new double[MEMORY_POINTS];
    try (ExecutorService pool = Executors.newFixedThreadPool(THREADS)) {
      for (int i = 0; i < THREADS; i++) {
        SplittableRandom random = new SplittableRandom(i);
        workers.add(
            pool.submit(() -> {
              while (System.nanoTime() < end) {
                step(random, warm, middle);
              }
              return null;
            }));
      }
      long nextReload = start + reload.toNanos();
      for (int point = 0; point < MEMORY_POINTS; ) {
        long nextPoint = settled + (end - settled) * (point + 1) / MEMORY_POINTS;
        long now = System.nanoTime();
        if (now >= nextPoint) {
          hours[point] = (now - settled) / 3.6e12;
          code[point] = Memory.code();
          resident[point] = Memory.resident() - code[point];
          point++;
        } else if (now >= nextReload) {
          for (SoakModel model : models) {
            model.reload();
            reloads++;
          }
          nextReload += reload.toNanos();
        } else {
          TimeUnit.NANOSECONDS.sleep(Math.min(nextPoint, nextReload) - now);
        }
      }
    }
    for (Future<?> worker : workers) {
      worker.get();
    }
    return new Result(
        calls.get(),
        wrong.get(),
        refusals.get(),
        reloads,
        Trend.of(hours, resident),
        Trend.of(hours, code),
        early.quantile(0.99),
        late.quantile(0.99));
  }

  private void step(SplittableRandom random, long warm, long middle) throws ImageDecodeException {
    if (random.nextInt(GOOD_PER_BAD + 1) == 0) {
      refuse(random);
      return;
    }
    long start = System.nanoTime();
    ask(random);
    if (start >= warm) {
      (start < middle ? early : late).add(System.nanoTime() - start);
    }
  }

  private void ask(SplittableRandom random) throws ImageDecodeException {
    int model = random.nextInt(models.size());
    int[] chosen = random.ints(random.nextInt(1, MAX_BATCH + 1), 0, pictures.size()).toArray();
    List<RgbImage> images = new ArrayList<>();
    for (int picture : chosen) {
      images.add(ImageDecoder.decode(pictures.get(picture), "sample"));
    }
    List<float[]> answers = models.get(model).logits(images);
    for (int i = 0; i < chosen.length; i++) {
      calls.incrementAndGet();
      if (!Arrays.equals(answers.get(i), expected.get(model).get(chosen[i]))) {
        wrong.incrementAndGet();
      }
    }
  }

  /** A picture or a weights file that ends too early. */
  private void refuse(SplittableRandom random) {
    if (random.nextBoolean()) {
      byte[] whole = pictures.get(random.nextInt(pictures.size()));
      byte[] cut = Arrays.copyOf(whole, random.nextInt(whole.length));
      assertThatThrownBy(() -> ImageDecoder.decode(cut, "damaged"))
          .isInstanceOf(ImageDecodeException.class);
    } else {
      byte[] whole = weights.get(random.nextInt(weights.size()));
      byte[] cut = Arrays.copyOf(whole, random.nextInt(whole.length));
      assertThatThrownBy(() ->
              PretrainedModel.load(SafetensorsFile.of(cut, "damaged"), ModelOptions.defaults()))
          .isInstanceOf(IOException.class);
    }
    refusals.incrementAndGet();
  }

  @Override
  public void close() {
    models.forEach(SoakModel::close);
  }
}
