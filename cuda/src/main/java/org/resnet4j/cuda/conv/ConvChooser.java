package org.resnet4j.cuda.conv;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.resnet4j.core.backend.AlgorithmChoice;
import org.resnet4j.cuda.device.CudaContext;
import org.resnet4j.cuda.driver.CudaException;
import org.resnet4j.cuda.driver.DeviceRange;
import org.resnet4j.cuda.driver.Event;
import org.resnet4j.cuda.driver.Failures;
import org.resnet4j.cuda.driver.Graph;
import org.resnet4j.cuda.driver.Resources;

/**
 * Decides between the candidates of a convolution by trying them: the first that runs, or, where
 * algorithms are to be measured, the fastest. Remembers what it has decided. Belongs to its
 * device's thread; what it runs overwrites results.
 *
 * <p>A kernel may take less time than the host needs to queue it, and a clock that has idled is
 * slow. So each candidate's repetitions are one graph, the device works for a while before anything
 * is timed, the candidates are gone round in turns, and the least time of each counts.
 */
public final class ConvChooser {
  /** Repetitions in a graph: as many as last so long, but not more. */
  private static final double GRAPH_MILLIS = 1;

  private static final int MOST_REPETITIONS = 20;

  private static final long WARM_UP_NANOS = 50_000_000;

  /** After so long without work the device counts as cold. */
  private static final long IDLE_NANOS = 20_000_000;

  /** Of all candidates in turns. */
  private static final int ROUNDS = 5;

  /** A convolution that needs more is computed in another way. */
  private static final long MOST_WORKSPACE_BYTES = 256L << 20;

  private record Question(ConvProblem problem, int images) {}

  private final CudaContext context;
  private final AlgorithmChoice choice;
  private final Declines declines;
  private final Map<Question, String> decided = new HashMap<>();

  /** When it last ended timing, by {@link System#nanoTime}. */
  private long busy = System.nanoTime() - IDLE_NANOS;

  public ConvChooser(CudaContext context, AlgorithmChoice choice, Declines declines) {
    this.context = context;
    this.choice = choice;
    this.declines = declines;
  }

  /**
   * Builds the way to take.
   *
   * @param owner of its native objects
   * @throws CudaException if the device fails; what libraries decline is gone round
   */
  ConvChoice choose(ConvProblem problem, int images, ConvAddresses at, Resources owner) {
    Question question = new Question(problem, images);
    String before = decided.get(question);
    ConvChoice chosen = null;
    if (before != null) {
      chosen = choose(question, at, owner, true, offer -> offer.name().equals(before));
    }
    if (chosen == null) {
      boolean first = choice != AlgorithmChoice.MEASURED;
      chosen = choose(question, at, owner, first, _ -> true);
    }
    if (chosen == null) {
      throw new IllegalStateException(
          "cuDNN %s, cuBLAS and our own kernels compute no %s: %s"
              .formatted(
                  context.cudnn().cudnn().versionText(),
                  problem.text(),
                  String.join("; ", declines.texts())));
    }
    decided.put(question, chosen.name());
    return chosen;
  }

  /** Of the wanted ways the first that runs, or the fastest; null if there is none. */
  private @Nullable ConvChoice choose(
      Question question,
      ConvAddresses at,
      Resources owner,
      boolean first,
      Predicate<ConvCandidates.Offer> wanted) {
    List<Trial> trials = new ArrayList<>();
    try (Resources listing = new Resources()) {
      Iterator<ConvCandidates.Offer> offers =
          new ConvCandidates(
                  context,
                  question.problem,
                  question.images,
                  MOST_WORKSPACE_BYTES,
                  listing,
                  declines)
              .offers();
      while (offers.hasNext() && !(first && !trials.isEmpty())) {
        ConvCandidates.Offer offer = offers.next();
        Trial trial = wanted.test(offer) ? attempt(question, offer, at) : null;
        if (trial != null) {
          trials.add(trial);
        }
      }
      if (trials.isEmpty()) {
        return null;
      }
      Trial best = trials.size() == 1 ? trials.getFirst() : fastest(question, trials, at);
      trials.remove(best);
      owner.own(best.choice.candidate().natives());
      return best.choice;
    } finally {
      closeAll(trials);
    }
  }

