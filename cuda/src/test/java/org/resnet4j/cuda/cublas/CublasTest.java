package org.resnet4j.cuda.cublas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.resnet4j.cuda.driver.CudaException;
import org.resnet4j.cuda.driver.DeviceMemory;
import org.resnet4j.cuda.driver.DeviceRange;
import org.resnet4j.cuda.driver.GpuThread;
import org.resnet4j.cuda.driver.Resources;
import org.resnet4j.cuda.library.Bytedeco;
import org.resnet4j.cuda.library.LibraryFinder;
import org.resnet4j.cuda.library.LibraryStatus;
import org.resnet4j.cuda.library.NativeFunction;
import org.resnet4j.cuda.support.Emulator;

/** Products against plain loops; signatures, failures, and the reasons for having no cuBLAS. */
class CublasTest {
  private static final Bytedeco BYTEDECO = new Bytedeco("cublas");
  private static final Bytedeco CUDART = new Bytedeco("cudart");

  @BeforeEach
  void load() {
    Emulator.load();
  }

  static List<NativeFunction> functions() {
    return CublasFunctions.ALL;
  }

  @ParameterizedTest
  @MethodSource
  void functions(NativeFunction function) {
    BYTEDECO.checkFunction(function);
  }

  static Stream<CublasConstant> constants() {
    return Stream.<CublasConstant[]>of(
            ComputeType.values(),
            CublasStatus.values(),
            MathMode.values(),
            Operation.values(),
            Epilogue.values(),
            MatmulAttribute.values(),
            PreferenceAttribute.values())
        .flatMap(Arrays::stream);
  }

  @ParameterizedTest
  @MethodSource
  void constants(CublasConstant constant) {
    BYTEDECO.checkConstant(constant.cName(), constant.value());
  }

  @Test
  void masks() {
    BYTEDECO.checkConstant(
        "CUBLASLT_NUMERICAL_IMPL_FLAGS_TENSOR_OP_MASK", Matmul.IMPL_TENSOR_OP_MASK);
    BYTEDECO.checkConstant(
        "CUBLASLT_REDUCTION_SCHEME_COMPUTE_TYPE", Matmul.REDUCTION_SCHEME_COMPUTE_TYPE);
  }

  @Test
  void types() {
    for (MatrixType matrixType : MatrixType.values()) {
      CUDART.checkConstant(matrixType.cName(), matrixType.value());
    }
  }

  /** Sizes without a common factor, and columns that are farther apart than they are long. */
  private record Product(Gemm gemm, float alpha, float beta) {}

  static List<Product> products() {
    List<Product> products = new ArrayList<>();
    for (MatrixType in : MatrixType.values()) {
      for (Operation a : Operation.values()) {
        for (Operation b : Operation.values()) {
          for (MatrixType out : new MatrixType[] {in, MatrixType.R_32F}) {
            Gemm gemm =
                new Gemm(
                    a,
                    b,
                    5,
                    3,
                    7,
                    a == Operation.OP_N ? 6 : 9,
                    b == Operation.OP_N ? 8 : 4,
                    7,
                    in,
                    out,
                    ComputeType.COMPUTE_32F);
            products.add(new Product(gemm, 1, 0));
            products.add(new Product(gemm, 2, -1));
          }
        }
      }
    }
    return products;
  }

  @ParameterizedTest
  @MethodSource("products")
  void product(Product p) {
    Gemm g = p.gemm();
    Random random = new Random(7);
    float[] a = numbers(random, 9 * 9);
    float[] b = numbers(random, 9 * 9);
    float[] c = numbers(random, g.ldc() * g.n());
    float[] sums = product(g, a, b);
    for (int i = 0; i < sums.length; i++) {
      sums[i] = p.alpha() * sums[i] + p.beta() * c[i];
    }
    float[] expected = c.clone();
    copyColumns(g, sums, expected);
    float[] result =
        onGpu(
            "libcublas.so.13",
            (gpu, cublas, stream) -> {
              try (DeviceMemory da = put(gpu, g.inputType(), a);
                  DeviceMemory db = put(gpu, g.inputType(), b);
                  DeviceMemory dc = put(gpu, g.outputType(), c)) {
                cublas.multiply(g, p.alpha(), da.address(), db.address(), p.beta(), dc.address());
                stream.synchronize();
                return get(dc, g.outputType(), c.length);
              }
            });
    // Integers below 256: exact in every type.
    assertThat(result).isEqualTo(expected);
    assertThat(Emulator.leaks()).isEmpty();
  }

