package org.resnet4j.simd;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.resnet4j.core.backend.AlgorithmChoice;
import org.resnet4j.core.backend.Availability;
import org.resnet4j.core.backend.Backend;
import org.resnet4j.core.backend.BackendOptions;
import org.resnet4j.core.backend.BackendProvider;
import org.resnet4j.core.backend.BackendUnavailableException;
import org.resnet4j.core.backend.Precision;
import org.resnet4j.core.backend.Requirement;
import org.resnet4j.core.stack.StackReserve;
import org.resnet4j.simd.kernel.matrix.MatrixAnswers;
import org.resnet4j.simd.kernel.matrix.MatrixUnit;
import org.resnet4j.simd.kernel.tile.TileKernels;
import org.resnet4j.simd.machine.VectorApi;

/**
 * The CPU backend in pure Java.
 *
 * <p>This class loads on a JVM without the Vector API's module; nothing in its fields or signatures
 * may mention it.
 */
public final class SimdBackendProvider implements BackendProvider {
  private final Supplier<Optional<String>> faultAtStart;

  /** For {@link java.util.ServiceLoader}. */
  public SimdBackendProvider() {
    this(() -> SimdDiagnosis.faultAtStart());
  }

  /** With another self-test, which gives what is wrong or nothing. */
  SimdBackendProvider(Supplier<Optional<String>> faultAtStart) {
    this.faultAtStart = faultAtStart;
  }

  @Override
  public String name() {
    return "simd";
  }

  @Override
  public Availability availability() {
    if (!hasKernels()) {
      return new Availability.Unavailable(
          "the JVM was started without the module "
              + VectorApi.MODULE
              + TileKernels.obstacle().map(why -> "; without it: " + why).orElse(""),
          "add --add-modules " + VectorApi.MODULE + " to the java command");
    }
    return new Availability.Available(SimdBackend.describeDevice());
  }

  /** The kind of processor, and whether vectors are fast enough, which takes a second or two. */
  @Override
  public List<Requirement> requirements() {
    StackReserve.requireForFirstUse();
    return hasKernels()
        ? List.of(
            SimdDiagnosis.machine(),
            SimdDiagnosis.speed(),
            SimdDiagnosis.tiles(),
            MatrixUnit.current())
        : List.of();
  }

  @Override
  public List<Requirement> selfTest() {
    if (!hasKernels()) {
      return List.of();
    }
    StackReserve.requireForFirstUse();
    return MatrixUnit.isThere()
        ? List.of(SimdDiagnosis.answers(), SimdDiagnosis.matrixAnswers())
        : List.of(SimdDiagnosis.answers());
  }

  private static boolean hasKernels() {
    return VectorApi.isPresent() || TileKernels.obstacle().isEmpty();
  }

  /** Float32 everywhere; bfloat16 where the processor has matrix units. */
  @Override
  public Set<Precision> precisions() {
    return Set.of(Precision.FP32, Precision.BF16);
  }

  /**
   * {@inheritDoc}
   *
   * @throws BackendUnavailableException also if it is to compute in bfloat16 and there are no
   *     matrix units that it may use
   * @throws IllegalArgumentException also if bits that all processors give are asked for in
   *     bfloat16, where each kind of unit has its own
   */
  @Override
  public void check(BackendOptions options) {
    BackendProvider.super.check(options);
    StackReserve.requireForFirstUse();
    if (options.precision() == Precision.BF16 && options.algorithms() == AlgorithmChoice.PORTABLE) {
      throw new IllegalArgumentException(
          "portable algorithms are for FP32: in BF16 each kind of processor rounds in its own way;"
              + " choose by-shape");
    }
    if (options.precision() == Precision.BF16
        && MatrixUnit.current() instanceof Requirement.Without(_, String reason, String remedy)) {
      throw new BackendUnavailableException(name(), reason, remedy);
    }
  }

  /**
   * Opens it, after a self-test: a known answer once per process.
   *
   * @throws BackendUnavailableException also if that answer is wrong
   */
  @Override
  public Backend open(BackendOptions options) {
    check(options);
    faultAtStart
        .get()
        .ifPresent(what -> {
          throw new BackendUnavailableException(
              name(), SimdDiagnosis.wrong(what), SimdDiagnosis.REMEDY);
        });
    if (options.precision() == Precision.BF16) {
      MatrixAnswers.fault()
          .ifPresent(what -> {
            throw new BackendUnavailableException(
                name(), SimdDiagnosis.wrong(what), "compute in fp32, and report it");
          });
    }
    return new SimdBackend(options);
  }
}
