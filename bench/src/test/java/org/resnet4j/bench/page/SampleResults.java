package org.resnet4j.bench.page;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.resnet4j.bench.result.Accuracy;
import org.resnet4j.bench.result.EngineFacts;
import org.resnet4j.bench.result.EngineFacts.Kind;
import org.resnet4j.bench.result.LayerProfile;
import org.resnet4j.bench.result.MachineFacts;
import org.resnet4j.bench.result.Missing;
import org.resnet4j.bench.result.Results;
import org.resnet4j.bench.result.Row;
import org.resnet4j.bench.result.RunProgress;
import org.resnet4j.core.graph.Counts;
import org.resnet4j.core.graph.Graph;
import org.resnet4j.core.graph.Node;
import org.resnet4j.core.model.ResNet;
import org.resnet4j.core.model.ResNets;
import org.resnet4j.core.weights.WeightSource;

/** Results that nobody has measured, of everything that a page can show. */
public final class SampleResults {
  private static final List<Integer> BATCHES = List.of(1, 2, 4, 8, 16, 32, 64, 128);

  private SampleResults() {}

  /** A CPU, a GPU in two precisions and two peers, with prices, layers and accuracy. */
  public static Results full() {
    return of(
        List.of("resnet18", "resnet50", "resnext101_64x4d"),
        Kind.GPU,
        Map.of("simd", 0.17, "cuda fp16", 2.5, "onnxruntime", 0.17),
        1);
  }

  /** The same with an emulated GPU. */
  public static Results emulated() {
    return of(List.of("resnet18"), Kind.EMULATOR, Map.of(), 1);
  }