  private static void closeAll(List<Trial> trials) {
    try (Resources all = new Resources()) {
      trials.forEach(trial -> all.own(trial.choice.candidate().natives()));
    }
  }

  /**
   * A candidate that has run.
   *
   * @param millis of its second run, where it is to be compared with others
   */
  private record Trial(ConvChoice choice, double millis) {
    long workspaceBytes() {
      return choice.candidate().workspaceBytes();
    }
  }

  /** Builds and runs; null if a library declines. */
  private @Nullable Trial attempt(Question question, ConvCandidates.Offer offer, ConvAddresses at) {
    Resources natives = new Resources();
    try {
      ConvCandidate candidate = offer.builder().apply(natives);
      double millis = run(candidate, at);
      return new Trial(new ConvChoice(offer.name(), candidate), millis);
    } catch (CudaException e) {
      Failures.closeAfter(e, natives);
      declines.add(question.problem, question.images, offer.name(), e);
    } catch (TooMuchWorkspaceException e) {
      natives.close();
      declines.note(
          question.problem, question.images, offer.name(), String.valueOf(e.getMessage()));
    } catch (Throwable e) {
      Failures.closeAfter(e, natives);
      throw e;
    }
    return null;
  }

  /** Runs once, and where candidates are compared once more, timed. */
  private double run(ConvCandidate candidate, ConvAddresses at) {
    try (Resources owner = new Resources()) {
      Runnable queue =
          candidate.bind(at, context.workspace(candidate.workspaceBytes(), owner), owner);
      queue.run();
      if (choice != AlgorithmChoice.MEASURED) {
        context.stream().synchronize();
        return 0;
      }
      return millis(queue);
    }
  }

  private double millis(Runnable work) {
    try (Event start = Event.create(context.gpu());
        Event end = Event.create(context.gpu())) {
      start.record(context.stream());
      work.run();
      end.record(context.stream());
      end.synchronize();
      return end.millisSince(start);
    }
  }

  /** Candidate and its repetitions. */
  private record Contender(Trial trial, Graph graph, int repetitions) {}

  private Trial fastest(Question question, List<Trial> trials, ConvAddresses at) {
    try (Resources owner = new Resources()) {
      long bytes = trials.stream().mapToLong(Trial::workspaceBytes).max().orElse(0);
      DeviceRange workspace = context.workspace(bytes, owner);
      List<Contender> contenders = new ArrayList<>();
      for (Trial trial : trials) {
        try {
          contenders.add(contender(trial, at, workspace, owner));
        } catch (CudaException e) {
          declines.add(question.problem, question.images, trial.choice.name(), e);
        }
      }
      if (contenders.isEmpty()) {
        return trials.getFirst();
      }
      warmUp(contenders);
      return fastest(contenders);
    }
  }

  private Contender contender(
      Trial trial, ConvAddresses at, DeviceRange workspace, Resources owner) {
    int repetitions = (int) Math.clamp(Math.ceil(GRAPH_MILLIS / trial.millis), 1, MOST_REPETITIONS);
    Runnable queue = trial.choice.candidate().bind(at, workspace, owner);
    Graph graph =
        owner.own(
            context.stream()
                .capture(() -> {
                  for (int i = 0; i < repetitions; i++) {
                    queue.run();
                  }
                }));
    return new Contender(trial, graph, repetitions);
  }

  private void warmUp(List<Contender> contenders) {
    long start = System.nanoTime();
    if (start - busy < IDLE_NANOS) {
      return;
    }
    do {
      contenders.forEach(contender -> contender.graph.launch(context.stream()));
      context.stream().synchronize();
    } while (System.nanoTime() - start < WARM_UP_NANOS);
  }

  private Trial fastest(List<Contender> contenders) {
    double[] least = new double[contenders.size()];
    Arrays.fill(least, Double.POSITIVE_INFINITY);
    for (int round = 0; round < ROUNDS; round++) {
      for (int i = 0; i < least.length; i++) {
        Contender contender = contenders.get(i);
        double millis = millis(() -> contender.graph.launch(context.stream()));
        least[i] = Math.min(least[i], millis / contender.repetitions);
      }
    }
    busy = System.nanoTime();
    int best = 0;
    for (int i = 1; i < least.length; i++) {
      best = least[i] < least[best] ? i : best;
    }
    return contenders.get(best).trial;
  }
}
