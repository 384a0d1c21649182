package org.resnet4j.core.weights.pytorch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.resnet4j.core.tensor.Tensor;
import org.resnet4j.core.weights.WeightsFileException;
import org.resnet4j.core.weights.WeightsFileException.Code;
import org.resnet4j.core.weights.safetensors.SafetensorsFile;

/** Files that PyTorch wrote, against the values that it reads of them. */
class PyTorchFileTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "zip.pth",
        "legacy.pth",
        "checkpoint.pth",
        "legacy-checkpoint.pth",
        "protocol4.pth",
      })
  void readsWhatPyTorchReads(String name) throws IOException {
    PyTorchFile file = PyTorchFile.of(resource(name), name);
    assertThat(file.description()).isEqualTo(name);
    assertThat(file.metadata()).isEmpty();
    List<String> lines =
        new String(resource("values.txt"), StandardCharsets.UTF_8).lines().toList();
    List<String> names = lines.stream().map(line -> line.split(" ")[0]).toList();
    assertThat(file.shapes().keySet())
        .containsAll(names)
        .contains("bn.num_batches_tracked")
        .hasSize(names.size() + 1);
    List<String> reversed = new ArrayList<>(names);
    Collections.reverse(reversed);
    Map<String, Tensor> read = file.readAll(reversed);
    assertThat(read.keySet()).containsExactlyElementsOf(names);
    for (String line : lines) {
      String[] parts = line.split(" ");
      Tensor tensor = read.get(parts[0]);
      String shape =
          Arrays.stream(tensor.dims()).mapToObj(String::valueOf).collect(Collectors.joining(","));
      assertThat("[" + shape + "]").as(line).isEqualTo(parts[1]);
      assertThat(file.shapes().get(parts[0])).hasSize(tensor.rank());
      assertThat(tensor.size()).as(line).isEqualTo(parts.length - 2);
      for (int i = 0; i < tensor.size(); i++) {
        assertThat(tensor.data()[i]).as(line).isEqualTo(Float.parseFloat(parts[i + 2]));
      }
    }
  }

  @Test
  void passesOverTheAttributesOfAStateDict() throws IOException {
    assertThat(PyTorchFile.of(resource("metadata.pth"), "x").shapes())
        .isEqualTo(Map.of("0.weight", List.of(2L, 2L), "0.bias", List.of(2L)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "module.pth | FORBIDDEN_PICKLE | 'torch.nn.modules.container.Sequential'",
        "namespace.pth | FORBIDDEN_PICKLE | 'argparse.Namespace'",
        "no-tensors.pth | NO_STATE_DICT | model_state_dict",
        "script.pt | TORCHSCRIPT | torch.jit.load",
      })
  void refusesByNameWhatIsNoStateDict(String name, Code code, String reason) throws IOException {
    byte[] content = resource(name);
    WeightsFileException e =
        catchThrowableOfType(WeightsFileException.class, () -> PyTorchFile.of(content, name));
    assertThat(e).isNotNull();
    assertThat(e.code()).as(e.getMessage()).isEqualTo(code);
    assertThat(e).hasMessageStartingWith(name + ": ").hasMessageContaining(reason);
  }

  /** Whatever their order in the file. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "model | ",
        "model_ema | ",
        "ema_state_dict epoch | ",
        "weights | ",
        "model_ema model | under 'model', not 'model_ema'",
        "state_dict_ema model state_dict |" + " under 'state_dict', not 'model', 'state_dict_ema'",
        "state_dict optimizer | ",
      })
  void saysWhichOfSeveralItIs(String keys, @Nullable String choice) throws IOException {
    Pickles pickle = new Pickles().code('}');
    for (String key : keys.split(" ", -1)) {
      pickle.text(key).code('}').text(key).tensor(2, 0, new long[] {2}, new long[] {1});
      pickle.code('s').code('s');
    }
    PyTorchFile file = PyTorchFile.of(Pickles.archive(pickle.bytes(), 2), "x");
    assertThat(file.choice()).isEqualTo(Optional.ofNullable(choice));
    assertThat(file.shapes().keySet())
        .containsExactly(choice == null ? keys.split(" ", -1)[0] : choice.split("'", -1)[1]);
  }

  /** As {@code expand} makes it; a matrix of one number could be any amount of memory. */
  @Test
  void aVectorMayRepeatOneNumber() throws IOException {
    Pickles pickle =
        new Pickles().code('}').text("v").tensor(2, 1, new long[] {100}, new long[] {0}).code('s');
    PyTorchFile file = PyTorchFile.of(Pickles.archive(pickle.bytes(), 2), "x");
    assertThat(file.readAll(List.of("v")).get("v").data()).hasSize(100).containsOnly(0);
    Pickles matrix =
        new Pickles().code('}').text("v").tensor(2, 1, new long[] {2, 2}, new long[] {0, 0});
    assertThatThrownBy(() -> PyTorchFile.of(Pickles.archive(matrix.code('s').bytes(), 2), "x"))
        .hasMessageContaining("[2, 2] and strides [0, 0] in a storage of 2 elements");
  }

  /** As {@code torch.save} has it of NumPy's arrays, which no file that is fetched again lacks. */
  @Test
  void aPickleWithTheValuesThemselvesIsToBeSavedAsTensors() {
    byte[] archive = Pickles.archive(new byte[ZipSaved.MAX_PICKLE_BYTES + 1], 2);
    assertThatThrownBy(() -> PyTorchFile.of(archive, "x"))
        .hasMessage(
            "x: has a pickle of 16777217 bytes, as where it holds arrays itself;"
                + " save the tensors alone: torch.save(model.state_dict(), 'weights.pth')");
  }

  @Test
  void namesTensorsThatAreNotThereOrAreNoFloats() throws IOException {
    PyTorchFile file = PyTorchFile.of(resource("zip.pth"), "x");
    assertThat(
            catchThrowableOfType(
                    WeightsFileException.class,
                    () -> file.readAll(List.of("bn.num_batches_tracked")))
                .code())
        .isEqualTo(Code.UNSUPPORTED_DTYPE);
    assertThat(
            catchThrowableOfType(
                    WeightsFileException.class, () -> file.readAll(List.of("f32", "none")))
                .code())
        .isEqualTo(Code.NO_SUCH_TENSOR);
  }

  @ParameterizedTest
  @CsvSource({
    "zip.pth, true",
    "legacy.pth, true",
    "protocol4.pth, true",
    "values.txt, false",
  })
  void isToldByItsFirstBytes(String name, boolean expected) throws IOException {
    Path file = Files.write(folder.resolve("weights"), resource(name));
    assertThat(PyTorchFile.isOne(file)).isEqualTo(expected);
  }

  /** The first two bytes of a safetensors file may be those of a pickle. */
  @Test
  void aSafetensorsFileIsNone() throws IOException {
    byte[] content = new byte[8 + 640];
    Arrays.fill(content, (byte) ' ');
    content[0] = (byte) 0x80;
    content[1] = 2;
    Arrays.fill(content, 2, 8, (byte) 0);
    content[8] = '{';
    content[9] = '}';
    Path file = Files.write(folder.resolve("weights.safetensors"), content);
    assertThat(PyTorchFile.isOne(file)).isFalse();
    assertThat(SafetensorsFile.open(file).tensors()).isEmpty();
  }

  @Test
  void noticesThatTheFileChanged() throws IOException {
    Path path = Files.write(folder.resolve("a.pth"), resource("zip.pth"));
    PyTorchFile file = PyTorchFile.open(path);
    assertThat(file.readAll(List.of("f32"))).hasSize(1);
    Files.write(path, resource("legacy.pth"));
    WeightsFileException e =
        catchThrowableOfType(WeightsFileException.class, () -> file.readAll(List.of("f32")));
    assertThat(e.code()).isEqualTo(Code.WEIGHTS_CHANGED);
  }

  static byte[] resource(String name) throws IOException {
    try (InputStream in = PyTorchFileTest.class.getResourceAsStream(name)) {
      assertThat(in).as(name).isNotNull();
      return in.readAllBytes();
    }
  }
}
