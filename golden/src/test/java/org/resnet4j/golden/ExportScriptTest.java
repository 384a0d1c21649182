package org.resnet4j.golden;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.resnet4j.core.backend.Backend;
import org.resnet4j.core.backend.BackendOptions;
import org.resnet4j.core.backend.Backends;
import org.resnet4j.core.model.ModelOptions;

/** The lines of PyTorch that README shows are the script's, and what they write is verified. */
class ExportScriptTest {
  private static final Path TOOLS = Path.of("tools").toAbsolutePath();
  private static final Path SCRIPT = TOOLS.resolve("export_my_network.py");
  private static final String PYTHON = "/usr/bin/python3";

  /** Without importing it, which takes seconds. */
  private static final String HAS_TORCH =
      "import sys, importlib.util as util;"
          + " sys.exit(not (util.find_spec('torch') and util.find_spec('torchvision')))";

  @Test
  void readmeShowsTheScript() throws IOException {
    String readme = Files.readString(Path.of("..", "README.md"));
    assertThat(readme).contains("```python\n" + Files.readString(SCRIPT) + "```\n");
  }

  @Test
  void whatItWritesPasses(@TempDir Path folder) throws Exception {
    boolean torch = run(folder, "-c", HAS_TORCH) == 0;
    if (!torch) {
      System.out.println("SKIPPED: " + PYTHON + " has no torch; the export script was not run");
    }
    assumeTrue(torch, PYTHON + " has no torch");
    writeSafetensorsModule(folder);
    String script = Files.readString(SCRIPT);
    String small =
        script
            .replace("resnet50(num_classes=1000)", "resnext50_32x4d(num_classes=7)")
            .replace("torch.randn(3, 3, 224, 224)", "torch.randn(3, 3, 75, 50)");
    assertThat(small).isNotEqualTo(script);
    Path file = Files.writeString(folder.resolve("export.py"), small);
    assertThat(run(folder, file.toString())).as(Files.readString(folder.resolve("log"))).isZero();
    GoldenCase golden =
        UserGolden.load(
            folder.resolve("weights.safetensors"),
            folder.resolve("golden.safetensors"),
            ModelOptions.defaults());
    assertThat(golden.model()).isEqualTo("resnext50_32x4d");
    try (Backend backend = Backends.open("simd", BackendOptions.defaults())) {
      CaseResult result = Verifier.verify(golden, backend);
      System.out.println("export script: logits at " + result.logits().ratio() + " E_ref");
      assertThat(result.passed()).as(result.toString()).isTrue();
      assertThat(result.logits().eRef()).isPositive();
    }
  }

  /** The package as this repository's own writer, for pythons that have torch but not that. */
  private static void writeSafetensorsModule(Path folder) throws IOException {
    Path module = Files.createDirectory(folder.resolve("safetensors"));
    Files.writeString(module.resolve("__init__.py"), "");
    Files.writeString(
        module.resolve("torch.py"),
        """
        import safetensors_io

        def save_file(tensors, path, metadata=None):
            arrays = {name: tensor.numpy() for name, tensor in tensors.items()}
            safetensors_io.write(path, arrays, metadata or {})
        """);
  }

  private static int run(Path folder, String... arguments) throws Exception {
    if (!Files.isExecutable(Path.of(PYTHON))) {
      return 1;
    }
    List<String> command = new ArrayList<>(List.of(PYTHON, "-B"));
    command.addAll(List.of(arguments));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("log").toFile());
    builder.environment().put("PYTHONPATH", folder + ":" + TOOLS);
    Process process = builder.start();
    assertThat(process.waitFor(3, TimeUnit.MINUTES)).isTrue();
    return process.exitValue();
  }
}
