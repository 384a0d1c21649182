package org.resnet4j.cuda.cudnn;

import java.util.List;
import org.resnet4j.cuda.driver.CudaException;

/** Clean-up that loses no failure. */
final class Failures {
  private Failures() {}

  /** Releases after a failure, which a failing release must not hide. */
  static void closeAfter(RuntimeException failure, Runnable release) {
    try {
      release.run();
    } catch (CudaException e) {
      failure.addSuppressed(e);
    }
  }

  /** Closes all, the last first, also if some fail; throws the first failure. */
  static void closeAll(List<BackendDescriptor> descriptors) {
    CudaException failure = null;
    for (BackendDescriptor descriptor : descriptors.reversed()) {
      try {
        descriptor.close();
      } catch (CudaException e) {
        if (failure == null) {
          failure = e;
        } else {
          failure.addSuppressed(e);
        }
      }
    }
    if (failure != null) {
      throw failure;
    }
  }
}
