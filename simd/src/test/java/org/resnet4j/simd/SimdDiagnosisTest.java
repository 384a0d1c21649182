package org.resnet4j.simd;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.resnet4j.core.backend.Requirement;
import org.resnet4j.simd.kernel.VectorSpeed;
import org.resnet4j.simd.machine.KernelPath;
import org.resnet4j.simd.machine.VectorObstacle;

class SimdDiagnosisTest {
  private static final Optional<VectorObstacle> NONE = Optional.empty();

  @Test
  void wrongAnswersComeWithARemedy() {
    assertThat(SimdDiagnosis.answers(() -> Optional.of("output 3 is 1.0")))
        .isEqualTo(
            new Requirement.Unmet(
                "answers", "this JVM computes wrongly: output 3 is 1.0", SimdDiagnosis.REMEDY));
    assertThat(SimdDiagnosis.answers(Optional::empty)).isInstanceOf(Requirement.Met.class);
  }

  @Test
  void threeTimesAsFastAsPlainLoopsIsEnough() {
    assertThat(SimdDiagnosis.speed(KernelPath.FMA, new VectorSpeed(3, 0), NONE))
        .isEqualTo(new Requirement.Met("speed", "vectors are 3.0 times as fast as plain loops"));
    assertThat(SimdDiagnosis.speed(KernelPath.FMA, new VectorSpeed(2.94, 0), NONE))
        .isEqualTo(
            new Requirement.Unmet(
                "speed",
                "vectors are 2.9 times as fast as plain loops: nothing is known to be in the way",
                "try again when the machine is idle; the processor may emulate vectors"));
  }

  @Test
  void slowVectorsComeWithTheirCause() {
    VectorObstacle obstacle = new VectorObstacle("no C2", "start it with C2");
    assertThat(SimdDiagnosis.speed(KernelPath.SCALAR, new VectorSpeed(1, 0), Optional.of(obstacle)))
        .isEqualTo(
            new Requirement.Unmet("speed", "kernels are plain loops: no C2", "start it with C2"));
    assertThat(SimdDiagnosis.speed(KernelPath.FMA, new VectorSpeed(0.1, 1 << 20), NONE))
        .asString()
        .contains("vectors are 0.1 times as fast as plain loops: C2 has not compiled them");
  }
}
