package org.resnet4j.cuda.cudnn;

import java.util.ArrayList;
import java.util.List;
import org.resnet4j.cuda.driver.DeviceRange;
import org.resnet4j.cuda.driver.Failures;
import org.resnet4j.cuda.driver.GpuThread;

/**
 * A {@link ConvGraph} on one engine, ready to run. Owns one native object; needs its handle open;
 * belongs to its {@link GpuThread}.
 */
public final class ConvPlan implements AutoCloseable {
  private final CudnnHandle cudnn;
  private final GraphSpec spec;
  private final Engine engine;
  private final BackendDescriptor plan;
  private final long workspaceBytes;

  private ConvPlan(
      CudnnHandle cudnn,
      GraphSpec spec,
      Engine engine,
      BackendDescriptor plan,
      long workspaceBytes) {
    this.cudnn = cudnn;
    this.spec = spec;
    this.engine = engine;
    this.plan = plan;
    this.workspaceBytes = workspaceBytes;
  }

  static ConvPlan make(
      CudnnHandle cudnn, GraphSpec spec, BackendDescriptor configuration, Engine engine) {
    BackendDescriptor plan =
        BackendDescriptor.create(cudnn, DescriptorType.EXECUTION_PLAN_DESCRIPTOR);
    try {
      plan.set(Attribute.EXECUTION_PLAN_HANDLE, cudnn)
          .set(Attribute.EXECUTION_PLAN_ENGINE_CONFIG, configuration)
          .finish();
      long bytes = Workspace.bytes(plan.getInt64(Attribute.EXECUTION_PLAN_WORKSPACE_SIZE));
      return new ConvPlan(cudnn, spec, engine, plan, bytes);
    } catch (Throwable e) {
      Failures.closeAfter(e, plan);
      throw e;
    }
  }

  /** What it runs on. */
  public Engine engine() {
    return engine;
  }

  /** Bytes of workspace that a run needs. */
  public long workspaceBytes() {
    return workspaceBytes;
  }

  /**
   * Device addresses of a run, each a multiple of 16. The result overlaps no input.
   *
   * @param x input
   * @param w weights
   * @param residual as the spec says; else ignored
   * @param bias as the spec says; else ignored
   * @param y result
   */
  public record Data(long x, long w, long residual, long bias, long y) {}

  /**
   * The addresses of a run in cuDNN's form, to be run often. Close it after the last run is queued.
   *
   * @param workspace {@link #workspaceBytes()} or more
   */
  public Binding bind(Data data, DeviceRange workspace) {
    if (workspace.bytes() < workspaceBytes) {
      throw new IllegalArgumentException(
          "workspace of %s bytes, needed are %s".formatted(workspace.bytes(), workspaceBytes));
    }
    List<Long> ids = new ArrayList<>(List.of(ConvGraph.X, ConvGraph.W, ConvGraph.Y));
    List<Long> addresses = new ArrayList<>(List.of(data.x(), data.w(), data.y()));
    if (spec.residual()) {
      ids.add(ConvGraph.RESIDUAL);
      addresses.add(data.residual());
    }
    if (spec.bias()) {
      ids.add(ConvGraph.BIAS);
      addresses.add(data.bias());
    }
    BackendDescriptor pack =
        BackendDescriptor.create(cudnn, DescriptorType.VARIANT_PACK_DESCRIPTOR);
    try {
      pack.setInt64(Attribute.VARIANT_PACK_UNIQUE_IDS, longs(ids))
          .setAddresses(Attribute.VARIANT_PACK_DATA_POINTERS, longs(addresses))
          .setAddresses(Attribute.VARIANT_PACK_WORKSPACE, workspace.address())
          .finish();
      return new Binding(this, pack);
    } catch (Throwable e) {
      Failures.closeAfter(e, pack);
      throw e;
    }
  }

  /**
   * A plan with the addresses of a run. Owns one native object; belongs to its {@link GpuThread}.
   */
  public static final class Binding implements AutoCloseable {
    private final ConvPlan plan;
    private final BackendDescriptor pack;

    private Binding(ConvPlan plan, BackendDescriptor pack) {
      this.plan = plan;
      this.pack = pack;
    }

    /** Queues a run on the handle's stream. */
    public void execute() {
      CudnnHandle cudnn = plan.cudnn;
      cudnn.cudnn().graph().backendExecute(cudnn.value(), plan.plan.handle(), pack.handle());
    }

    /** Destroys. Idempotent. */
    @Override
    public void close() {
      pack.close();
    }
  }

  /** Destroys. Idempotent. */
  @Override
  public void close() {
    plan.close();
  }

  private static long[] longs(List<Long> values) {
    return values.stream().mapToLong(Long::longValue).toArray();
  }
}
