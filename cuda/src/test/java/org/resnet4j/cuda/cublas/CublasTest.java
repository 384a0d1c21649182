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
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.resnet4j.cuda.Emulator;
import org.resnet4j.cuda.driver.CudaException;
import org.resnet4j.cuda.driver.DeviceMemory;
import org.resnet4j.cuda.driver.GpuThread;
import org.resnet4j.cuda.library.Bytedeco;
import org.resnet4j.cuda.library.LibraryFinder;
import org.resnet4j.cuda.library.LibraryStatus;
import org.resnet4j.cuda.library.NativeFunction;

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
            ComputeType.values(), CublasStatus.values(), MathMode.values(), Operation.values())
        .flatMap(Arrays::stream);
  }

  @ParameterizedTest
  @MethodSource
  void constants(CublasConstant constant) {
    BYTEDECO.checkConstant(constant.cName(), constant.value());
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
    float[] expected = c.clone();
    for (int column = 0; column < g.n(); column++) {
      for (int row = 0; row < g.m(); row++) {
        float sum = 0;
        for (int i = 0; i < g.k(); i++) {
          float left = a[g.operationA() == Operation.OP_N ? i * g.lda() + row : row * g.lda() + i];
          float right =
              b[g.operationB() == Operation.OP_N ? column * g.ldb() + i : i * g.ldb() + column];
          sum += left * right;
        }
        int at = column * g.ldc() + row;
        expected[at] = p.alpha() * sum + p.beta() * c[at];
      }
    }
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
            stream.synchronize();
            return get(c, MatrixType.R_32F, 1)[0];
          }
        });
  }

  @ParameterizedTest
  @ValueSource(strings = {"libcublas.so.12", "libcublas.so.13"})
  void bothVersions(String soname) {
    assertThat(scenario(soname)).isEqualTo(15);
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
    assertThat(Emulator.leaks()).hasSize(function == CublasFunctions.DESTROY ? 1 : 0);
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
    Files.copy(Emulator.library("libcublas.so.13"), folder.resolve("libcublas.so.13"));
    LibraryStatus.Missing<Cublas> missing = missing(load(12060, folder));
    assertThat(missing.reason()).contains("no usable libcublas.so.12 in " + folder);
    Files.copy(Emulator.library("libcublas.so.12"), folder.resolve("libcublas.so.12"));
    assertThat(location(load(12060, folder))).endsWith("libcublas.so.12");
    assertThat(location(load(13000, folder))).endsWith("libcublas.so.13");
  }

  private static String location(LibraryStatus<Cublas> status) {
    return ((LibraryStatus.Usable<Cublas>) status).library().location();
  }

  private static LibraryStatus.Missing<Cublas> missing(LibraryStatus<Cublas> status) {
    assertThat(status).isInstanceOf(LibraryStatus.Missing.class);
    return (LibraryStatus.Missing<Cublas>) status;
  }
}
