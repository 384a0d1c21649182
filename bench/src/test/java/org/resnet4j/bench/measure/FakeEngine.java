package org.resnet4j.bench.measure;

import java.util.List;
import java.util.function.LongSupplier;

/** Answers at once, and moves a {@link FakeClock} by what a run is to take. */
final class FakeEngine implements Engine {
  private final String name;
  private final FakeClock clock;
  private final LongSupplier nanos;
  private final float[] answer;
  private final List<String> log;
  boolean closed;

  FakeEngine(String name, FakeClock clock, LongSupplier nanos, List<String> log, float... answer) {
    this.name = name;
    this.clock = clock;
    this.nanos = nanos;
    this.log = log;
    this.answer = answer;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public void run() {
    log.add(name);
    clock.advance(nanos.getAsLong());
  }

  @Override
  public float[] answer() {
    return answer.clone();
  }

  @Override
  public void close() {
    closed = true;
  }

  /** Opens this engine. */
  EngineFactory factory() {
    return factory(Answers.LIMIT);
  }

  /** Opens this engine, of a precision that has a limit. */
  EngineFactory factory(double limit) {
    return new EngineFactory() {
      @Override
      public double limit() {
        return limit;
      }

      @Override
      public String name() {
        return name;
      }

      @Override
      public Engine open(Problem problem) {
        return FakeEngine.this;
      }
    };
  }
}