  /** A row each of so many networks, each of an engine of its own. */
  static Results apart(int count) {
    Results results = Results.of(unfinished().machine(), null);
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      rows.add(withThreads(row("m" + i, "e" + i, 1, 100 + i, 1, 235.4), i + 1));
    }
    return results.plus(rows);
  }

  /** So many GPUs with a price, each of which has one row, of a network of its own. */
  static Results devices(int count) {
    List<EngineFacts> engines = new ArrayList<>();
    Map<String, Double> prices = new HashMap<>();
    List<Row> rows = new ArrayList<>();
    engines.add(new EngineFacts("simd", Kind.CPU, "CPU", "fp32", null));
    for (int i = 0; i < count; i++) {
      engines.add(new EngineFacts("e" + i, Kind.GPU, "GPU", "fp32", null));
      prices.put("e" + i, 1.0 + i);
      rows.add(row("m" + i, "simd", 1, 50, 1, 100));
      rows.add(row("m" + i, "e" + i, 1, 100 + i, 2, 100));
    }
    return priced(engines, prices).plus(rows);
  }

  /** So many peers with a price, each of which has one row of the same network. */
  static Results together(int count) {
    List<EngineFacts> engines = new ArrayList<>();
    Map<String, Double> prices = new HashMap<>();
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      engines.add(new EngineFacts("e" + i, i == 0 ? Kind.CPU : Kind.PEER, "CPU", "fp32", null));
      prices.put("e" + i, 1.0 + i);
      rows.add(withThreads(row("m", "e" + i, 1, 100 + i, 1, 100), 1 + i));
    }
    return priced(engines, prices).plus(rows);
  }

  private static Results priced(List<EngineFacts> engines, Map<String, Double> prices) {
    return Results.of(
        new MachineFacts(
            null, 2, "25", "Linux", null, null, null, engines, 100, "2026-11-30", prices),
        null);
  }

  /** The same profile with other steps. */
  static LayerProfile withSteps(LayerProfile profile, List<LayerProfile.Step> steps) {
    return new LayerProfile(
        profile.model(),
        profile.engine(),
        profile.device(),
        profile.batch(),
        profile.threads(),
        profile.size(),
        profile.peakGflopsPerThread(),
        profile.readGigabytesPerSecond(),
        profile.weightBytes(),
        profile.millis(),
        profile.stepMillis(),
        profile.limitMillis(),
        profile.gflops(),
        profile.shareOfPeak(),
        steps,
        profile.algorithms(),
        profile.notes(),
        profile.alternatives());
  }

  private static Row withThreads(Row row, int threads) {
    return new Row(
        row.model(),
        row.engine(),
        row.batch(),
        threads,
        row.size(),
        row.imagesPerSecond(),
        row.millis(),
        row.ratioToOurs(),
        row.ratioSpread(),
        row.gflops(),
        row.shareOfPeak(),
        row.rounds(),
        row.answer(),
        row.memoryBytes());
  }

  /** All times a little different. */
  public static Results other() {
    return of(List.of("resnet18", "resnet50"), Kind.GPU, Map.of(), 1.3);
  }

  /** A run that was interrupted, without a GPU, an engine that failed and one that disagrees. */
  public static Results unfinished() {
    MachineFacts machine =
        new MachineFacts(
            null,
            2,
            "25.0.3+9-LTS",
            "Linux 6.1, amd64",
            null,
            null,
            null,
            List.of(new EngineFacts("simd", Kind.CPU, "CPU, 512-bit vectors, FMA", "fp32", null)),
            235.4,
            "2026-11-29T05:55:49Z",
            null);
    Results results =
        Results.of(machine, new RunProgress(12, 1, 120, 13, 2))
            .plus(List.of(row("resnet18", "simd", 1, 100, 1, 235.4)));
    return results
        .plus(
            new Missing(
                "cuda",
                null,
                null,
                null,
                Missing.Kind.UNAVAILABLE,
                "libcuda.so.1 cannot be loaded; install the NVIDIA driver (525 or later)"))
        .plus(
            new Missing(
                "onnxruntime",
                "resnet18",
                1,
                2,
                Missing.Kind.DISAGREES,
                "resnet18, batch 1, 2 threads: onnxruntime and simd disagree: relative L2"
                    + " difference 1.00e+00, allowed 1e-04; not timed"))
        .plus(
            new Missing(
                null, "resnet18", 1024, 2, Missing.Kind.FAILED, "the heap is too small; -Xmx8g"));
  }

  private static Results of(
      List<String> models, Kind gpu, Map<String, Double> prices, double factor) {
    Map<String, Double> speeds = new LinkedHashMap<>();
    speeds.put("simd", 100 * factor);
    speeds.put("cuda fp32", 400.0);
    speeds.put("cuda fp16", 900.0);
    speeds.put("onnxruntime", 80.0);
    speeds.put("pytorch", 55.0);
    List<EngineFacts> engines = new ArrayList<>();
    speeds.forEach((name, _) ->
        engines.add(
            switch (name) {
              case "simd" ->
                  new EngineFacts(
                      name, Kind.CPU, "CPU, 512-bit vectors, FMA, 2 threads", "fp32", null);
              case "onnxruntime", "pytorch" ->
                  new EngineFacts(name, Kind.PEER, "CPU", "fp32", "1.29.0");
              default -> new EngineFacts(name, gpu, "GPU of a sample", name.substring(5), null);
            }));
    MachineFacts machine =
        new MachineFacts(
            "AMD EPYC",
            2,
            "25.0.3+9-LTS",
            "Linux 6.1, amd64",
            8_000_000_000L,
            "0.1.0",
            "./resnet4j compare --models resnet18,resnet152 --peers onnxruntime,pytorch",
            engines,
            235.4,
            "2026-11-29T05:55:49Z",
            prices);
    Results results = Results.of(machine, new RunProgress(24, 24, 300, 320, 2));
    double size = 1;
    for (String model : models) {
      for (Map.Entry<String, Double> speed : speeds.entrySet()) {
        results =
            results.plus(
                new Accuracy(
                    model,
                    speed.getKey(),
                    "PyTorch in float64",
                    2,
                    speed.getKey().endsWith("fp16") ? 3.1e-4 : 4.2e-7,
                    2.5e-6,
                    speed.getKey().equals("pytorch") ? 1 : 2,
                    3.9e-7));
        for (int batch : BATCHES) {
          double gain = speed.getKey().startsWith("cuda") ? Math.sqrt(batch) : 1 + batch / 512.0;
          double rate = speed.getValue() * gain / size;
          results =
              results.plus(
                  List.of(row(model, speed.getKey(), batch, rate, rate / speeds.get("simd"), 1)));
        }
      }
      if (!model.equals("resnext101_64x4d")) {
        results = results.plus(profile(model, "simd", 1, 235.4));
      }
      if (model.equals("resnet18")) {
        results = results.plus(profile(model, "cuda fp16", 8, null));
      }
      size *= 6;
    }
    return results;
  }

  /** A row of seven rounds. */
  public static Row row(
      String model, String engine, int batch, double rate, double ratio, double peak) {
    double millis = 1000 * batch / rate;
    return new Row(
        model,
        engine,
        batch,
        2,
        List.of(224, 224),
        rate,
        new Row.Latency(millis, 1.07 * millis, 1.31 * millis, 200),
        ratio,
        List.of(0.95 * ratio, 1.04 * ratio),
        rate * 3.6,
        engine.startsWith("cuda") ? null : rate * 3.6 / peak / 471,
        List.of(rate, 0.93 * rate, 0.96 * rate, rate, rate, 1.04 * rate, 1.02 * rate),
        new Row.Answer("simd", 3e-7, 1e-4),
        150_000_000L + 1_000_000L * batch);
  }

  /** Every layer of a network, as if its multiply-adds ran at a third of the peak. */
  static LayerProfile profile(String model, String engine, int batch, @Nullable Double peak) {
    Graph graph = ResNet.build(ResNets.named(model), 224, 224, WeightSource.META);
    List<LayerProfile.Step> steps = new ArrayList<>();
    double total = 0;
    for (Node node : graph.nodes()) {
      long adds = Counts.multiplyAdds(node);
      if (adds == 0) {
        continue;
      }
      double millis = 2.0 * adds * batch / 80e6;
      total += millis;
      steps.add(
          new LayerProfile.Step(
              node.name(),
              steps.size() % 3 == 0 ? "WINOGRAD_4X4" : "IMPLICIT_GEMM",
              List.of(node.shape().channels(), node.shape().height(), node.shape().width()),
              millis,
              0,
              80,
              peak == null ? null : 80 / peak / 2,
              peak == null ? null : millis / 3,
              adds,
              adds,
              adds / 50,
              node.shape().size() * 4));
    }
    List<LayerProfile.Group> groups = new ArrayList<>();
    for (String algorithm : List.of("WINOGRAD_4X4", "IMPLICIT_GEMM")) {
      List<LayerProfile.Step> its =
          steps.stream().filter(step -> step.algorithm().equals(algorithm)).toList();
      double millis = its.stream().mapToDouble(LayerProfile.Step::millis).sum();
      groups.add(
          new LayerProfile.Group(
              algorithm,
              its.size(),
              millis,
              millis / total,
              80,
              peak == null ? null : 80 / peak / 2,
              peak == null ? null : millis / 3));
    }
    return new LayerProfile(
        model,
        engine,
        "a device",
        batch,
        2,
        List.of(3, 224, 224),
        235.4,
        peak == null ? null : 35.0,
        100_000_000,
        1.02 * total,
        total,
        peak == null ? null : total / 3,
        80,
        peak == null ? null : 80 / peak / 2,
        steps,
        groups,
        null,
        null);
  }
}
