package org.resnet4j.cuda.driver;

/**
 * Captured work, ready to be launched as one: the launches of a whole network cost one call. It
 * keeps the addresses that were captured, so memory, kernels and argument values must outlive it.
 * Belongs to its {@link GpuThread} ({@link IllegalStateException} elsewhere and after {@link
 * #close()}).
 */
public final class Graph implements AutoCloseable {
  private final NativeHandle handle;

  private Graph(NativeHandle handle) {
    this.handle = handle;
  }

  /** Takes over the captured {@code graph}: it is destroyed whether or not this succeeds. */
  static Graph instantiate(GpuThread gpu, long graph) {
    DriverApi api = gpu.api();
    long graphExec;
    try {
      graphExec = api.graphInstantiate(graph);
    } catch (CudaException e) {
      Failures.closeAfter(e, () -> api.graphDestroy(graph));
      throw e;
    }
    Graph result = new Graph(new NativeHandle(gpu, "graph", graphExec, api::graphExecDestroy));
    try {
      api.graphDestroy(graph);
    } catch (CudaException e) {
      Failures.closeAfter(e, result);
      throw e;
    }
    return result;
  }

  /** Queues all of it. Launches of the same graph run one after the other. */
  public void launch(Stream stream) {
    handle.api().graphLaunch(handle.value(), stream.handle());
  }

  /** Destroys. Idempotent. */
  @Override
  public void close() {
    handle.close();
  }
}
