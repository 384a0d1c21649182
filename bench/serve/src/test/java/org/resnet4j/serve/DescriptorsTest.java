package org.resnet4j.serve;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class DescriptorsTest {
  private static final int DESCRIPTORS = 160;
  private static final int CONNECTIONS = 300;

  @Test
  void connectionsLeaveSomeForTheRest() {
    assertThat(Descriptors.forConnections(1024, 30)).hasValue(930);
    assertThat(Descriptors.forConnections(80, 30)).hasValue(1);
    assertThat(Descriptors.forConnections(1L << 40, 30)).hasValue(Integer.MAX_VALUE);
    assertThat(Descriptors.forConnections(-1, 30)).isEmpty();
    assertThat(Descriptors.forConnections()).isNotEmpty();
  }

  /** Before its first answer, for which the JDK loads classes that read files. */
  @Test
  @EnabledOnOs(OS.LINUX)
  @Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void moreConnectionsThanDescriptorsEndNoServer() throws Exception {
    try (ServeProcess service = ServeProcess.startWith(DESCRIPTORS, 1)) {
      List<Socket> all = new ArrayList<>();
      try {
        for (int i = 0; i < CONNECTIONS; i++) {
          Socket socket = new Socket(InetAddress.getLoopbackAddress(), service.port());
          all.add(socket);
        }
        for (Socket socket : all) {
          ask(socket);
        }
        Thread.sleep(500);
      } finally {
        for (Socket socket : all) {
          socket.close();
        }
      }
      assertLive(service, 30);
    }
  }

  /** Callers with little patience do not shut the others out until they are forgotten. */
  @Test
  @EnabledOnOs(OS.LINUX)
  @Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void whoHasGoneHasNoDescriptor() throws Exception {
    try (ServeProcess service = ServeProcess.startWith(DESCRIPTORS, 1)) {
      assertLive(service, 30);
      for (int i = 0; i < CONNECTIONS; i++) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), service.port())) {
          socket.setSoLinger(true, 0); // closing it is a reset
          ask(socket);
        }
      }
      Thread.sleep(1000);
      assertLive(service, 5);
    }
  }

  private static void assertLive(ServeProcess service, int seconds) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:%s/v2/health/live".formatted(service.port())))
            .timeout(Duration.ofSeconds(seconds))
            .build();
    try (HttpClient client = HttpClient.newHttpClient()) {
      assertThat(client.send(request, HttpResponse.BodyHandlers.ofString()).statusCode())
          .isEqualTo(200);
    }
  }

  private static void ask(Socket socket) {
    try {
      socket
          .getOutputStream()
          .write("GET /v2 HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    } catch (IOException _) {
      // The server has refused the connection.
    }
  }
}
