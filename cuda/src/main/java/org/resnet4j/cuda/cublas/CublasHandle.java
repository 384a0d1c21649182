package org.resnet4j.cuda.cublas;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.resnet4j.cuda.driver.CudaException;
import org.resnet4j.cuda.library.NativeObject;

/**
 * A cuBLAS handle whose work goes to one stream. Every method throws {@link CudaException} with
 * cuBLAS's status. Owns one native object; needs a current context; not thread-safe. Source: {@code
 * cublasHandle_t}.
 */
public final class CublasHandle implements AutoCloseable {
  private final Cublas cublas;
  private final NativeObject object;

  private CublasHandle(Cublas cublas, NativeObject object) {
    this.cublas = cublas;
    this.object = object;
  }

  /**
   * Creates.
   *
   * @param stream a {@code CUstream}
   */
  public static CublasHandle create(Cublas cublas, long stream, MathMode mode) {
    NativeObject object = new NativeObject("cuBLAS handle", cublas.create(), cublas::destroy);
    try {
      cublas.setStream(object.value(), stream);
      cublas.setMathMode(object.value(), mode);
      return new CublasHandle(cublas, object);
    } catch (CudaException e) {
      try {
        object.close();
      } catch (CudaException second) {
        e.addSuppressed(second);
      }
      throw e;
    }
  }

  /** For example 120900. */
  public int version() {
    return cublas.getVersion(object.value());
  }

  /**
   * Scratch memory to use instead of its own; it must outlive the handle. A stream that is to be
   * captured needs this, since cuBLAS would allocate.
   */
  public void useWorkspace(long address, long bytes) {
    cublas.setWorkspace(object.value(), address, bytes);
  }

  /** Queues a product; a, b and c are device addresses, and c overlaps neither of the others. */
  public void multiply(Gemm gemm, float alpha, long a, long b, float beta, long c) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment scales = arena.allocateFrom(ValueLayout.JAVA_FLOAT, alpha, beta);
      cublas.gemmEx(object.value(), gemm, scales, a, b, scales.asSlice(Float.BYTES), c);
    }
  }

  /** Destroys. Idempotent. */
  @Override
  public void close() {
    object.close();
  }
}
