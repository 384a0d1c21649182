package org.resnet4j.bench.measure;

import java.util.ArrayList;
import java.util.List;

/** Time that passes only when it is told to. */
final class FakeClock implements Clock {
  private final List<String> log;
  private long now = 1_000;

  FakeClock(List<String> log) {
    this.log = log;
  }

  FakeClock() {
    this(new ArrayList<>());
  }

  void advance(long nanos) {
    now += nanos;
  }

  @Override
  public long nanos() {
    return now;
  }

  @Override
  public void pause(long nanos) {
    log.add("pause");
    now += nanos;
  }
}
