package org.resnet4j.cuda.cudnn;

import org.resnet4j.cuda.driver.CudaException;
import org.resnet4j.cuda.driver.GpuThread;

/**
 * An engine that cuDNN lists for a {@link ConvGraph}, which must be open; no plan of it is made
 * yet. Belongs to its {@link GpuThread}.
 */
public final class EngineOffer {
  private final CudnnHandle cudnn;
  private final GraphSpec spec;
  private final BackendDescriptor configuration;
  private final Engine engine;

  EngineOffer(CudnnHandle cudnn, GraphSpec spec, BackendDescriptor configuration, Engine engine) {
    this.cudnn = cudnn;
    this.spec = spec;
    this.configuration = configuration;
    this.engine = engine;
  }

  /** What cuDNN tells of it. */
  public Engine engine() {
    return engine;
  }

  /**
   * Bytes of workspace that its plan will need, as far as cuDNN says so beforehand, which it does
   * from 9.2 on; else 0.
   */
  public long leastWorkspaceBytes() {
    try {
      return Workspace.bytes(configuration.getInt64(Attribute.ENGINECFG_WORKSPACE_SIZE));
    } catch (CudaException e) {
      return 0;
    }
  }

  /**
   * Makes its plan, which the caller closes. That may compile, which takes up to seconds.
   *
   * @throws CudaException if cuDNN cannot, for which any status may stand
   */
  public ConvPlan plan() {
    return ConvPlan.make(cudnn, spec, configuration, engine);
  }
}
