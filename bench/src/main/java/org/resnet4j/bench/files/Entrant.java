package org.resnet4j.bench.files;

import org.resnet4j.bench.measure.Answers;
import org.resnet4j.bench.measure.BackendEngines;
import org.resnet4j.bench.measure.SharedEngines;
import org.resnet4j.core.backend.Backend;
import org.resnet4j.core.backend.Backends;
import org.resnet4j.core.backend.Precision;

/** Whoever classifies the pictures. */
public sealed interface Entrant {
  /** What tables call it. */
  String name();

  /** Relative L2 norm that its answers may differ by from those of an engine in float32. */
  double limit();

  /**
   * Opens it.
   *
   * @param threads of the CPU
   */
  Backend open(int threads);

  /** One of our backends. */
  record Ours(BackendEngines engines) implements Entrant {
    @Override
    public String name() {
      return engines.name();
    }

    @Override
    public double limit() {
      return engines.limit();
    }

    @Override
    public Backend open(int threads) {
      return Backends.open(engines.backend(), engines.options().withThreads(threads));
    }
  }

  /** Another engine behind our pipeline: each thread runs it for its own pictures. */
  record Peer(SharedEngines engines) implements Entrant {
    @Override
    public String name() {
      return engines.name();
    }

    @Override
    public double limit() {
      return Answers.limit(Precision.FP32);
    }

    @Override
    public Backend open(int threads) {
      return new EngineBackend(engines, threads);
    }
  }
}
