package org.resnet4j.cuda.driver;

/**
 * Kernels compiled by the driver from PTX text. Belongs to its {@link GpuThread} ({@link
 * IllegalStateException} elsewhere and after {@link #close()}).
 */
public final class CudaModule implements AutoCloseable {
  private final NativeHandle handle;

  private CudaModule(NativeHandle handle) {
    this.handle = handle;
  }

  /**
   * Compiles and loads.
   *
   * @throws CudaException code 218 for invalid PTX, 222 if the driver is too old for its version
   */
  public static CudaModule load(GpuThread gpu, String ptx) {
    DriverApi api = gpu.api();
    return new CudaModule(
        new NativeHandle(gpu, "module", api.moduleLoadData(ptx), api::moduleUnload));
  }

  /**
   * A kernel, valid until this is closed.
   *
   * @throws CudaException code 500 if there is no such entry
   */
  public KernelFunction function(String entry) {
    return new KernelFunction(this, entry, handle.api().moduleGetFunction(handle.value(), entry));
  }

  /** For a kernel's launch: throws if this is closed. */
  DriverApi api() {
    handle.value();
    return handle.api();
  }

  /** Unloads. Idempotent. */
  @Override
  public void close() {
    handle.close();
  }
}
