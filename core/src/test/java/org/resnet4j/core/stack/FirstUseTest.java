package org.resnet4j.core.stack;

import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.resnet4j.core.backend.BackendOptions;
import org.resnet4j.core.backend.Backends;
import org.resnet4j.core.conformance.FirstUse;
import org.resnet4j.core.hub.Hub;
import org.resnet4j.core.hub.HubModel;
import org.resnet4j.core.hub.HubSettings;
import org.resnet4j.core.image.DecodeOptions;
import org.resnet4j.core.image.decode.ImageDecoder;
import org.resnet4j.core.model.Labels;
import org.resnet4j.core.model.LoadedNetwork;
import org.resnet4j.core.model.ModelOptions;
import org.resnet4j.core.model.PretrainedModel;
import org.resnet4j.core.model.SeededModels;
import org.resnet4j.core.onnx.OnnxWriter;
import org.resnet4j.core.weights.safetensors.SafetensorsFile;
import tools.jackson.core.json.JsonFactory;

/** What is used for the first time at the end of a stack serves later callers all the same. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FirstUseTest {
  private static final Path RESOURCES = Path.of("src/test/resources/org/resnet4j/core");

  @TempDir Path folder;

  static final class Load implements FirstUse.Call {
    @Override
    public void read(Path file) throws Exception {
      PretrainedModel.load(file, ModelOptions.defaults());
    }
  }

  static final class LoadNetwork implements FirstUse.Call {
    @Override
    public void read(Path file) throws Exception {
      LoadedNetwork.load(file, ModelOptions.defaults());
    }
  }

  static final class OpenWeights implements FirstUse.Call {
    @Override
    public void read(Path file) throws Exception {
      SafetensorsFile.open(file);
    }
  }

  static final class Export implements FirstUse.Call {
    @Override
    public void read(Path file) throws Exception {
      OnnxWriter.toBytes(LoadedNetwork.load(file, ModelOptions.defaults()).graph());
    }
  }

  static final class NameClasses implements FirstUse.Call {
    @Override
    public void read(Path file) throws Exception {
      Labels.imagenet1k();
    }
  }

  static final class OpenBackend implements FirstUse.Call {
    @Override
    public void read(Path file) throws Exception {
      Backends.open("reference", BackendOptions.defaults()).close();
    }
  }

  static final class FindInCache implements FirstUse.Call {
    @Override
    public void read(Path file) throws Exception {
      HubSettings settings = HubSettings.of(Map.of("HF_HOME", file.getParent().toString()));
      new Hub(settings).find(HubModel.parse("timm/resnet18.a1_in1k"));
    }
  }

  static final class Decode implements FirstUse.Call {
    @Override
    public void read(Path file) throws Exception {
      ImageDecoder.decode(file);
    }
  }

  static final class DecodeContent implements FirstUse.Call {
    @Override
    public void read(Path file) throws Exception {
      ImageDecoder.decode(Files.readAllBytes(file), "content");
    }
  }

  static final class DecodeStream implements FirstUse.Call {
    @Override
    public void read(Path file) throws Exception {
      try (InputStream in = Files.newInputStream(file)) {
        ImageDecoder.decode(in, "stream", DecodeOptions.DEFAULT);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      classes = {
        Load.class,
        LoadNetwork.class,
        OpenWeights.class,
        Export.class,
        NameClasses.class,
        OpenBackend.class,
        FindInCache.class
      })
  void ofModels(Class<? extends FirstUse.Call> call) throws Exception {
    Path file = folder.resolve("model.safetensors");
    SeededModels.write(file);
    check(call, file);
  }

  @ParameterizedTest
  @ValueSource(classes = {Load.class, LoadNetwork.class})
  void ofOnnxFiles(Class<? extends FirstUse.Call> call) throws Exception {
    check(call, RESOURCES.resolve("onnx/torch-flatten-opset17.onnx"));
  }

  @Test
  void ofPictures() throws Exception {
    Path pictures = RESOURCES.resolve("image/pictures");
    check(Decode.class, pictures.resolve("png-palette8.png"));
    check(Decode.class, pictures.resolve("jpeg-progressive-cmyk.jpg"));
    check(DecodeContent.class, pictures.resolve("png-grey-alpha.png"));
    check(DecodeStream.class, pictures.resolve("jpeg-420-restarts.jpg"));
  }

  private static void check(Class<? extends FirstUse.Call> call, Path file) throws Exception {
    Consumer<Path> later =
        FirstUse.atTheEndOfAStack(call, file, PretrainedModel.class, JsonFactory.class);
    assertThatCode(() -> later.accept(file)).doesNotThrowAnyException();
  }
}
