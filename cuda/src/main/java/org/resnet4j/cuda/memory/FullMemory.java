package org.resnet4j.cuda.memory;

import java.util.function.LongFunction;
import java.util.function.Supplier;
import org.resnet4j.core.backend.InsufficientMemoryException;
import org.resnet4j.cuda.driver.CudaException;
import org.resnet4j.cuda.driver.DeviceMemory;
import org.resnet4j.cuda.driver.GpuThread;

/** Says of memory that is full what would fit. Stateless. */
public final class FullMemory {
  /** Allocates page-locked memory of the host. */
  private static final String HOST = "cuMemHostAlloc";

  private FullMemory() {}

  /**
   * Does work that allocates, on the device's thread.
   *
   * @param advice from the free bytes of the device to what a caller is told
   * @throws InsufficientMemoryException if device or host have no room
   * @throws CudaException if anything else fails, also if the device cannot say what is free
   */
  public static <T> T explained(
      GpuThread gpu, LongFunction<InsufficientMemoryException> advice, Supplier<T> work) {
    try {
      return work.get();
    } catch (CudaException e) {
      if (!e.isOutOfMemory()) {
        throw e;
      }
      InsufficientMemoryException said =
          e.function().startsWith(HOST) ? ofHost(e) : advice.apply(freeBytes(gpu, e));
      said.initCause(e);
      throw said;
    }
  }

  private static InsufficientMemoryException ofHost(CudaException failure) {
    return new InsufficientMemoryException(
        "the driver gets no page-locked memory of the host: "
            + failure.getMessage()
            + "; run smaller batches, or raise what this process may lock (ulimit -l, or"
            + " --ulimit memlock=-1 of a container)");
  }

  private static long freeBytes(GpuThread gpu, CudaException failure) {
    try {
      return DeviceMemory.freeBytes(gpu);
    } catch (CudaException e) {
      failure.addSuppressed(e);
      throw failure;
    }
  }
}
