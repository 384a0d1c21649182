package org.resnet4j.cuda.cublas;

import java.util.List;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import org.resnet4j.cuda.driver.CudaException;
import org.resnet4j.cuda.driver.DeviceRange;
import org.resnet4j.cuda.driver.Failures;
import org.resnet4j.cuda.driver.GpuThread;
import org.resnet4j.cuda.driver.NativeHandle;
import org.resnet4j.cuda.driver.Resources;

/**
 * A {@link FusedGemm} described to cuBLASLt, which lists algorithms for it and runs them. Every
 * method throws {@link CudaException} with cuBLAS's status. Owns native objects; needs its handle
 * open; belongs to its {@link GpuThread}. Source: {@code cublasLtMatmulDesc_t}.
 */
public final class Matmul implements AutoCloseable {
  /** Parts of a sum are added up in float32 and in the same order each time. */
  static final int REDUCTION_SCHEME_COMPUTE_TYPE = 2;

  static final long IMPL_TENSOR_OP_MASK = 0xFE;

  /**
   * Any aligned address will do while algorithms are listed, but some versions of the library
   * refuse a bias without one.
   */
  private static final long SOME_ADDRESS = 256;

  private final CublasHandle cublas;
  private final LtApi api;
  private final FusedGemm spec;
  private final Resources resources = new Resources();
  private final NativeHandle descriptor;
  private final NativeHandle a;
  private final NativeHandle b;
  private final NativeHandle c;

  private Matmul(CublasHandle cublas, FusedGemm spec) {
    this.cublas = cublas;
    this.api = cublas.cublas().lt();
    this.spec = spec;
    Gemm gemm = spec.gemm();
    try {
      this.descriptor =
          own(
              "product",
              () -> api.createMatmul(gemm.computeType()),
              api::destroyMatmul,
              this::describe);
      boolean plainA = gemm.operationA() == Operation.OP_N;
      boolean plainB = gemm.operationB() == Operation.OP_N;
      this.a =
          layout(
              gemm.inputType(),
              plainA ? gemm.m() : gemm.k(),
              plainA ? gemm.k() : gemm.m(),
              gemm.lda());
      this.b =
          layout(
              gemm.inputType(),
              plainB ? gemm.k() : gemm.n(),
              plainB ? gemm.n() : gemm.k(),
              gemm.ldb());
      this.c = layout(gemm.outputType(), gemm.m(), gemm.n(), gemm.ldc());
    } catch (Throwable e) {
      Failures.closeAfter(e, resources);
      throw e;
    }
  }

  /** Describes; on the handle's thread. */
  public static Matmul create(CublasHandle cublas, FusedGemm spec) {
    return new Matmul(cublas, spec);
  }

  private NativeHandle own(
      String kind, LongSupplier create, LongConsumer destroy, LongConsumer setUp) {
    return resources.own(NativeHandle.create(cublas.gpu(), kind, create, destroy, setUp));
  }

  private NativeHandle layout(MatrixType type, int rows, int columns, int ld) {
    return own(
        "matrix layout",
        () -> api.createLayout(type, rows, columns, ld),
        api::destroyLayout,
        _ -> {});
  }

  private void describe(long created) {
    api.set(created, MatmulAttribute.TRANSA, spec.gemm().operationA());
    api.set(created, MatmulAttribute.TRANSB, spec.gemm().operationB());
    api.set(created, MatmulAttribute.EPILOGUE, Epilogue.of(spec.bias(), spec.relu()));
    if (spec.bias()) {
      api.setAddress(created, MatmulAttribute.BIAS_POINTER, SOME_ADDRESS);
    }
  }

  private LtApi.Layouts layouts() {
    return new LtApi.Layouts(a.value(), b.value(), c.value());
  }

  /**
   * Algorithms, by the library's guess of their speed. They give the same bits each time, and their
   * sums are in float32 throughout.
   *
   * @param mostWorkspace bytes; what needs more is left out
   * @param tensorCores whether those on tensor cores are listed
   * @param most how many to list at most
   * @throws CudaException code 15 ({@code CUBLAS_STATUS_NOT_SUPPORTED}) if there is none
   */
  public List<MatmulAlgorithm> algorithms(long mostWorkspace, boolean tensorCores, int most) {
    try (NativeHandle preference =
        NativeHandle.create(
            cublas.gpu(),
            "preference",
            api::createPreference,
            api::destroyPreference,
            created -> {
              api.setInt64(created, PreferenceAttribute.MAX_WORKSPACE_BYTES, mostWorkspace);
              api.setInt32(
                  created,
                  PreferenceAttribute.REDUCTION_SCHEME_MASK,
                  REDUCTION_SCHEME_COMPUTE_TYPE);
              if (!tensorCores) {
                api.setInt64(created, PreferenceAttribute.IMPL_MASK, ~IMPL_TENSOR_OP_MASK);
              }
            })) {
      return api.getHeuristic(
          cublas.value(), descriptor.value(), layouts(), preference.value(), most);
    }
  }

  /**
   * Device addresses of a run: multiples of 256, which the library supposes, the bias of 16. D
   * overlaps no operand but C, which it may be.
   *
   * @param c ignored unless the spec says that it is added
   * @param bias likewise
   */
  public record Data(long a, long b, long c, long bias, long d) {}

  /**
   * Queues a run on the handle's stream.
   *
   * @param algorithm of {@link #algorithms}
   * @param workspace as much as it needs or more, at a multiple of 256
   */
  public void run(MatmulAlgorithm algorithm, Data data, DeviceRange workspace) {
    if (spec.bias()) {
      api.setAddress(descriptor.value(), MatmulAttribute.BIAS_POINTER, data.bias());
    }
    long added = spec.addsC() ? data.c() : data.d();
    api.matmul(
        cublas.value(),
        descriptor.value(),
        new Data(data.a(), data.b(), added, data.bias(), data.d()),
        layouts(),
        spec.addsC() ? 1 : 0,
        algorithm,
        workspace,
        cublas.stream());
  }

  /** Destroys the description. Idempotent. */
  @Override
  public void close() {
    resources.close();
  }
}
