package org.resnet4j.simd;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.resnet4j.simd.support.ForkedJvm;

/** As in a server whose applications come and go. */
class UnloadTest {
  @ParameterizedTest
  @ValueSource(strings = {"true", "false"})
  void aLoaderThatIsDroppedIsCollected(String machineCode) throws Exception {
    List<String> options =
        List.of(
            "--enable-native-access=ALL-UNNAMED",
            "-Dresnet4j.machinecode=" + machineCode,
            "-XX:SoftRefLRUPolicyMSPerMB=0", // the JDK keeps some classes softly
            "-XX:+UseSerialGC");
    List<String> lines = ForkedJvm.run(UnloadProbe.class, options);
    assertThat(lines).last().isEqualTo("collected");
    assertThat(lines).anyMatch(line -> line.startsWith("used FP32"));
  }
}
