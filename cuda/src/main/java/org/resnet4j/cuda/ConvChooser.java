package org.resnet4j.cuda;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.resnet4j.core.backend.AlgorithmChoice;
import org.resnet4j.cuda.driver.CudaException;
import org.resnet4j.cuda.driver.Event;
import org.resnet4j.cuda.driver.Resources;

/**
 * Decides between the candidates of a convolution by trying them: the first that runs, or, where
 * algorithms are to be measured, the fastest. Remembers what it has measured. Belongs to its
 * device's thread; what it runs overwrites results.
 */
final class ConvChooser {
  /** Runs before those that are timed. */
  private static final int WARM_UPS = 2;

  private static final int RUNS = 5;

  /** {@code CUDA_ERROR_OUT_OF_MEMORY}. */
  private static final int OUT_OF_MEMORY = 2;

  private record Question(ConvProblem problem, int images) {}

  private final CudaContext context;
  private final AlgorithmChoice choice;
  private final Map<Question, Integer> measured = new HashMap<>();

  ConvChooser(CudaContext context, AlgorithmChoice choice) {
    this.context = context;
    this.choice = choice;
  }

  /**
   * The candidate to take.
   *
   * @param candidates of the problem for that many images, the same for equal arguments
   * @throws CudaException if none can be run
   */
  ConvCandidate choose(
      ConvProblem problem, int images, List<ConvCandidate> candidates, ConvAddresses at) {
    return switch (choice) {
      case BY_SHAPE -> firstThatRuns(candidates, at);
      case MEASURED ->
          candidates.get(
              measured.computeIfAbsent(
                  new Question(problem, images), _ -> fastest(candidates, at)));
    };
  }

  private ConvCandidate firstThatRuns(List<ConvCandidate> candidates, ConvAddresses at) {
    CudaException declined = null;
    for (ConvCandidate candidate : candidates) {
      try {
        millis(candidate, at, 0, 1);
        return candidate;
      } catch (CudaException e) {
        declined = requireDeclined(e, declined);
      }
    }
    throw none(declined);
  }

  private int fastest(List<ConvCandidate> candidates, ConvAddresses at) {
    CudaException declined = null;
    int best = -1;
    float least = Float.POSITIVE_INFINITY;
    for (int i = 0; i < candidates.size(); i++) {
      try {
        float millis = millis(candidates.get(i), at, WARM_UPS, RUNS);
        if (best < 0 || millis < least) {
          best = i;
          least = millis;
        }
      } catch (CudaException e) {
        declined = requireDeclined(e, declined);
      }
    }
    if (best < 0) {
      throw none(declined);
    }
    return best;
  }

  private static RuntimeException none(@Nullable CudaException declined) {
    return declined == null ? new IllegalArgumentException("no candidates") : declined;
  }

  /** The first refusal, with later ones added; anything else goes on. */
  private static CudaException requireDeclined(CudaException e, @Nullable CudaException first) {
    if (!isAnotherWayOpen(e)) {
      throw e;
    }
    if (first == null) {
      return e;
    }
    first.addSuppressed(e);
    return first;
  }

  /** Whether the library declines, or has no room for a workspace that another may not need. */
  private static boolean isAnotherWayOpen(CudaException e) {
    boolean driver = !e.function().startsWith("cudnn") && !e.function().startsWith("cublas");
    return driver ? e.code() == OUT_OF_MEMORY : ConvCandidates.isDeclined(e);
  }

  private float millis(ConvCandidate candidate, ConvAddresses at, int warmUps, int runs) {
    try (Resources owner = new Resources()) {
      Runnable queue =
          candidate.bind(at, context.workspace(candidate.workspaceBytes(), owner), owner);
      Event start = owner.own(Event.create(context.gpu()));
      Event end = owner.own(Event.create(context.gpu()));
      for (int i = 0; i < warmUps; i++) {
        queue.run();
      }
      start.record(context.stream());
      for (int i = 0; i < runs; i++) {
        queue.run();
      }
      end.record(context.stream());
      end.synchronize();
      return end.millisSince(start) / runs;
    }
  }
}
