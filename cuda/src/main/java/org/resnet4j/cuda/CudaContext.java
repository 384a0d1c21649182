package org.resnet4j.cuda;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.resnet4j.core.backend.Precision;
import org.resnet4j.cuda.cublas.CublasHandle;
import org.resnet4j.cuda.cublas.MathMode;
import org.resnet4j.cuda.cudnn.CudnnHandle;
import org.resnet4j.cuda.driver.CudaException;
import org.resnet4j.cuda.driver.Failures;
import org.resnet4j.cuda.driver.GpuThread;
import org.resnet4j.cuda.driver.Stream;

/**
 * An open device with what all networks on it share: its thread, a stream, library handles whose
 * work goes to that stream, and kernels. Thread-safe; the objects it hands out belong to the
 * device's thread, which {@link #call} and {@link #run} lead to. Owns all of them and what {@link
 * #own} gives it.
 */
final class CudaContext implements AutoCloseable {
  private final DeviceFacts facts;
  private final GpuThread gpu;
  private final Resources resources;
  private final Stream stream;
  private final CudnnHandle cudnn;
  private final CublasHandle cublas;
  private final KernelLauncher kernels;
  private final AtomicBoolean closing = new AtomicBoolean();
  private volatile boolean closed;

  private CudaContext(DeviceFacts facts, Precision precision, GpuThread gpu, Resources resources) {
    this.facts = facts;
    this.gpu = gpu;
    this.resources = resources;
    this.stream = resources.own(Stream.create(gpu));
    this.cudnn = resources.own(CudnnHandle.create(facts.cudnn(), stream));
    this.cublas = resources.own(CublasHandle.create(facts.cublas(), stream, mathMode(precision)));
    this.kernels = resources.own(new KernelLauncher(gpu, Precisions.elementType(precision)));
  }

  /**
   * Opens the device.
   *
   * @param precision of the kernels and of cuBLAS's arithmetic
   * @throws CudaException if the device or a library does not start; nothing is left then
   */
  static CudaContext open(DeviceFacts facts, Precision precision) {
    GpuThread gpu = GpuThread.open(facts.device().ordinal());
    Resources resources = new Resources();
    try {
      return gpu.call(() -> new CudaContext(facts, precision, gpu, resources));
    } catch (RuntimeException | Error e) {
      Failures.closeAfter(e, () -> gpu.run(resources::close));
      Failures.closeAfter(e, gpu);
      throw e;
    }
  }

  private static MathMode mathMode(Precision precision) {
    return switch (precision) {
      case FP32 -> MathMode.DEFAULT_MATH;
      case TF32 -> MathMode.TF32_TENSOR_OP_MATH;
      case FP16, BF16 -> MathMode.MATH_DISALLOW_REDUCED_PRECISION_REDUCTION;
    };
  }

  /** What was opened. */
  DeviceFacts facts() {
    return facts;
  }

  /** The device's thread, for what objects are made on. */
  GpuThread gpu() {
    return gpu;
  }

  /** The stream of the handles. */
  Stream stream() {
    return stream;
  }

  /** cuDNN on the stream. */
  CudnnHandle cudnn() {
    return cudnn;
  }

  /** cuBLAS on the stream; who captures it gives it a workspace of his own before. */
  CublasHandle cublas() {
    return cublas;
  }

  /** Our kernels. */
  KernelLauncher kernels() {
    return kernels;
  }

  /**
   * Runs {@code work} on the device's thread, as {@link GpuThread#call}.
   *
   * @throws IllegalStateException after {@link #close}
   */
  <T extends @Nullable Object> T call(Supplier<T> work) {
    checkOpen();
    return gpu.call(() -> {
      checkOpen();
      return work.get();
    });
  }

  /** As {@link #call}, without a result. */
  void run(Runnable work) {
    this.<@Nullable Object>call(() -> {
      work.run();
      return null;
    });
  }

  /**
   * Checks that it is open.
   *
   * @throws IllegalStateException after {@link #close}
   */
  void checkOpen() {
    if (closed) {
      throw new IllegalStateException("this backend is closed");
    }
  }

  /** Closes {@code resource} with this, unless {@link #release} does before; on its thread. */
  <R extends AutoCloseable> R own(R resource) {
    return resources.own(resource);
  }

  /** Closes what {@link #own} was given, if this is still open; from any thread. */
  void release(AutoCloseable resource) {
    try {
      gpu.run(() -> resources.release(resource));
    } catch (IllegalStateException e) {
      if (!closed) {
        throw e;
      }
    }
  }

  /**
   * Lets the calls submitted so far finish, refuses later ones, closes everything and ends the
   * thread. Idempotent; a second caller does not wait for the first.
   *
   * @throws CudaException if something cannot be released; the rest is released nevertheless
   */
  @Override
  public void close() {
    if (closing.compareAndSet(false, true)) {
      try (GpuThread _ = gpu) {
        gpu.run(() -> {
          closed = true;
          resources.close();
        });
      }
    }
  }
}
