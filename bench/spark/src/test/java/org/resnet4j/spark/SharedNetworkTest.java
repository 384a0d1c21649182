package org.resnet4j.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.resnet4j.core.model.PretrainedModel;
import org.resnet4j.golden.DemoModel;

class SharedNetworkTest {
  private static SharedNetwork.Identity identity(byte[] content) {
    return new SharedNetwork.Identity(
        "demo", content.length, SharedNetwork.sha256(content), ExecutorOptions.defaults());
  }

  @Test
  void arrivesAsTheSameNetwork() throws IOException {
    PretrainedModel model = DemoModel.load();
    byte[] content = SharedNetwork.content(model);
    PretrainedModel arrived = ExecutorNetwork.model(identity(content), content);
    assertThat(arrived.labels().names()).isEqualTo(model.labels().names());
    assertThat(arrived.metadata()).isEqualTo(model.metadata());
    assertThat(SharedNetwork.content(arrived)).isEqualTo(content);
  }

  @Test
  void otherBytesAreNotTakenForIt() throws IOException {
    byte[] content = SharedNetwork.content(DemoModel.load());
    byte[] changed = content.clone();
    changed[content.length / 2] ^= 1;
    for (byte[] other : new byte[][] {changed, Arrays.copyOf(content, content.length - 1), {}}) {
      assertThatThrownBy(() -> ExecutorNetwork.model(identity(content), other))
          .isInstanceOf(ExecutorException.class)
          .hasMessageContaining("demo came as other bytes than the driver's: " + other.length)
          .hasMessageEndingWith(SharedNetwork.sha256(content) + "; restart this executor");
    }
    byte[] other = new byte[10];
    assertThatThrownBy(() -> ExecutorNetwork.model(identity(other), other))
        .isInstanceOf(ExecutorException.class)
        .hasMessageEndingWith("use the same version on all machines");
  }
}
