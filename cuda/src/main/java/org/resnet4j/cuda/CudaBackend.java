package org.resnet4j.cuda;

import org.resnet4j.core.backend.Backend;
import org.resnet4j.core.backend.BackendOptions;
import org.resnet4j.core.backend.Plan;
import org.resnet4j.core.graph.Graph;
import org.resnet4j.cuda.device.CudaContext;
import org.resnet4j.cuda.lowering.CudaCompiler;
import org.resnet4j.cuda.lowering.Lowering;

/** See {@link CudaBackendProvider}. Owns the device's context. */
final class CudaBackend implements Backend {
  private final CudaContext context;
  private final BackendOptions options;

  CudaBackend(CudaContext context, BackendOptions options) {
    this.context = context;
    this.options = options;
  }

  @Override
  public String name() {
    return CudaBackendProvider.NAME;
  }

  @Override
  public String device() {
    String device = context.facts().text();
    return switch (options.algorithms()) {
      case BY_SHAPE, PORTABLE -> device;
      case MEASURED -> device + ", algorithms measured";
    };
  }

  @Override
  public Plan compile(Graph graph) {
    graph.requireValues();
    Lowering lowering = CudaCompiler.lower(graph, options.precision());
    return CudaPlan.compile(context, graph, lowering, options);
  }

  @Override
  public void close() {
    context.close();
  }
}
