package org.resnet4j.cuda.driver;

/**
 * One entry of a {@link CudaModule}, which owns it and on whose thread it is launched. Launching
 * allocates nothing.
 */
public final class KernelFunction {
  private final CudaModule module;
  private final String entry;
  private final long handle;

  KernelFunction(CudaModule module, String entry, long handle) {
    this.module = module;
    this.entry = entry;
    this.handle = handle;
  }

  /** Its name in the PTX. */
  public String entry() {
    return entry;
  }

  /**
   * Queues a run. The driver copies the arguments' values during the call; what their addresses
   * point to must stay alive until the stream has got there.
   */
  public void launch(Stream stream, LaunchShape shape, KernelArguments arguments) {
    module.api().launchKernel(handle, shape, 0, stream.handle(), arguments.pointers());
  }
}
