package org.resnet4j.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.resnet4j.core.Classifier;
import org.resnet4j.core.backend.Backend;
import org.resnet4j.core.backend.BackendOptions;
import org.resnet4j.core.backend.Backends;
import org.resnet4j.core.backend.Session;
import org.resnet4j.golden.DemoModel;
import triton.client.InferInput;
import triton.client.InferRequestedOutput;
import triton.client.InferResult;
import triton.client.InferenceException;
import triton.client.InferenceServerClient;
import triton.client.pojo.DataType;

/** A client of the protocol that was written for another server: Triton's own, in Java. */
@Timeout(60)
class TritonClientTest {
  private static final int BATCH = 3;
  private static final int IMAGE = 3 * 64 * 64;
  private static final int CLASSES = 10;

  private static Backend backend;
  private static Classifier classifier;
  private static InferenceServer server;
  private static InferenceServerClient client;

  @BeforeAll
  static void start() throws IOException {
    backend = Backends.open("simd", new BackendOptions(1));
    classifier = Classifier.open(DemoModel.load(), backend, BATCH);
    InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    server =
        InferenceServer.start(
            classifier,
            new ServerOptions(any, 32 << 20, InferenceServerTest.TIME_LIMIT, 256, Duration.ZERO));
    client = new InferenceServerClient("127.0.0.1:" + server.address().getPort(), 5000, 30_000);
  }

  @AfterAll
  static void stop() throws Exception {
    client.close();
    server.close();
    classifier.close();
    backend.close();
  }

  private static float[] pictures() {
    float[] values = new float[BATCH * IMAGE];
    Random random = new Random(5);
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  private static InferInput input(long[] shape, float[] values, boolean binary) {
    InferInput input = new InferInput("input", shape, DataType.FP32);
    input.setData(values, binary);
    return input;
  }

  @ParameterizedTest
  @CsvSource({"false, false", "false, true", "true, false", "true, true"})
  void getsTheBitsOfARun(boolean binaryInput, boolean binaryOutput) throws Exception {
    float[] values = pictures();
    float[] expected = new float[BATCH * CLASSES];
    try (Session session = classifier.plan().newSession(BATCH)) {
      session.run(BATCH, values, expected);
    }
    InferResult result =
        client.infer(
            DemoModel.NAME,
            List.of(input(new long[] {BATCH, 3, 64, 64}, values, binaryInput)),
            List.of(new InferRequestedOutput("logits", binaryOutput)));
    assertThat(result.getOutputAsFloat("logits")).isEqualTo(expected);
    assertThat(result.getResponse().getModelName()).isEqualTo(DemoModel.NAME);
    assertThat(result.getResponse().getModelVersion()).isEqualTo("1");
    assertThat(result.getResponse().getOutputs().getFirst().getShape())
        .containsExactly(BATCH, CLASSES);
  }

  @Test
  void understandsARefusal() {
    List<InferInput> flat = List.of(input(new long[] {IMAGE}, new float[IMAGE], true));
    List<InferRequestedOutput> logits = List.of(new InferRequestedOutput("logits", true));
    assertThatThrownBy(() -> client.infer(DemoModel.NAME, flat, logits))
        .isInstanceOf(InferenceException.class)
        .hasMessageContaining("input 'input' has shape [12288], expected [1 to 3, 3, 64, 64]");
    assertThatThrownBy(() -> client.infer("other", flat, logits))
        .isInstanceOf(InferenceException.class)
        .hasMessageContaining("there is nothing at '/v2/models/other/infer'");
  }
}
