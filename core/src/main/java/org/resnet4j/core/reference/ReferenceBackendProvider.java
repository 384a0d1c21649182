package org.resnet4j.core.reference;

import org.resnet4j.core.backend.Availability;
import org.resnet4j.core.backend.Backend;
import org.resnet4j.core.backend.BackendOptions;
import org.resnet4j.core.backend.BackendProvider;

/**
 * Plain loops: every operator of every graph, fused or not. Sums and epilogues run in double and
 * are rounded to float once per operator, so its results are the correctly rounded ones but for
 * rare double roundings. Slow.
 */
public final class ReferenceBackendProvider implements BackendProvider {
  /** For {@link java.util.ServiceLoader}. */
  public ReferenceBackendProvider() {}

  @Override
  public String name() {
    return "reference";
  }

  @Override
  public Availability availability() {
    return new Availability.Available("CPU, plain Java loops in double");
  }

  @Override
  public Backend open(BackendOptions options) {
    check(options);
    return new ReferenceBackend(options.threads());
  }
}