  /** In plain loops, stored as C is; zeros between the columns. */
  private static float[] product(Gemm g, float[] a, float[] b) {
    float[] sums = new float[g.ldc() * g.n()];
    for (int column = 0; column < g.n(); column++) {
      for (int row = 0; row < g.m(); row++) {
        for (int i = 0; i < g.k(); i++) {
          float left = a[g.operationA() == Operation.OP_N ? i * g.lda() + row : row * g.lda() + i];
          float right =
              b[g.operationB() == Operation.OP_N ? column * g.ldb() + i : i * g.ldb() + column];
          sums[column * g.ldc() + row] += left * right;
        }
      }
    }
    return sums;
  }

  static Stream<FusedGemm> fusedProducts() {
    return products().stream()
        .filter(p -> p.alpha() == 1)
        .flatMap(p ->
            IntStream.range(0, 8)
                .mapToObj(i -> new FusedGemm(p.gemm(), (i & 1) > 0, (i & 2) > 0, (i & 4) > 0)));
  }

  /** By every algorithm that is listed, into memory of its own and where C is. */
  @ParameterizedTest
  @MethodSource("fusedProducts")
  void fusedProduct(FusedGemm spec) {
    Gemm g = spec.gemm();
    Random random = new Random(11);
    float[] a = numbers(random, 9 * 9);
    float[] b = numbers(random, 9 * 9);
    float[] c = numbers(random, g.ldc() * g.n());
    float[] bias = numbers(random, g.m());
    float[] untouched = numbers(random, c.length);
    float[] sums = product(g, a, b);
    for (int column = 0; column < g.n(); column++) {
      for (int row = 0; row < g.m(); row++) {
        int at = column * g.ldc() + row;
        float value = sums[at] + (spec.addsC() ? c[at] : 0) + (spec.bias() ? bias[row] : 0);
        sums[at] = spec.relu() ? Math.max(value, 0) : value;
      }
    }
    boolean wide = g.inputType() == MatrixType.R_32F;
    onGpu(
        "libcublas.so.12",
        (gpu, cublas, stream) -> {
          try (Resources owner = new Resources()) {
            long addressA = owner.own(put(gpu, g.inputType(), a)).address();
            long addressB = owner.own(put(gpu, g.inputType(), b)).address();
            long addressBias = owner.own(put(gpu, g.outputType(), bias)).address();
            DeviceMemory workspace = owner.own(DeviceMemory.allocate(gpu, 1 << 16));
            Matmul matmul = owner.own(Matmul.create(cublas, spec));
            List<MatmulAlgorithm> algorithms = matmul.algorithms(1 << 16, !wide, 5);
            assertThat(algorithms).hasSize(2);
            for (MatmulAlgorithm algorithm : algorithms) {
              for (boolean inPlace : new boolean[] {false, true}) {
                DeviceMemory dc = owner.own(put(gpu, g.outputType(), c));
                DeviceMemory dd = inPlace ? dc : owner.own(put(gpu, g.outputType(), untouched));
                matmul.run(
                    algorithm,
                    new Matmul.Data(addressA, addressB, dc.address(), addressBias, dd.address()),
                    new DeviceRange(workspace.address(), algorithm.workspaceBytes()));
                stream.synchronize();
                float[] expected = (inPlace ? c : untouched).clone();
                copyColumns(g, sums, expected);
                assertThat(get(dd, g.outputType(), c.length)).isEqualTo(expected);
              }
            }
            return 0;
          }
        });
    assertThat(Emulator.leaks()).isEmpty();
  }

  /** Without the rows between the columns. */
  private static void copyColumns(Gemm g, float[] from, float[] to) {
    for (int column = 0; column < g.n(); column++) {
      System.arraycopy(from, column * g.ldc(), to, column * g.ldc(), g.m());
    }
  }

