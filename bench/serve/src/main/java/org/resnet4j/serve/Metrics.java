package org.resnet4j.serve;

import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.LongAdder;

/** What has happened, in Prometheus' text form. Thread-safe. */
final class Metrics {
  static final String TYPE = "text/plain; version=0.0.4; charset=utf-8";

  private static final double[] SECONDS = {
    0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30
  };

  private final Map<String, LongAdder> requests = new ConcurrentSkipListMap<>();
  private final Map<String, Histogram> times = new ConcurrentSkipListMap<>();
  private final LongAdder images = new LongAdder();

  /** How long requests took. */
  private static final class Histogram {
    private final LongAdder[] buckets = new LongAdder[SECONDS.length + 1];
    private final LongAdder nanos = new LongAdder();

    Histogram() {
      for (int i = 0; i < buckets.length; i++) {
        buckets[i] = new LongAdder();
      }
    }

    void add(long duration) {
      int bucket = 0;
      while (bucket < SECONDS.length && duration > SECONDS[bucket] * 1e9) {
        bucket++;
      }
      buckets[bucket].increment();
      nanos.add(duration);
    }
  }

  /**
   * A request is over.
   *
   * @param route one of few
   * @param status of HTTP; 0 if nobody waited for the answer
   */
  void add(String route, int status, long nanos) {
    requests
        .computeIfAbsent(
            "route=\"%s\",status=\"%s\"".formatted(route, status), _ -> new LongAdder())
        .increment();
    times.computeIfAbsent(route, _ -> new Histogram()).add(nanos);
  }

  /** The network has run. */
  void addImages(int count) {
    images.add(count);
  }

  /**
   * All of them.
   *
   * @param waiting requests that wait for the network
   */
  String text(int waiting) {
    StringBuilder text = new StringBuilder();
    head(text, "resnet4j_requests_total", "counter", "Requests by route and status.");
    requests.forEach(
        (labels, count) -> line(text, "resnet4j_requests_total{" + labels + "}", count.sum()));
    head(text, "resnet4j_images_total", "counter", "Images that the network has run.");
    line(text, "resnet4j_images_total", images.sum());
    head(text, "resnet4j_waiting", "gauge", "Requests that wait for the network.");
    line(text, "resnet4j_waiting", waiting);
    String name = "resnet4j_request_seconds";
    head(text, name, "histogram", "From a request's headers to its answer.");
    times.forEach((route, histogram) -> {
      String labels = "route=\"" + route + "\"";
      long sum = 0;
      for (int i = 0; i <= SECONDS.length; i++) {
        sum += histogram.buckets[i].sum();
        String most = i == SECONDS.length ? "+Inf" : String.valueOf(SECONDS[i]);
        line(text, "%s_bucket{%s,le=\"%s\"}".formatted(name, labels, most), sum);
      }
      text.append(
          String.format(
              Locale.ROOT, "%s_sum{%s} %.9f\n", name, labels, histogram.nanos.sum() / 1e9));
      line(text, name + "_count{" + labels + "}", sum);
    });
    return text.toString();
  }

  private static void head(StringBuilder text, String name, String type, String help) {
    text.append("# HELP %s %s\n# TYPE %s %s\n".formatted(name, help, name, type));
  }

  private static void line(StringBuilder text, String name, long value) {
    text.append(name).append(' ').append(value).append('\n');
  }
}
