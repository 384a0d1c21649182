package org.resnet4j.simd;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.resnet4j.core.model.ResNetSpec;
import org.resnet4j.core.model.ResNets;
import org.resnet4j.simd.kernel.ConvAlgorithms;
import org.resnet4j.simd.kernel.conv.ConvAlgorithm;
import org.resnet4j.simd.kernel.conv.ConvShape;
import org.resnet4j.simd.machine.MachineModel;
import org.resnet4j.simd.support.NetworkShapes;

/** The cost model's choice beside what was measured once on each kind of processor; no clock. */
class RecordedChoiceTest {
  private static final double NEAR = 1.05;
  private static final double NEAR_SHARE = 0.95;
  private static final double NETWORK = 1.02;

  static Stream<MachineModel> machines() {
    return RecordedTimes.machines();
  }

  @ParameterizedTest
  @MethodSource("machines")
  void isNearTheBestOfNearlyAllConvolutions(MachineModel machine) {
    Map<ConvShape, Map<ConvAlgorithm, Double>> times = RecordedTimes.of(machine);
    List<String> far =
        times.entrySet().stream()
            .filter(each -> chosen(each.getKey(), machine, times) > NEAR * best(each.getValue()))
            .map(each -> each + ", chosen " + ConvAlgorithms.chooseBlocked(each.getKey(), machine))
            .toList();
    assertThat(far).hasSizeLessThanOrEqualTo((int) ((1 - NEAR_SHARE) * times.size()));
  }

  @ParameterizedTest
  @MethodSource("machines")
  void costsANetworkLittle(MachineModel machine) {
    Map<ConvShape, Map<ConvAlgorithm, Double>> times = RecordedTimes.of(machine);
    for (ResNetSpec spec : ResNets.all()) {
      List<ConvShape> shapes = NetworkShapes.of(spec).stream().filter(times::containsKey).toList();
      double chosen = shapes.stream().mapToDouble(each -> chosen(each, machine, times)).sum();
      double best = shapes.stream().mapToDouble(each -> best(times.get(each))).sum();
      assertThat(chosen / best).as(spec.name()).isLessThan(NETWORK);
    }
  }

  private static double chosen(
      ConvShape shape, MachineModel machine, Map<ConvShape, Map<ConvAlgorithm, Double>> times) {
    return times.get(shape).get(ConvAlgorithms.chooseBlocked(shape, machine));
  }

  private static double best(Map<ConvAlgorithm, Double> times) {
    return times.values().stream().mapToDouble(Double::doubleValue).min().orElseThrow();
  }
}
