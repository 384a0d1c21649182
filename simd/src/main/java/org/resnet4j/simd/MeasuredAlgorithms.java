package org.resnet4j.simd;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.resnet4j.core.backend.RunCancelledException;
import org.resnet4j.core.backend.TuningListener;
import org.resnet4j.simd.kernel.ConvAlgorithms;
import org.resnet4j.simd.kernel.conv.ConvAlgorithm;
import org.resnet4j.simd.kernel.conv.ConvShape;
import org.resnet4j.simd.machine.MachineModel;

/**
 * Takes the fastest algorithm, by the cache or else by the clock. The choice by shape stands unless
 * another one is faster by more than noise.
 */
final class MeasuredAlgorithms implements AlgorithmChooser {
  /** What another algorithm must save of the time. */
  private static final double MARGIN = 0.03;

  private final AlgorithmCache cache;
  private final AlgorithmTimer timer;
  private final MachineModel machine;
  private final TuningListener listener;
  private final Map<ConvShape, ConvAlgorithm> decided = new HashMap<>();

  MeasuredAlgorithms(
      AlgorithmCache cache, AlgorithmTimer timer, MachineModel machine, TuningListener listener) {
    this.cache = cache;
    this.timer = timer;
    this.machine = machine;
    this.listener = listener;
  }

  @Override
  public synchronized void prepare(Set<ConvShape> shapes) {
    List<ConvShape> open = shapes.stream().filter(shape -> !decided.containsKey(shape)).toList();
    for (int done = 0; done < open.size(); done++) {
      listener.tuned(done, open.size());
      choose(open.get(done));
    }
    if (!open.isEmpty()) {
      listener.tuned(open.size(), open.size());
    }
  }

  /** One at a time: two measurements would disturb each other. */
  @Override
  public synchronized ConvAlgorithm choose(ConvShape shape) {
    return decided.computeIfAbsent(shape, this::decide);
  }

  private ConvAlgorithm decide(ConvShape shape) {
    List<ConvAlgorithm> candidates = candidates(shape);
    if (candidates.size() == 1) {
      return candidates.getFirst();
    }
    Optional<ConvAlgorithm> known = cache.find(shape, candidates);
    if (known.isPresent()) {
      return known.get();
    }
    if (Thread.currentThread().isInterrupted()) {
      throw new RunCancelledException(RunCancelledException.Reason.INTERRUPTED);
    }
    Optional<long[]> nanos = timer.nanos(shape, candidates);
    if (nanos.isEmpty()) {
      return ConvAlgorithms.chooseBlocked(shape, machine); // and the next process tries again
    }
    ConvAlgorithm fastest = fastest(shape, candidates, nanos.get());
    cache.put(shape, candidates, fastest);
    return fastest;
  }

  /** What may compute a shape whose input lies in blocks, the choice by shape among it. */
  static List<ConvAlgorithm> candidates(ConvShape shape) {
    return ConvAlgorithms.chooseBlocked(shape, MachineModel.PORTABLE) == ConvAlgorithm.IM2COL_GEMM
        ? List.of(ConvAlgorithm.IM2COL_GEMM) // and so on any machine
        : ConvAlgorithms.blocked(shape);
  }

  private ConvAlgorithm fastest(ConvShape shape, List<ConvAlgorithm> candidates, long[] nanos) {
    ConvAlgorithm byShape = ConvAlgorithms.chooseBlocked(shape, machine);
    int usual = candidates.indexOf(byShape);
    int best = usual;
    for (int i = 0; i < nanos.length; i++) {
      best = nanos[i] < nanos[best] ? i : best;
    }
    return nanos[best] <= (1 - MARGIN) * nanos[usual] ? candidates.get(best) : byShape;
  }
}
