package org.resnet4j.cuda.cudnn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.lang.reflect.Modifier;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.resnet4j.cuda.driver.CudaException;
import org.resnet4j.cuda.library.Bytedeco;
import org.resnet4j.cuda.library.LibraryFinder;
import org.resnet4j.cuda.library.LibraryStatus;
import org.resnet4j.cuda.library.NativeFunction;
import org.resnet4j.cuda.support.Emulator;

/** Signatures and values against somebody else's, and the reasons for having no cuDNN. */
class CudnnBindingTest {
  private static final Bytedeco BYTEDECO = new Bytedeco("cudnn");

  @BeforeEach
  void load() {
    Emulator.load();
  }

  static List<NativeFunction> functions() {
    return CudnnFunctions.ALL;
  }

  static Stream<CudnnConstant> constants() {
    return Stream.<CudnnConstant[]>of(
            ActivationMode.values(),
            Attribute.values(),
            AttributeType.values(),
            BehaviorNote.values(),
            ConvolutionMode.values(),
            CudnnStatus.values(),
            DataType.values(),
            DescriptorType.values(),
            ForwardAlgorithm.values(),
            HeuristicMode.values(),
            MathType.values(),
            NanPropagation.values(),
            NumericalNote.values(),
            PointwiseMode.values(),
            PoolingMode.values(),
            TensorFormat.values())
        .flatMap(Arrays::stream);
  }

  @ParameterizedTest
  @MethodSource
  void functions(NativeFunction function) {
    BYTEDECO.checkFunction(function);
  }

  @ParameterizedTest
  @MethodSource
  void constants(CudnnConstant constant) {
    BYTEDECO.checkConstant(constant.cName(), constant.value());
  }

  @Test
  void theTableIsComplete() {
    long declared =
        Arrays.stream(CudnnFunctions.class.getDeclaredFields())
            .filter(f -> Modifier.isStatic(f.getModifiers()))
            .filter(f -> f.getType() == NativeFunction.class)
            .count();
    assertThat(CudnnFunctions.ALL).doesNotHaveDuplicates().hasSize((int) declared);
  }

  /** Offsets by C's rules: each member at a multiple of its size. */
  @Test
  void theStructIsAsCLaysItOut() {
    assertThat(AlgorithmResult.LAYOUT.byteSize()).isEqualTo(48);
    assertThat(AlgorithmResult.LAYOUT.byteAlignment()).isEqualTo(8);
  }

  @Test
  void usable() {
    Cudnn cudnn = usable(load(OnGpu.DRIVER_VERSION));
    assertThat(cudnn.versionText()).isEqualTo("9.10.2");
    assertThat(cudnn.location()).endsWith("libcudnn.so.9");
    assertThat(cudnn.getCudartVersion()).isEqualTo(12090);
  }

  @ParameterizedTest
  @CsvSource({"8907, 8.9.7", "100000, 10.0.0"})
  void anotherVersion(int version, String text) {
    Emulator.option("cudnn.version", version);
    LibraryStatus.Missing<Cudnn> missing = missing(load(OnGpu.DRIVER_VERSION));
    assertThat(missing.reason()).contains("libcudnn.so.9 has version " + text, "needed is 9");
    assertThat(missing.remedy()).contains("install cuDNN 9");
  }

  @Test
  void aDriverThatIsTooOld() {
    Emulator.option("cudnn.cuda13", 1);
    LibraryStatus.Missing<Cudnn> missing = missing(load(12060));
    assertThat(missing.reason())
        .endsWith("libcudnn.so.9 was built for CUDA 13, the driver supports 12.6");
    assertThat(missing.remedy()).contains("nvidia-cudnn-cu12", "a newer driver");
    assertThat(usable(load(13000)).getCudartVersion()).isEqualTo(13000);
  }

  @Test
  void absent(@TempDir Path folder) {
    assertThat(missing(load(OnGpu.DRIVER_VERSION, folder)).reason()).contains(folder.toString());
  }

  @Test
  void anotherLibraryLacksTheFunctions() {
    Path other = Emulator.library("libcublas.so.12");
    assertThat(missing(load(OnGpu.DRIVER_VERSION, other)).reason())
        .contains("libcublas.so.12 is not cuDNN 9: it lacks", "cudnnCreate,");
  }

  @Test
  void aFailureIsExplained() {
    Cudnn cudnn = usable(load(OnGpu.DRIVER_VERSION));
    assertThatExceptionOfType(CudaException.class)
        .isThrownBy(() -> cudnn.destroy(1))
        .withMessage("cudnnDestroy(handle 0x1): CUDNN_STATUS_BAD_PARAM (2000)");
    Emulator.option("cudnn.explains", 1);
    assertThatExceptionOfType(CudaException.class)
        .isThrownBy(() -> cudnn.destroy(1))
        .withMessageEndingWith(": CUDNN_STATUS_BAD_PARAM (2000): the emulator explains");
    Emulator.fail("cudnnDestroy", 1, 3999);
    assertThatExceptionOfType(CudaException.class)
        .isThrownBy(() -> cudnn.destroy(1))
        .withMessageContaining(": another status (3999)");
  }

  @Test
  void statuses() {
    assertThat(CudnnStatus.nameOf(3001)).isEqualTo("CUDNN_STATUS_NOT_SUPPORTED_GRAPH_PATTERN");
    assertThat(CudnnStatus.nameOf(-7)).isEmpty();
    assertThat(CudnnStatus.isDeclined(3008)).isTrue();
    assertThat(CudnnStatus.isDeclined(4001)).isTrue();
    assertThat(CudnnStatus.isDeclined(4000)).isFalse();
    assertThat(CudnnStatus.isDeclined(2000)).isFalse();
  }

  private static LibraryStatus<Cudnn> load(int driverVersion) {
    return load(driverVersion, Emulator.library("libcudnn.so.9"));
  }

  private static LibraryStatus<Cudnn> load(int driverVersion, Path named) {
    return Cudnn.load(LibraryFinder.ofProcess(), driverVersion, named);
  }

  private static Cudnn usable(LibraryStatus<Cudnn> status) {
    assertThat(status).isInstanceOf(LibraryStatus.Usable.class);
    return ((LibraryStatus.Usable<Cudnn>) status).library();
  }

  private static LibraryStatus.Missing<Cudnn> missing(LibraryStatus<Cudnn> status) {
    assertThat(status).isInstanceOf(LibraryStatus.Missing.class);
    return (LibraryStatus.Missing<Cudnn>) status;
  }
}
