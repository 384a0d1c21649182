package org.resnet4j.bench.files;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.resnet4j.bench.measure.Answers;
import org.resnet4j.bench.measure.Statistics;
import org.resnet4j.bench.measure.WrongAnswerException;
import org.resnet4j.core.image.DecodeOptions;
import org.resnet4j.core.model.PretrainedModel;

/**
 * Times engines on pictures in files, in turns, beside what one thread takes for a picture alone:
 * if all threads did as well, there would be as many times the images/s, which is the bound.
 *
 * @param entrants ours first
 * @param pictures the files
 * @param decoding how they are read
 * @param seconds of a pass, about
 */
public record FilesContest(
    List<Entrant> entrants, PictureSet pictures, DecodeOptions decoding, double seconds) {
  private static final int ROUNDS = 7;

  /** Pictures whose outputs are compared, number by number. */
  private static final int COMPARED = 8;

  /** What one thread is watched alone for, in each round. */
  private static final double MAX_ALONE_SECONDS = 0.5;

  /** A pass that is at least so close to the fastest before it shows no more progress. */
  private static final double STABLE = 0.97;

  /** How many times as long as a pass a load lasts, for its last percent of callers. */
  private static final int LOAD_TURNS = 10;

  private static final int MIN_PASSES = 5;

  /** Of a pass. */
  private static final int MIN_BATCHES = 4;

  private static final double STEADY_SECONDS = 2;
  private static final double MAX_WARM_UP_SECONDS = 30;

  /** Copies the list. */
  public FilesContest {
    entrants = List.copyOf(entrants);
  }

  private double aloneSeconds() {
    return Math.min(seconds, MAX_ALONE_SECONDS);
  }

  /**
   * How many seconds a configuration takes, about.
   *
   * @param batch pictures that run at once
   * @param loads how many are tried
   */
  public double expectedSeconds(int batch, int loads) {
    double rounds = entrants.size() * (warmUpSeconds(batch) + ROUNDS * roundSeconds(batch));
    return loads == 0 ? rounds : rounds + warmUpSeconds(batch) + loads * LOAD_TURNS * seconds;
  }

  /** At least so many passes have at least so many batches, of pictures that may be large. */
  private double warmUpSeconds(int batch) {
    return Math.max(MAX_WARM_UP_SECONDS / 2, MIN_PASSES * passSeconds(batch));
  }

  private double roundSeconds(int batch) {
    return passSeconds(batch) + Math.max(aloneSeconds(), pictureSeconds());
  }

  private double passSeconds(int batch) {
    return Math.max(seconds, MIN_BATCHES * batch * pictureSeconds());
  }

  private double pictureSeconds() {
    return pictures.decodeSeconds() / pictures.files().size();
  }

  /**
   * Measures a configuration.
   *
   * @param batch pictures that run at once, of all threads together
   * @param afterTurn is told how many seconds of the expected ones are done
   * @throws WrongAnswerException if engines disagree, or one with itself
   */
  public List<FilesRow> run(PretrainedModel model, int threads, int batch, Progress afterTurn)
      throws IOException, WrongAnswerException {
    List<Line> lines = new ArrayList<>();
    try {
      for (Entrant entrant : entrants) {
        lines.add(new Line(entrant, model, pictures, decoding, threads, batch));
      }
      compare(lines, model);
      List<Turns> turns = new ArrayList<>();
      for (Line line : lines) {
        line.learn();
        double rate = warmUp(line, batch, seconds);
        int count = Math.max(1, (int) (seconds * rate / batch)) * batch;
        turns.add(new Turns(line, Math.max(MIN_BATCHES * batch, count)));
        afterTurn.add(warmUpSeconds(batch));
      }
      for (int round = 0; round < ROUNDS; round++) {
        for (Turns each : turns) {
          each.take(aloneSeconds());
          afterTurn.add(roundSeconds(batch));
        }
      }
      return turns.stream().map(each -> each.row(model, turns.getFirst(), threads, batch)).toList();
    } finally {
      lines.forEach(Line::close);
    }
  }

  /**
   * What callers meet who wait for nobody, of the first engine.
   *
   * @param loads percent of its capacity
   * @param fronts where they are sent
   * @param met hears of each load when it is over
   * @throws IOException if a picture has no answer, or as {@code met} does
   * @throws WrongAnswerException if a picture has another answer than alone
   */
  void underLoad(
      PretrainedModel model,
      int threads,
      int batch,
      List<Integer> loads,
      List<Front.Kind> fronts,
      LoadTest.Met met)
      throws IOException, WrongAnswerException {
    double each = LOAD_TURNS * seconds;
    new LoadTest(entrants.getFirst(), pictures, decoding, each, fronts)
        .run(model, threads, batch, loads, met);
  }

  /** Hears of work that is done. */
  @FunctionalInterface
  public interface Progress {
    void add(double expectedSeconds);
  }

  private void compare(List<Line> lines, PretrainedModel model)
      throws IOException, WrongAnswerException {
    int count = Math.min(COMPARED, pictures.files().size());
    float[] ours = lines.getFirst().answers(count);
    Answers.checkFinite(model.name(), lines.getFirst().name(), ours);
    double ourLimit = entrants.getFirst().limit();
    for (int i = 1; i < lines.size(); i++) {
      Answers.check(
          model.name(),
          lines.get(i).name(),
          lines.get(i).answers(count),
          ours,
          lines.getFirst().name(),
          Math.max(ourLimit, entrants.get(i).limit()));
    }
  }

  /**
   * Runs until it gets no faster.
   *
   * @param seconds of a pass, about, of which twice as many have to show no progress
   * @return images/s
   */
  static double warmUp(Line line, int batch, double seconds)
      throws IOException, WrongAnswerException {
    int count = MIN_BATCHES * batch;
    double steadySeconds = Math.min(STEADY_SECONDS, 2 * seconds);
    long start = System.nanoTime();
    long improved = start;
    double best = 0;
    int passes = 0;
    do {
      double rate = count * 1e9 / line.pass(count);
      line.alone(0);
      improved = rate > best / STABLE ? System.nanoTime() : improved;
      best = Math.max(best, rate);
      passes++;
    } while (secondsSince(start) < MAX_WARM_UP_SECONDS
        && (passes < MIN_PASSES || secondsSince(improved) < steadySeconds));
    return best;
  }

  private static double secondsSince(long nanos) {
    return (System.nanoTime() - nanos) / 1e9;
  }

  /** A line's rounds. */
  private static final class Turns {
    private final Line line;
    private final int count;
    private final List<FilesRow.Parts> parts = new ArrayList<>();
    private final List<Double> rates = new ArrayList<>();

    Turns(Line line, int count) {
      this.line = line;
      this.count = count;
    }

    void take(double aloneSeconds) throws IOException, WrongAnswerException {
      parts.add(line.alone(aloneSeconds));
      rates.add(count * 1e9 / line.pass(count));
    }

    FilesRow row(PretrainedModel model, Turns ours, int threads, int batch) {
      double[] bounds =
          parts.stream().mapToDouble(each -> each.bound(threads, line.isOnDevice())).toArray();
      double[] shares = new double[ROUNDS];
      double[] ratios = new double[ROUNDS];
      for (int i = 0; i < ROUNDS; i++) {
        shares[i] = rates.get(i) / bounds[i];
        ratios[i] = rates.get(i) / ours.rates.get(i);
      }
      return new FilesRow(
          model.name(),
          line.name(),
          threads,
          batch,
          new FilesRow.Parts(
              median(parts.stream().mapToDouble(FilesRow.Parts::decode).toArray()),
              median(parts.stream().mapToDouble(FilesRow.Parts::crop).toArray()),
              median(parts.stream().mapToDouble(FilesRow.Parts::network).toArray())),
          median(bounds),
          median(rates.stream().mapToDouble(Double::doubleValue).toArray()),
          median(shares),
          spread(shares),
          median(ratios),
          spread(ratios),
          rates,
          count);
    }

    private static double median(double... values) {
      return Statistics.median(values);
    }

    private static List<Double> spread(double... values) {
      return List.of(
          Arrays.stream(values).min().orElseThrow(), Arrays.stream(values).max().orElseThrow());
    }
  }
}
