package org.resnet4j.cuda;

import org.resnet4j.core.backend.Availability;
import org.resnet4j.core.backend.Backend;
import org.resnet4j.core.backend.BackendOptions;
import org.resnet4j.core.backend.BackendProvider;
import org.resnet4j.core.backend.BackendUnavailableException;

/** The name {@code cuda}, so that asking for a GPU gets an answer. Never available. Thread-safe. */
public final class CudaBackendProvider implements BackendProvider {
  private static final String REASON = "the GPU backend is not part of this version";
  private static final String REMEDY = "use --backend simd";

  /** For {@link java.util.ServiceLoader}. */
  public CudaBackendProvider() {}

  @Override
  public String name() {
    return "cuda";
  }

  @Override
  public Availability availability() {
    return new Availability.Unavailable(REASON, REMEDY);
  }

  @Override
  public Backend open(BackendOptions options) {
    throw new BackendUnavailableException(name(), REASON, REMEDY);
  }
}
