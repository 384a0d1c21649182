package org.resnet4j.cuda.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import jcuda.nvptxcompiler.JNvPTXCompiler;
import jcuda.nvptxcompiler.nvPTXCompilerHandle;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** NVIDIA's assembler accepts every text for every generation of GPU, without spilled registers. */
class PtxAssemblyTest {
  private static final String LIBRARY = "libJNvPTXCompiler-12.6.0-linux-x86_64.so";
  private static final Pattern SPILLS =
      Pattern.compile("(\\d+) bytes spill stores, (\\d+) bytes spill loads");
  private static final Pattern REGISTERS = Pattern.compile("Used (\\d+) registers");
  private static final int MOST_REGISTERS = 64;

  @TempDir private static Path folder;

  /** What the assembler answered. */
  private record Assembly(int code, String error, String info) {}

  /** JCuda takes the library that lies in the temporary folder, so this gives it one of its own. */
  @BeforeAll
  static void load() throws IOException {
    try (InputStream library = ClassLoader.getSystemResourceAsStream("lib/" + LIBRARY)) {
      Assumptions.assumeTrue(
          library != null
              && System.getProperty("os.name").equals("Linux")
              && System.getProperty("os.arch").equals("amd64"),
          "the PTX assembler is there for Linux on x86-64 only");
      Files.copy(library, folder.resolve(LIBRARY));
    }
    String before = System.getProperty("java.io.tmpdir");
    System.setProperty("java.io.tmpdir", folder.toString());
    try {
      JNvPTXCompiler.setExceptionsEnabled(false);
    } finally {
      System.setProperty("java.io.tmpdir", before);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"sm_75", "sm_80", "sm_86", "sm_89", "sm_90"})
  void assembles(String target) {
    for (Kernel kernel : Kernel.values()) {
      for (ElementType type : ElementType.values()) {
        assembles(kernel, type, 1, target);
        if (kernel.hasVectors()) {
          assembles(kernel, type, type.lanes(), target);
        }
      }
    }
  }

  private static void assembles(Kernel kernel, ElementType type, int lanes, String target) {
    Assembly assembly = assemble(kernel.ptx(type, lanes), target);
    String entry = kernel.entry(type, lanes);
    assertThat(assembly.code()).as("%s: %s", entry, assembly.error()).isZero();
    Matcher spills = SPILLS.matcher(assembly.info());
    assertThat(spills.find()).as(assembly.info()).isTrue();
    assertThat(spills.group(1) + spills.group(2)).as(assembly.info()).isEqualTo("00");
    Matcher registers = REGISTERS.matcher(assembly.info());
    assertThat(registers.find()).as(assembly.info()).isTrue();
    assertThat(Integer.parseInt(registers.group(1)))
        .as("%s: %s", entry, assembly.info())
        .isLessThanOrEqualTo(MOST_REGISTERS);
  }

  @Test
  void refusesABrokenText() {
    String broken =
        Kernel.EPILOGUE
            .ptx(ElementType.F16, 1)
            .replaceFirst("add\\.rn\\.f32 %value0", "add.rn.f32 %v");
    Assembly assembly = assemble(broken, "sm_75");
    assertThat(assembly.code()).isNotZero();
    assertThat(assembly.error()).contains("%v");
  }

  private static Assembly assemble(String ptx, String target) {
    byte[] text = (ptx + "\0").getBytes(StandardCharsets.US_ASCII);
    nvPTXCompilerHandle compiler = new nvPTXCompilerHandle();
    assertThat(JNvPTXCompiler.nvPTXCompilerCreate(compiler, text.length, text)).isZero();
    try {
      String[] options = {"--gpu-name=" + target, "--verbose"};
      int code = JNvPTXCompiler.nvPTXCompilerCompile(compiler, options.length, options);
      long[] size = new long[1];
      JNvPTXCompiler.nvPTXCompilerGetErrorLogSize(compiler, size);
      byte[] error = new byte[(int) size[0] + 1];
      if (size[0] > 0) {
        JNvPTXCompiler.nvPTXCompilerGetErrorLog(compiler, error);
      }
      JNvPTXCompiler.nvPTXCompilerGetInfoLogSize(compiler, size);
      byte[] info = new byte[(int) size[0] + 1];
      if (size[0] > 0) {
        JNvPTXCompiler.nvPTXCompilerGetInfoLog(compiler, info);
      }
      return new Assembly(code, text(error), text(info));
    } finally {
      JNvPTXCompiler.nvPTXCompilerDestroy(compiler);
    }
  }

  private static String text(byte[] zeroTerminated) {
    return new String(zeroTerminated, StandardCharsets.UTF_8).replace("\0", "");
  }
}
