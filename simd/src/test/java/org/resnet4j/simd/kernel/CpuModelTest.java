package org.resnet4j.simd.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CpuModelTest {
  @Test
  void isReadWhereTheKernelNamesIt(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("cpuinfo");
    assertThat(CpuModel.read(file)).isEmpty();
    Files.writeString(file, "processor\t: 0\nmodel name\t: Some CPU @ 2 GHz\n");
    assertThat(CpuModel.read(file)).contains("Some CPU @ 2 GHz");
    Files.write(file, new byte[] {'m', (byte) 0xff, '\n'});
    assertThat(CpuModel.read(file)).isEmpty();
  }
}
