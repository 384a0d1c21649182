package org.resnet4j.cuda.cublas;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.resnet4j.cuda.driver.CudaException;
import org.resnet4j.cuda.driver.GpuThread;
import org.resnet4j.cuda.driver.NativeHandle;
import org.resnet4j.cuda.driver.Stream;

/**
 * A cuBLAS handle whose work goes to one stream. Every method throws {@link CudaException} with
 * cuBLAS's status. Owns one native object; belongs to its {@link GpuThread}. Source: {@code
 * cublasHandle_t}.
 */
public final class CublasHandle implements AutoCloseable {
  private final Cublas cublas;
  private final NativeHandle handle;
  private final long stream;

  private CublasHandle(Cublas cublas, NativeHandle handle, long stream) {
    this.cublas = cublas;
    this.handle = handle;
    this.stream = stream;
  }

  /** Creates, on the stream's thread; the stream must outlive it. */
  public static CublasHandle create(Cublas cublas, Stream stream, MathMode mode) {
    long queue = stream.handle();
    return new CublasHandle(
        cublas,
        NativeHandle.create(
            stream.gpu(),
            "cuBLAS handle",
            cublas::create,
            cublas::destroy,
            created -> {
              cublas.setStream(created, queue);
              cublas.setMathMode(created, mode);
            }),
        queue);
  }

  /** The library behind it. */
  public Cublas cublas() {
    return cublas;
  }

  GpuThread gpu() {
    return handle.gpu();
  }

  /** Also a {@code cublasLtHandle_t}. */
  long value() {
    return handle.value();
  }

  /** Where work goes, for calls that are told each time. */
  long stream() {
    return stream;
  }

  /**
   * Scratch memory to use instead of its own; it must outlive the handle. A stream that is to be
   * captured needs this, since cuBLAS would allocate.
   */
  public void useWorkspace(long address, long bytes) {
    cublas.setWorkspace(handle.value(), address, bytes);
  }

  /** Queues a product; a, b and c are device addresses, and c overlaps neither of the others. */
  public void multiply(Gemm gemm, float alpha, long a, long b, float beta, long c) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment scales = arena.allocateFrom(ValueLayout.JAVA_FLOAT, alpha, beta);
      cublas.gemmEx(handle.value(), gemm, scales, a, b, scales.asSlice(Float.BYTES), c);
    }
  }

  /** Destroys. Idempotent. */
  @Override
  public void close() {
    handle.close();
  }
}
