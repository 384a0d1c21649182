package org.resnet4j.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class ServeCommandTest {
  private static final Pattern ADDRESS = Pattern.compile("address {2}(http://\\S+)\n");

  @Test
  void answersUntilItIsEnded() throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    AtomicInteger code = new AtomicInteger(-1);
    Thread command =
        new Thread(() ->
            code.set(
                Main.run(
                    new String[] {
                      "serve",
                      "--port",
                      "0",
                      "--threads",
                      "1",
                      "--max-bytes",
                      "2147483647",
                      "--queue",
                      "2147483647"
                    },
                    new PrintStream(out),
                    new PrintStream(err))));
    command.start();
    Matcher address = ADDRESS.matcher(out.toString());
    while (!address.find() && command.isAlive()) {
      Thread.sleep(20);
      address = ADDRESS.matcher(out.toString());
    }
    assertThat(code).as(err.toString()).hasValue(-1);
    assertThat(address.group(1)).endsWith("/v2/models/resnet18-w16");
    URI classify = URI.create(address.group(1) + "/classify");
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpResponse<String> answer =
          client.send(
              HttpRequest.newBuilder(classify)
                  .POST(BodyPublishers.ofFile(Run.SAMPLES.resolve("00.png")))
                  .build(),
              BodyHandlers.ofString());
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.body()).contains("[{\"index\":7,\"label\":\"Sneaker\",\"probability\":0.9");
    }
    command.interrupt();
    command.join();
    assertThat(code).hasValue(0);
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void refusals() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertThat(Run.of("serve", "--port", taken.getLocalPort()).refused().err())
          .contains("--host 127.0.0.1 --port " + taken.getLocalPort() + ": cannot be listened at: ")
          .contains("; choose another port");
    }
    assertThat(Run.of("serve", "--host", "no such host").refused().err())
        .contains("--host no such host: there is no such host");
    assertThat(Run.of("serve", "--host", "").refused().err()).contains("--host: names nothing");
    assertThat(Run.of("serve", "--host", "192.0.2.1", "--port", 0).refused().err())
        .contains("cannot be listened at");
    assertThat(Run.of("serve", "--port", 70_000).refused().err()).contains("must be a port");
  }
}
