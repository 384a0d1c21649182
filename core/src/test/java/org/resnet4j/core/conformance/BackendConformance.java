package org.resnet4j.core.conformance;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.resnet4j.core.backend.Backend;
import org.resnet4j.core.backend.StepInfo;

/**
 * The suite every backend passes: it computes what the reference backend computes, gives the same
 * bits however it is called, and keeps the contracts of {@link Backend}, {@link
 * org.resnet4j.core.backend.Plan} and {@link org.resnet4j.core.backend.Session}.
 *
 * <p>A backend's module extends it with a test class that says how to open the backend and how
 * close its float arithmetic is. The subclass must leave JUnit's instance per class.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
// A broken backend may block; a hung test says less than a failed one.
@Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
public abstract class BackendConformance
    implements ConvolutionConformance,
        OperatorConformance,
        StructureConformance,
        NetworkConformance,
        InvarianceConformance,
        BufferConformance,
        SampleConformance,
        RobustnessConformance,
        LifecycleConformance,
        CancellationConformance,
        ProbeConformance {
  private Subject subject;

  /** For subclasses. */
  protected BackendConformance() {}

  /** Opens the backend; the suite closes it. Called several times, several may be open at once. */
  protected abstract Backend open(int threads);

  /**
   * How far results on real-valued data may lie from the reference's, per operator; usually {@link
   * Tolerance#FLOAT32}.
   */
  protected abstract Tolerance tolerance();

  /**
   * How far results on integer-valued data may lie from the reference's. Exact unless overridden,
   * which only an algorithm that transforms its input (Winograd, FFT, low precision) justifies.
   *
   * @param steps of the plan that computes the result, with the kernels it has chosen
   */
  protected Tolerance integerTolerance(List<StepInfo> steps) {
    return Tolerance.EXACT;
  }

  /**
   * Whether bits depend neither on the number of threads nor on the batch nor on the position in
   * it.
   */
  protected boolean deterministic() {
    return true;
  }

  /**
   * Whether a cancelled run ends before the next step and not only where a device is waited for.
   */
  protected boolean cancelsWithinAStep() {
    return true;
  }

  @BeforeAll
  final void openSubject() {
    subject =
        new Subject(
            this::open, tolerance(), this::integerTolerance, deterministic(), cancelsWithinAStep());
  }

  @AfterAll
  final void closeSubject() {
    if (subject != null) {
      subject.close();
    }
  }

  @Override
  public final Subject subject() {
    return subject;
  }
}
