package org.resnet4j.simd.machinecode;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.resnet4j.core.conformance.ChildJvm;
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
    List<String> options =
        List.of(
            "--enable-native-access=ALL-UNNAMED",
            "-XX:-CreateCoredumpOnCrash",
            "-XX:ErrorFile=" + folder.resolve("crash.log"));
    return ChildJvm.run(options, classPath(), GuardProbe.class, where).output();
  }

  private static String classPath() {
    return ClassPath.of(GuardProbe.class, GuardedMemory.class, Assembler.class);
  }
}
