package org.resnet4j.bench.result;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One engine's times of one configuration, from input in the host's memory to logits there.
 *
 * @param model the network's name
 * @param engine its name
 * @param batch images in a run
 * @param threads of the CPU
 * @param size height and width of the pictures
 * @param imagesPerSecond median over the rounds, each round counted by its median run
 * @param millis of all runs
 * @param ratioToOurs images/s divided by the first engine's in the same round, median over the
 *     rounds
 * @param ratioSpread the smallest and the largest of these ratios
 * @param gflops two operations for each multiply-add of the network's definition
 * @param shareOfPeak of the CPU's peak on so many threads; null where nobody measured it
 * @param rounds images/s of each round; empty in files that do not say
 * @param answer what it said; null in files that do not say
 * @param memoryBytes that it took when it was opened; null where that is unknown
 */
public record Row(
    String model,
    String engine,
    int batch,
    int threads,
    List<Integer> size,
    double imagesPerSecond,
    Latency millis,
    double ratioToOurs,
    List<Double> ratioSpread,
    double gflops,
    @Nullable Double shareOfPeak,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Double> rounds,
    @Nullable Answer answer,
    @Nullable Long memoryBytes) {
  /**
   * Quantiles of the times of runs, in milliseconds.
   *
   * @param p50 half of all runs took no longer
   * @param p90 nine of ten
   * @param p99 99 of 100
   * @param runs how many; null in files that do not say
   */
  public record Latency(double p50, double p90, double p99, @Nullable Integer runs) {
    /**
     * Checks the numbers.
     *
     * @throws IllegalArgumentException if one is no time, or there are no runs
     */
    public Latency {
      Checks.notNegative(p50, "p50 of a row");
      Checks.notNegative(p90, "p90 of a row");
      Checks.notNegative(p99, "p99 of a row");
      Checks.atLeast(1, runs == null ? 1 : runs, "the number of a row's runs");
    }
  }

  /**
   * How an engine's answer differed from the others' before it was timed.
   *
   * @param with whose answer it was compared with
   * @param relativeL2 norm of the difference divided by the norm of that answer
   * @param limit up to which they agree
   */
  public record Answer(String with, double relativeL2, double limit) {
    /**
     * Checks name and numbers.
     *
     * @throws NullPointerException without a name
     * @throws IllegalArgumentException if a number is no distance
     */
    public Answer {
      Objects.requireNonNull(with, "an answer was compared with nobody's");
      Checks.notNegative(relativeL2, "relativeL2 of an answer");
      Checks.notNegative(limit, "limit of an answer");
    }
  }

  /**
   * With copies of the lists.
   *
   * @throws NullPointerException if something is missing
   * @throws IllegalArgumentException if a number cannot be what it should be, or a list has not as
   *     many
   */
  public Row(
      @Nullable String model,
      @Nullable String engine,
      int batch,
      int threads,
      @Nullable List<Integer> size,
      double imagesPerSecond,
      @Nullable Latency millis,
      double ratioToOurs,
      @Nullable List<Double> ratioSpread,
      double gflops,
      @Nullable Double shareOfPeak,
      @Nullable List<Double> rounds,
      @Nullable Answer answer,
      @Nullable Long memoryBytes) {
    this.model = Objects.requireNonNull(model, "a row names no model");
    this.engine = Objects.requireNonNull(engine, "a row names no engine");
    this.batch = Checks.atLeast(1, batch, "batch of a row");
    this.threads = Checks.atLeast(1, threads, "threads of a row");
    this.size = Checks.sizes(2, size, "size of a row");
    this.imagesPerSecond = Checks.positive(imagesPerSecond, "imagesPerSecond of a row");
    this.millis = Objects.requireNonNull(millis, "a row has no times");
    this.ratioToOurs = Checks.positive(ratioToOurs, "ratioToOurs of a row");
    this.ratioSpread = Checks.list(ratioSpread, "ratioSpread of a row");
    if (this.ratioSpread.size() != 2) {
      throw new IllegalArgumentException("ratioSpread of a row is not 2 numbers");
    }
    this.ratioSpread.forEach(ratio -> Checks.positive(ratio, "ratioSpread of a row"));
    this.gflops = Checks.notNegative(gflops, "gflops of a row");
    this.shareOfPeak = Checks.notNegative(shareOfPeak, "shareOfPeak of a row");
    this.rounds = Checks.list(rounds, "rounds of a row");
    this.rounds.forEach(round -> Checks.positive(round, "a round of a row"));
    this.answer = answer;
    Checks.notNegative(memoryBytes == null ? 0L : memoryBytes, "memoryBytes of a row");
    this.memoryBytes = memoryBytes;
  }

  /** What was timed, whoever was: rows of one configuration can be compared. */
  @JsonIgnore
  public Configuration configuration() {
    return new Configuration(model, batch, threads, size);
  }

  /**
   * What is to be timed.
   *
   * @param model the network's name
   * @param batch images in a run
   * @param threads of the CPU
   * @param size height and width of the pictures
   */
  public record Configuration(String model, int batch, int threads, List<Integer> size)
      implements Comparable<Configuration> {
    private static final Comparator<Configuration> ORDER =
        Comparator.comparing(Configuration::model)
            .thenComparingInt(Configuration::batch)
            .thenComparingInt(Configuration::threads)
            .thenComparingInt(one -> one.size.getFirst())
            .thenComparingInt(one -> one.size.getLast());

    /** By components in their order. */
    @Override
    public int compareTo(Configuration other) {
      return ORDER.compare(this, other);
    }
  }

  /** The slowest and the fastest round, in images/s; twice the median if no rounds are known. */
  @JsonIgnore
  public double[] range() {
    double least = rounds.stream().mapToDouble(Double::doubleValue).min().orElse(imagesPerSecond);
    double most = rounds.stream().mapToDouble(Double::doubleValue).max().orElse(imagesPerSecond);
    return new double[] {least, most};
  }
}