  /** Float32 without tensor cores has no TF32, and less workspace leaves fewer algorithms. */
  @Test
  void algorithmsAsAsked() {
    assertThat(algorithms(ComputeType.COMPUTE_32F, MatrixType.R_32F, 1 << 20, false))
        .extracting(MatmulAlgorithm::workspaceBytes)
        .containsExactly(4096L, 0L);
    assertThat(algorithms(ComputeType.COMPUTE_32F, MatrixType.R_32F, 4095, false))
        .extracting(MatmulAlgorithm::workspaceBytes)
        .containsExactly(0L);
    assertThat(algorithms(ComputeType.COMPUTE_32F_FAST_TF32, MatrixType.R_32F, 1 << 20, true))
        .hasSize(2);
    for (MatrixType type : new MatrixType[] {MatrixType.R_16F, MatrixType.R_16BF}) {
      assertThat(algorithms(ComputeType.COMPUTE_32F, type, 1 << 20, true)).hasSize(2);
    }
    for (Runnable nothing :
        List.<Runnable>of(
            () -> algorithms(ComputeType.COMPUTE_32F_FAST_TF32, MatrixType.R_32F, 9999, false),
            () -> {
              Emulator.option("cublas.noLt", 1);
              algorithms(ComputeType.COMPUTE_32F, MatrixType.R_32F, 9999, true);
            })) {
      assertThatExceptionOfType(CudaException.class)
          .isThrownBy(nothing::run)
          .withMessageContaining("CUBLAS_STATUS_NOT_SUPPORTED (15)");
    }
    assertThat(Emulator.leaks()).isEmpty();
  }

  private static List<MatmulAlgorithm> algorithms(
      ComputeType compute, MatrixType type, long mostWorkspace, boolean tensorCores) {
    Gemm gemm = new Gemm(Operation.OP_T, Operation.OP_N, 8, 4, 16, 16, 16, 8, type, type, compute);
    return onGpu(
        "libcublas.so.13",
        (gpu, cublas, stream) -> {
          try (Matmul matmul = Matmul.create(cublas, new FusedGemm(gemm, true, true, true))) {
            return matmul.algorithms(mostWorkspace, tensorCores, 4);
          }
        });
  }

