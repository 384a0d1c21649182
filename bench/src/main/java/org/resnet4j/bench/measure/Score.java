package org.resnet4j.bench.measure;

import java.util.Arrays;
import java.util.List;

/**
 * One engine's result.
 *
 * @param engine its name
 * @param imagesPerSecond median over the rounds, each round counted by its median run
 * @param p50Millis half of all runs took no longer
 * @param p90Millis nine of ten
 * @param p99Millis 99 of 100
 * @param ratioToOurs images/s divided by ours in the same round, median over the rounds
 * @param lowestRatio the smallest of these ratios
 * @param highestRatio the largest
 * @param rounds images/s of each round
 * @param runs how many were timed
 */
public record Score(
    String engine,
    double imagesPerSecond,
    double p50Millis,
    double p90Millis,
    double p99Millis,
    double ratioToOurs,
    double lowestRatio,
    double highestRatio,
    List<Double> rounds,
    int runs) {
  private static final double MILLIS = 1e-6;
  private static final double SECONDS = 1e-9;

  /**
   * From an engine's times.
   *
   * @param ours our engine's times in the same rounds
   * @param batch images in a run
   */
  public static Score of(RunTimes times, RunTimes ours, int batch) {
    double[] medians = times.medians();
    double[] ourMedians = ours.medians();
    double[] ratios = new double[medians.length];
    for (int round = 0; round < ratios.length; round++) {
      ratios[round] = ourMedians[round] / medians[round];
    }
    long[] all = times.all();
    double[] rates = Arrays.stream(medians).map(nanos -> batch / (nanos * SECONDS)).toArray();
    return new Score(
        times.engine(),
        Statistics.median(rates),
        Statistics.quantile(all, 0.5) * MILLIS,
        Statistics.quantile(all, 0.9) * MILLIS,
        Statistics.quantile(all, 0.99) * MILLIS,
        Statistics.median(ratios),
        Arrays.stream(ratios).min().orElseThrow(),
        Arrays.stream(ratios).max().orElseThrow(),
        Arrays.stream(rates).boxed().toList(),
        all.length);
  }
}
