package org.resnet4j.cuda;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.resnet4j.core.backend.Availability;
import org.resnet4j.core.backend.Backend;
import org.resnet4j.core.backend.BackendOptions;
import org.resnet4j.core.backend.BackendProvider;
import org.resnet4j.core.backend.BackendUnavailableException;
import org.resnet4j.core.backend.Precision;
import org.resnet4j.core.backend.Requirement;
import org.resnet4j.cuda.driver.CudaException;
import org.resnet4j.cuda.library.LibraryFinder;

/**
 * The name {@code cuda}, so that asking for a GPU gets an answer. Not available in this version;
 * {@link #requirements} says what it finds of what a GPU backend needs. Thread-safe.
 */
public final class CudaBackendProvider implements BackendProvider {
  private static final Availability.Unavailable ABSENT =
      new Availability.Unavailable(
          "the GPU backend is not part of this version", "use --backend simd");

  private final LibraryFinder finder;
  private final @Nullable Function<CudaContext, Backend> backend;

  /** For {@link java.util.ServiceLoader}. */
  public CudaBackendProvider() {
    this(LibraryFinder.ofProcess(), null);
  }

  /**
   * With libraries from where {@code finder} looks.
   *
   * @param backend makes a backend that owns the context; null if there is none in this version
   */
  CudaBackendProvider(LibraryFinder finder, @Nullable Function<CudaContext, Backend> backend) {
    this.finder = finder;
    this.backend = backend;
  }

  @Override
  public String name() {
    return "cuda";
  }

  @Override
  public Availability availability() {
    return availability(0);
  }

  /** Whether driver, device and libraries are there; the device is not opened. */
  @Override
  public Availability availability(int device) {
    if (backend == null) {
      return ABSENT;
    }
    try {
      return switch (CudaProbe.of(finder, device)) {
        case CudaProbe.Ready(DeviceFacts facts) -> new Availability.Available(facts.text());
        case CudaProbe.Blocked(Obstacle obstacle) -> unavailable(obstacle);
      };
    } catch (CudaException e) {
      return unavailable(new Obstacle.Failure(device, e));
    }
  }

  private static Availability unavailable(Obstacle obstacle) {
    return new Availability.Unavailable(obstacle.reason(), obstacle.remedy());
  }

  @Override
  public Set<Precision> precisions() {
    return EnumSet.allOf(Precision.class);
  }

  @Override
  public List<Requirement> requirements() {
    return Diagnosis.of(finder);
  }

  @Override
  public Backend open(BackendOptions options) {
    if (backend == null) {
      throw new BackendUnavailableException(name(), ABSENT.reason(), ABSENT.remedy());
    }
    return backend.apply(openDevice(options.device(), options.precision()));
  }

  private CudaContext openDevice(int number, Precision precision) {
    return switch (CudaProbe.of(finder, number)) {
      case CudaProbe.Blocked(Obstacle obstacle) -> throw refusal(obstacle);
      case CudaProbe.Ready(DeviceFacts facts) -> {
        if (!Capabilities.precisions(facts.device()).contains(precision)) {
          throw refusal(new Obstacle.UnsupportedPrecision(facts.device(), precision));
        }
        try {
          yield CudaContext.open(facts, precision);
        } catch (CudaException e) {
          BackendUnavailableException refusal = refusal(new Obstacle.Failure(number, e));
          refusal.initCause(e);
          throw refusal;
        }
      }
    };
  }

  private BackendUnavailableException refusal(Obstacle obstacle) {
    return new BackendUnavailableException(name(), obstacle.reason(), obstacle.remedy());
  }
}
