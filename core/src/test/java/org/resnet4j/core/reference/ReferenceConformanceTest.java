package org.resnet4j.core.reference;

import org.resnet4j.core.backend.Backend;
import org.resnet4j.core.backend.BackendOptions;
import org.resnet4j.core.conformance.BackendConformance;
import org.resnet4j.core.conformance.Tolerance;

/**
 * The reference against itself: its contract, and that the suite can be passed. What it computes is
 * {@link ReferenceOpsTest}'s business.
 */
class ReferenceConformanceTest extends BackendConformance {
  @Override
  protected Backend open(int threads) {
    return new ReferenceBackendProvider().open(new BackendOptions(threads));
  }

  @Override
  protected Tolerance tolerance() {
    return Tolerance.EXACT;
  }
}
