package org.resnet4j.simd;

import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import org.resnet4j.core.backend.Requirement;
import org.resnet4j.simd.kernel.KnownAnswers;
import org.resnet4j.simd.kernel.VectorSpeed;
import org.resnet4j.simd.kernel.matrix.MatrixAnswers;
import org.resnet4j.simd.kernel.matrix.MatrixUnit;
import org.resnet4j.simd.kernel.tile.TileKernels;
import org.resnet4j.simd.machine.KernelPath;
import org.resnet4j.simd.machine.MachineModel;
import org.resnet4j.simd.machine.VectorObstacle;
import org.resnet4j.simd.machine.VectorWidth;

/** What people are told of the kernels on this JVM. */
final class SimdDiagnosis {
  /** What may help where the JVM computes wrongly. */
  static final String REMEDY =
      "use another build of JDK 25; -XX:UseAVX=2 or -XX:UseAVX=1 has it compile narrower vectors,"
          + " -XX:TieredStopAtLevel=1 none";

  private SimdDiagnosis() {}

  /** What is wrong with the kernels' first answers, or empty. */
  static Optional<String> faultAtStart() {
    return KnownAnswers.faultAtStart(VectorWidth.preferred());
  }

  /** What is wrong with their answers when the JVM has compiled them. */
  static Requirement answers() {
    return answers(() -> KnownAnswers.faultWhenCompiled(VectorWidth.preferred()));
  }

  static Requirement answers(Supplier<Optional<String>> fault) {
    return fault
        .get()
        .<Requirement>map(what -> new Requirement.Unmet("answers", wrong(what), REMEDY))
        .orElse(
            new Requirement.Met("answers", "right, by every algorithm, after the JVM compiled it"));
  }

  /** The same of the unit for bfloat16, which there must be. */
  static Requirement matrixAnswers() {
    return MatrixAnswers.fault()
        .<Requirement>map(what ->
            new Requirement.Unmet("bfloat16", wrong(what), "compute in fp32, and report it"))
        .orElse(new Requirement.Met("bfloat16", "right, by " + MatrixUnit.kind().text()));
  }

  static String wrong(String what) {
    return "this JVM computes wrongly: " + what;
  }

  /** For which kind of processor algorithms are chosen. */
  static Requirement machine() {
    return new Requirement.Met("machine", MachineModel.current().text());
  }

  /** By what the micro-kernel is made. */
  static Requirement tiles() {
    return new Requirement.Met("tiles", TileKernels.text());
  }

  /** Whether vectors are worth it; with the cause where they are not. */
  static Requirement speed() {
    return speed(KernelPath.current(), VectorSpeed.current(), VectorObstacle.current());
  }

  static Requirement speed(KernelPath path, VectorSpeed speed, Optional<VectorObstacle> obstacle) {
    String found =
        path == KernelPath.SCALAR && !speed.isEnough()
            ? "kernels are plain loops"
            : String.format(
                Locale.ROOT, "vectors are %.1f times as fast as plain loops", speed.timesScalar());
    if (speed.isEnough()) {
      return new Requirement.Met("speed", found);
    }
    VectorObstacle why =
        obstacle.orElse(
            speed.allocatedBytes() > 0
                ? new VectorObstacle(
                    "C2 has not compiled them: the machine is busy, or a compiler directive is in"
                        + " the way",
                    "try again when it is idle, without -XX:CompileCommand")
                : new VectorObstacle(
                    "nothing is known to be in the way",
                    "try again when the machine is idle; the processor may emulate vectors"));
    return new Requirement.Unmet("speed", found + ": " + why.cause(), why.remedy());
  }
}
