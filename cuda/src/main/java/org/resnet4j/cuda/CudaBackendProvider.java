package org.resnet4j.cuda;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.resnet4j.core.backend.Availability;
import org.resnet4j.core.backend.Backend;
import org.resnet4j.core.backend.BackendOptions;
import org.resnet4j.core.backend.BackendProvider;
import org.resnet4j.core.backend.BackendUnavailableException;
import org.resnet4j.core.backend.Precision;
import org.resnet4j.core.backend.Requirement;
import org.resnet4j.cuda.device.Capabilities;
import org.resnet4j.cuda.device.CudaContext;
import org.resnet4j.cuda.device.CudaProbe;
import org.resnet4j.cuda.device.DeviceFacts;
import org.resnet4j.cuda.device.Diagnosis;
import org.resnet4j.cuda.device.Obstacle;
import org.resnet4j.cuda.driver.CudaException;
import org.resnet4j.cuda.library.LibraryFinder;

/** NVIDIA GPUs by cuDNN and cuBLAS. Thread-safe. */
public final class CudaBackendProvider implements BackendProvider {
  static final String NAME = "cuda";

  private final LibraryFinder finder;

  /** For {@link java.util.ServiceLoader}. */
  public CudaBackendProvider() {
    this(LibraryFinder.ofProcess());
  }

  /** With libraries from where {@code finder} looks. */
  CudaBackendProvider(LibraryFinder finder) {
    this.finder = finder;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Availability availability() {
    return availability(0);
  }

  /** Whether driver, device and libraries are there; the device is not opened. */
  @Override
  public Availability availability(int device) {
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
    return new CudaBackend(openDevice(options.device(), options.precision()), options);
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
