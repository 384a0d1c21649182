package org.resnet4j.core.conformance;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whole networks, against the reference on the same fused graph. */
interface NetworkConformance extends Conformance {
  @ParameterizedTest(name = "{0}")
  @MethodSource("org.resnet4j.core.conformance.NetworkCase#all")
  default void runsANetwork(NetworkCase network) {
    subject()
        .agrees(network.toString(), network.graph(), Values.REAL, network.batch(), network.input());
  }
}
