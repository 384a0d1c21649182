package org.resnet4j.simd.machinecode;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.resnet4j.core.conformance.ClassPath;
import org.resnet4j.simd.kernel.matrix.MatrixUnit;

/** That the guards of other tests stop who passes them. */
class GuardedMemoryTest {
  static boolean mapsMemory() {
    return MatrixUnit.isThere();
  }

  @Test
  @EnabledIf("mapsMemory")
  void aByteTooFarEndsTheProcess(@TempDir Path folder) throws IOException, InterruptedException {
    assertThat(probe(folder, "inside")).isEmpty();
    assertThat(probe(folder, "beyond")).contains("SIGSEGV");
  }

  /** What it printed. */
  private static String probe(Path folder, String where) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:-CreateCoredumpOnCrash",
                "-cp",
                classPath(),
                GuardProbe.class.getName(),
                where)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve(where).toFile())
            .start();
    assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
    return Files.readString(folder.resolve(where));
  }

  private static String classPath() {
    return ClassPath.of(GuardProbe.class, GuardedMemory.class, Assembler.class);
  }
}
