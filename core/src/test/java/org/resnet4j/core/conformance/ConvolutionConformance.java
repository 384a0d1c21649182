package org.resnet4j.core.conformance;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Single convolutions of every kind. */
interface ConvolutionConformance extends Conformance {
  /** No rounding happens here, so an exact backend differs in no bit. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("org.resnet4j.core.conformance.ConvCases#all")
  default void convolvesIntegers(ConvCase conv) {
    agrees(conv, Values.INTEGER);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("org.resnet4j.core.conformance.ConvCases#real")
  default void convolvesRealValues(ConvCase conv) {
    agrees(conv, Values.REAL);
  }

  private void agrees(ConvCase conv, Values values) {
    subject().agrees(conv.toString(), conv.graph(values), values, conv.batch(), conv.input(values));
  }
}