  private static float[] numbers(Random random, int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = random.nextInt(-3, 4);
    }
    return values;
  }

  @FunctionalInterface
  private interface Work<T> {
    T run(GpuThread gpu, CublasHandle cublas, org.resnet4j.cuda.driver.Stream stream);
  }

  private static LibraryStatus<Cublas> load(int driverVersion, Path named) {
    return Cublas.load(LibraryFinder.ofProcess(), driverVersion, named);
  }

  private static Cublas cublas(String soname) {
    return ((LibraryStatus.Usable<Cublas>) load(13000, Emulator.library(soname))).library();
  }

  private static <T> T onGpu(String soname, Work<T> work) {
    try (GpuThread gpu = GpuThread.open(0)) {
      return gpu.call(() -> {
        try (var stream = org.resnet4j.cuda.driver.Stream.create(gpu);
            CublasHandle handle =
                CublasHandle.create(cublas(soname), stream, MathMode.PEDANTIC_MATH)) {
          return work.run(gpu, handle, stream);
        }
      });
    }
  }

  private static int bytes(MatrixType type) {
    return type == MatrixType.R_32F ? 4 : 2;
  }

  private static DeviceMemory put(GpuThread gpu, MatrixType type, float[] values) {
    DeviceMemory memory = DeviceMemory.allocate(gpu, (long) values.length * bytes(type));
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment host = arena.allocate(memory.bytes(), 8);
      for (int i = 0; i < values.length; i++) {
        switch (type) {
          case R_32F -> host.setAtIndex(ValueLayout.JAVA_FLOAT, i, values[i]);
          case R_16F -> host.setAtIndex(ValueLayout.JAVA_SHORT, i, Float.floatToFloat16(values[i]));
          case R_16BF ->
              host.setAtIndex(
                  ValueLayout.JAVA_SHORT, i, (short) (Float.floatToIntBits(values[i]) >>> 16));
        }
      }
      memory.copyFrom(host, 0);
    }
    return memory;
  }

  private static float[] get(DeviceMemory memory, MatrixType type, int count) {
    float[] values = new float[count];
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment host = arena.allocate(memory.bytes(), 8);
      memory.copyTo(host, 0);
      for (int i = 0; i < count; i++) {
        values[i] =
            switch (type) {
              case R_32F -> host.getAtIndex(ValueLayout.JAVA_FLOAT, i);
              case R_16F -> Float.float16ToFloat(host.getAtIndex(ValueLayout.JAVA_SHORT, i));
              case R_16BF -> Float.intBitsToFloat(host.getAtIndex(ValueLayout.JAVA_SHORT, i) << 16);
            };
      }
    }
    return values;
  }

  /** Uses every function. */
  private static float scenario(String soname) {
    Gemm one =
        new Gemm(
            Operation.OP_N,
            Operation.OP_N,
            1,
            1,
            1,
            1,
            1,
            1,
            MatrixType.R_32F,
            MatrixType.R_32F,
            ComputeType.COMPUTE_32F);
    return onGpu(
        soname,
        (gpu, cublas, stream) -> {
          try (DeviceMemory workspace = DeviceMemory.allocate(gpu, 1024);
              DeviceMemory a = put(gpu, MatrixType.R_32F, new float[] {3});
              DeviceMemory b = put(gpu, MatrixType.R_32F, new float[] {5});
              DeviceMemory c = put(gpu, MatrixType.R_32F, new float[] {Float.NaN})) {
            assertThat(cublas.cublas().versionText()).isEqualTo("12.9.1");
            cublas.useWorkspace(workspace.address(), workspace.bytes());
            cublas.multiply(one, 1, a.address(), b.address(), 0, c.address());
            try (Matmul matmul = Matmul.create(cublas, new FusedGemm(one, true, true, false))) {
              long at = c.address();
              matmul.run(
                  matmul.algorithms(0, false, 1).getFirst(),
                  new Matmul.Data(a.address(), b.address(), at, a.address(), at),
                  DeviceRange.NONE);
            }
            stream.synchronize();
            return get(c, MatrixType.R_32F, 1)[0];
          }
        });
  }

  @ParameterizedTest
  @ValueSource(strings = {"libcublas.so.12", "libcublas.so.13"})
  void bothVersions(String soname) {
    assertThat(scenario(soname)).isEqualTo(15 + 15 + 3);
    assertThat(cublas(soname).location()).endsWith(soname);
    assertThat(Emulator.leaks()).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("functions")
  void everyFailureIsReported(NativeFunction function) {
    Emulator.fail(function.name(), 1, 13);
    Throwable thrown = catchThrowable(() -> scenario("libcublas.so.12"));
    assertThat(thrown)
        .isInstanceOf(CudaException.class)
        .hasMessageStartingWith(function.name() + "(")
        .hasMessageEndingWith("): CUBLAS_STATUS_EXECUTION_FAILED (13)");
    assertThat(Emulator.leaks()).hasSize(function.name().contains("Destroy") ? 1 : 0);
    Emulator.reset();
  }

  @Test
  void aMatrixThatReachesBeyondItsMemoryIsRefused() {
    Gemm two =
        new Gemm(
            Operation.OP_N,
            Operation.OP_T,
            2,
            2,
            2,
            2,
            2,
            2,
            MatrixType.R_32F,
            MatrixType.R_32F,
            ComputeType.COMPUTE_32F);
    onGpu(
        "libcublas.so.12",
        (gpu, cublas, stream) -> {
          try (DeviceMemory large = DeviceMemory.allocate(gpu, 16);
              DeviceMemory small = DeviceMemory.allocate(gpu, 12);
              DeviceMemory other = DeviceMemory.allocate(gpu, 16)) {
            long[][] wrong = {
              {small.address(), large.address(), other.address()},
              {large.address(), small.address(), other.address()},
              {large.address(), other.address(), small.address()},
              {large.address(), other.address(), large.address()},
            };
            for (long[] w : wrong) {
              assertThatExceptionOfType(CudaException.class)
                  .isThrownBy(() -> cublas.multiply(two, 1, w[0], w[1], 0, w[2]))
                  .satisfies(e -> assertThat(e.code()).isEqualTo(7));
            }
            return 0;
          }
        });
  }

  @Test
  void missing(@TempDir Path folder) {
    assertThat(missing(load(13000, folder)).reason())
        .contains("libcublas.so.13 or libcublas.so.12");
    assertThat(missing(load(13000, Emulator.library("libcudnn.so.9"))).reason())
        .contains("is not cuBLAS 12 or 13", "cublasGemmEx");
  }

  @Test
  void theNewestThatTheDriverServes(@TempDir Path folder) throws IOException {
    copy("13", folder);
    LibraryStatus.Missing<Cublas> missing = missing(load(12060, folder));
    assertThat(missing.reason()).contains("no usable libcublas.so.12 in " + folder);
    copy("12", folder);
    assertThat(location(load(12060, folder))).endsWith("libcublas.so.12");
    assertThat(location(load(13000, folder))).endsWith("libcublas.so.13");
  }

  private static void copy(String version, Path folder) throws IOException {
    for (String name : Emulator.CUBLAS) {
      if (name.endsWith(version)) {
        Files.copy(Emulator.library(name), folder.resolve(name));
      }
    }
  }

  private static String location(LibraryStatus<Cublas> status) {
    return ((LibraryStatus.Usable<Cublas>) status).library().location();
  }

  private static LibraryStatus.Missing<Cublas> missing(LibraryStatus<Cublas> status) {
    assertThat(status).isInstanceOf(LibraryStatus.Missing.class);
    return (LibraryStatus.Missing<Cublas>) status;
  }
}
