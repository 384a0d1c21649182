package org.resnet4j.cuda.cudnn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import java.lang.reflect.Modifier;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.resnet4j.cuda.Emulator;
import org.resnet4j.cuda.library.Bytedeco;
import org.resnet4j.cuda.library.LibraryFinder;
import org.resnet4j.cuda.library.NativeFunction;

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
    assertThat(status())
        .asInstanceOf(type(Cudnn.Status.Usable.class))
        .satisfies(usable -> {
          Cudnn cudnn = usable.cudnn();
          assertThat(cudnn.versionText()).isEqualTo("9.10.2");
          assertThat(cudnn.location()).endsWith("libcudnn.so.9");
          assertThat(cudnn.getCudartVersion()).isEqualTo(12090);
          assertThat(cudnn.getErrorString(2000)).isEqualTo("CUDNN_STATUS_BAD_PARAM");
          assertThat(cudnn.getLastErrorString()).isEqualTo("the emulator keeps no message");
        });
  }

  @ParameterizedTest
  @CsvSource({"8907, 8.9.7", "100000, 10.0.0"})
  void anotherVersion(int version, String text) {
    Emulator.option("cudnn.version", version);
    assertThat(status())
        .asInstanceOf(type(Cudnn.Status.Missing.class))
        .satisfies(missing -> {
          assertThat(missing.reason()).contains("libcudnn.so.9 has version " + text, "needed is 9");
          assertThat(missing.remedy()).contains("install cuDNN 9");
        });
  }

  @Test
  void absent(@org.junit.jupiter.api.io.TempDir Path folder) {
    assertThat(Cudnn.load(LibraryFinder.ofProcess(), folder))
        .asInstanceOf(type(Cudnn.Status.Missing.class))
        .satisfies(missing -> assertThat(missing.reason()).contains(folder.toString()));
  }

  @Test
  void anotherLibraryLacksTheFunctions() {
    Path other = Emulator.library("libcublas.so.12");
    assertThat(Cudnn.load(LibraryFinder.ofProcess(), other))
        .asInstanceOf(type(Cudnn.Status.Missing.class))
        .satisfies(missing ->
            assertThat(missing.reason())
                .contains("libcublas.so.12 is not cuDNN 9: it lacks", "cudnnCreate,"));
  }

  @Test
  void statusNames() {
    assertThat(CudnnStatus.nameOf(3001)).isEqualTo("CUDNN_STATUS_NOT_SUPPORTED_GRAPH_PATTERN");
    assertThat(CudnnStatus.nameOf(-7)).isEqualTo("unknown status");
    assertThat(CudnnStatus.isNotSupported(3008)).isTrue();
    assertThat(CudnnStatus.isNotSupported(2000)).isFalse();
  }

  private static Cudnn.Status status() {
    return Cudnn.load(LibraryFinder.ofProcess(), Emulator.library("libcudnn.so.9"));
  }
}
