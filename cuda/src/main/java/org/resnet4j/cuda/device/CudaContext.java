package org.resnet4j.cuda.device;

import java.lang.foreign.Arena;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.resnet4j.core.backend.Precision;
import org.resnet4j.core.stack.StackReserve;
import org.resnet4j.cuda.cublas.CublasHandle;
import org.resnet4j.cuda.cudnn.CudnnHandle;
import org.resnet4j.cuda.driver.CudaException;
import org.resnet4j.cuda.driver.DeviceMemory;
import org.resnet4j.cuda.driver.DeviceRange;
import org.resnet4j.cuda.driver.Failures;
import org.resnet4j.cuda.driver.GpuThread;
import org.resnet4j.cuda.driver.Resources;
import org.resnet4j.cuda.driver.Stream;
import org.resnet4j.cuda.kernels.ElementType;
import org.resnet4j.cuda.kernels.KernelCall;

/**
 * An open device with what all networks on it share: its thread, two streams, library handles whose
 * work goes to the first, and kernels. Thread-safe; the objects it hands out belong to the device's
 * thread, which {@link #call} leads to. Owns all of them and what {@link #own} gives it.
 */
public final class CudaContext implements AutoCloseable {
  /** What NVIDIA recommends for Hopper; elsewhere less would do. */
  private static final long BLAS_WORKSPACE_BYTES = 32L << 20;

  private final DeviceFacts facts;
  private final GpuThread gpu;
  private final Resources resources;
  private final Stream stream;
  private final Stream uploads;
  private final CudnnHandle cudnn;
  private final CublasHandle cublas;
  private final Map<ElementType, KernelLauncher> kernels = new EnumMap<>(ElementType.class);
  private final Object lock = new Object();
  private int users;
  private boolean closed;
  private volatile boolean shutDown;

  private CudaContext(DeviceFacts facts, Precision precision, GpuThread gpu, Resources resources) {
    this.facts = facts;
    this.gpu = gpu;
    this.resources = resources;
    this.stream = resources.own(Stream.create(gpu));
    this.uploads = resources.own(Stream.create(gpu));
    DeviceMemory workspace = resources.own(DeviceMemory.allocate(gpu, BLAS_WORKSPACE_BYTES));
    this.cudnn = resources.own(CudnnHandle.create(facts.cudnn(), stream));
    this.cublas =
        resources.own(CublasHandle.create(facts.cublas(), stream, Arithmetic.mathMode(precision)));
    cublas.useWorkspace(workspace.address(), workspace.bytes());
    // Owned before any graph, so that kernels outlive the graphs that use them.
    for (ElementType type : ElementType.values()) {
      kernels.put(type, resources.own(new KernelLauncher(gpu, type)));
    }
  }

  /**
   * Opens the device.
   *
   * @param precision of the kernels and of cuBLAS's arithmetic
   * @throws CudaException if the device or a library does not start; nothing is left then
   */
  public static CudaContext open(DeviceFacts facts, Precision precision) {
    GpuThread gpu = GpuThread.open(facts.device().ordinal());
    Resources resources = new Resources();
    try {
      return gpu.call(() -> new CudaContext(facts, precision, gpu, resources));
    } catch (Throwable e) {
      Failures.closeAfter(e, () -> gpu.run(resources::close));
      Failures.closeAfter(e, gpu);
      throw e;
    }
  }

  /** What was opened. */
  public DeviceFacts facts() {
    return facts;
  }

  /** The device's thread, for what objects are made on. */
  public GpuThread gpu() {
    return gpu;
  }

  /** The stream of the handles. */
  public Stream stream() {
    return stream;
  }

  /** A stream for uploads that go on beside the work of {@link #stream}. */
  public Stream uploads() {
    return uploads;
  }

  /** cuDNN on the stream. */
  public CudnnHandle cudnn() {
    return cudnn;
  }

  /** cuBLAS on the stream, with a workspace, so that it can be captured. */
  public CublasHandle cublas() {
    return cublas;
  }

  /**
   * A kernel ready to be queued on the stream, often.
   *
   * @param owner releases its arguments
   */
  @SuppressWarnings("MustBeClosedChecker") // the owner closes the arena
  public Runnable queueing(ElementType type, KernelCall call, Resources owner) {
    Arena arena = owner.own(Arena.ofConfined());
    KernelLauncher.Prepared prepared = kernels(type).prepare(call, arena);
    return () -> prepared.launch(stream);
  }

  /**
   * Scratch memory of so many bytes, or none for 0.
   *
   * @param owner releases it
   */
  public DeviceRange workspace(long bytes, Resources owner) {
    return bytes == 0
        ? DeviceRange.NONE
        : new DeviceRange(owner.own(DeviceMemory.allocate(gpu, bytes)).address(), bytes);
  }

  /**
   * Runs {@code work} on the device's thread.
   *
   * @throws IllegalStateException after {@link #close}
   */
  public <T extends @Nullable Object> T call(Supplier<T> work) {
    enter();
    try {
      return gpu.call(work);
    } finally {
      leave();
    }
  }

  /** As {@link #call}, without a result. */
  void run(Runnable work) {
    this.<@Nullable Object>call(() -> {
      work.run();
      return null;
    });
  }

  /**
   * Begins a use that {@link #close} lets finish; {@link #leave} must follow.
   *
   * @throws IllegalStateException after {@link #close}
   */
  public void enter() {
    synchronized (lock) {
      if (closed) {
        throw new IllegalStateException("this backend is closed");
      }
      users++;
    }
  }

  /** Ends a use. */
  public void leave() {
    boolean last;
    synchronized (lock) {
      users--;
      last = closed && users == 0;
    }
    if (last) {
      shutDown();
    }
  }

  /** Our kernels of one type; on its thread. */
  KernelLauncher kernels(ElementType type) {
    return Objects.requireNonNull(kernels.get(type));
  }

  /** Closes {@code resource} with this, unless {@link #release} does before; on its thread. */
  public <R extends AutoCloseable> R own(R resource) {
    return resources.own(resource);
  }

  /** Closes what {@link #own} was given, unless all is closed already; from any thread. */
  public void release(AutoCloseable resource) {
    try {
      gpu.run(() -> resources.release(resource));
    } catch (IllegalStateException e) {
      if (!shutDown) {
        throw e;
      }
    }
  }

  /**
   * Refuses later uses and, at once or when the last use in flight ends, closes everything and ends
   * the thread. Idempotent.
   *
   * @throws CudaException if something cannot be released; the rest is released nevertheless
   */
  @Override
  public void close() {
    StackReserve.require();
    boolean last;
    synchronized (lock) {
      last = !closed && users == 0;
      closed = true;
    }
    if (last) {
      shutDown();
    }
  }

  private void shutDown() {
    shutDown = true;
    try (GpuThread _ = gpu) {
      gpu.run(resources::close);
    }
  }
}
