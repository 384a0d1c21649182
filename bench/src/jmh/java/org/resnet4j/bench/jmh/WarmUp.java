package org.resnet4j.bench.jmh;

import org.resnet4j.bench.measure.Clock;
import org.resnet4j.bench.measure.Engine;
import org.resnet4j.bench.measure.Protocol;
import org.resnet4j.bench.measure.Rounds;

/**
 * Runs a kernel until it has got no faster for a second, as {@code bench} does. JMH's warm-up is of
 * one length for all, and a large kernel waits longer for its compiler than a small one.
 */
final class WarmUp {
  private static final Protocol PROTOCOL = new Protocol(1, 1);

  private WarmUp() {}

  static void of(Engine engine) {
    new Rounds(PROTOCOL, Clock.SYSTEM, () -> {}).warmUp(engine);
  }
}
