package org.resnet4j.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpContext;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpPrincipal;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class BodiesTest {
  private static final int MOST = 1_000_000;

  private static int length(Bodies bodies, byte[] body, String announced) throws Exception {
    return bodies.use(new Exchange(body, announced), in -> in.readAllBytes().length);
  }

  @Test
  void isReadUpToTheMost() throws Exception {
    Bodies bodies = new Bodies(MOST, MOST);
    for (String announced : new String[] {"", "1000000"}) {
      assertThat(length(bodies, new byte[MOST], announced)).isEqualTo(MOST);
    }
    assertRefused(413, () -> length(bodies, new byte[MOST + 1], ""));
    assertRefused(413, () -> length(bodies, new byte[1], "1000001"));
    assertThat(length(bodies, new byte[MOST], "")).isEqualTo(MOST);
  }

  /** Who says that much will come, and sends nothing, keeps nobody out. */
  @Test
  void whatIsAnnouncedTakesNoRoom() throws Exception {
    Bodies bodies = new Bodies(MOST, 2 * MOST);
    CountDownLatch end = new CountDownLatch(1);
    CountDownLatch begun = new CountDownLatch(100);
    List<Future<Integer>> idle = new ArrayList<>();
    try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 100; i++) {
        String announced = i % 2 == 0 ? "" : String.valueOf(MOST);
        idle.add(
            callers.submit(() ->
                bodies.use(
                    new Exchange(new byte[1], announced),
                    in -> {
                      begun.countDown();
                      end.await();
                      return in.read();
                    })));
      }
      begun.await();
      assertThat(length(bodies, new byte[MOST], "")).isEqualTo(MOST);
      end.countDown();
      for (Future<Integer> each : idle) {
        assertThat(each.get()).isZero();
      }
    }
  }

  @Test
  void whatHasComeTakesRoomUntilItIsUsed() throws Exception {
    Bodies bodies = new Bodies(MOST, 2 * MOST);
    bodies.use(
        new Exchange(new byte[MOST], ""),
        first -> {
          assertThat(first.readAllBytes()).hasSize(MOST);
          return bodies.use(
              new Exchange(new byte[MOST], ""),
              second -> {
                assertThat(second.readAllBytes()).hasSize(MOST);
                assertRefused(503, () -> length(bodies, new byte[MOST], ""));
                return 0;
              });
        });
    assertThat(length(bodies, new byte[MOST], "")).isEqualTo(MOST);
  }

  private static void assertRefused(int status, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            RequestException.class, e -> assertThat(e.status()).isEqualTo(status));
  }

  /** A request's body, and how long its header says that it is. */
  private static final class Exchange extends HttpExchange {
    private final Headers headers = new Headers();
    private final byte[] body;

    Exchange(byte[] body, String announced) {
      this.body = body;
      if (!announced.isEmpty()) {
        headers.set("Content-Length", announced);
      }
    }

    @Override
    public Headers getRequestHeaders() {
      return headers;
    }

    @Override
    public InputStream getRequestBody() {
      return new ByteArrayInputStream(body);
    }

    private static <T> T unused() {
      throw new UnsupportedOperationException();
    }

    @Override
    public Headers getResponseHeaders() {
      return unused();
    }

    @Override
    public URI getRequestURI() {
      return unused();
    }

    @Override
    public String getRequestMethod() {
      return unused();
    }

    @Override
    public HttpContext getHttpContext() {
      return unused();
    }

    @Override
    public void close() {}

    @Override
    public OutputStream getResponseBody() {
      return unused();
    }

    @Override
    public void sendResponseHeaders(int code, long length) {
      unused();
    }

    @Override
    public InetSocketAddress getRemoteAddress() {
      return unused();
    }

    @Override
    public int getResponseCode() {
      return unused();
    }

    @Override
    public InetSocketAddress getLocalAddress() {
      return unused();
    }

    @Override
    public String getProtocol() {
      return unused();
    }

    @Override
    public Object getAttribute(String name) {
      return unused();
    }

    @Override
    public void setAttribute(String name, Object value) {
      unused();
    }

    @Override
    public void setStreams(InputStream in, OutputStream out) {
      unused();
    }

    @Override
    public HttpPrincipal getPrincipal() {
      return unused();
    }
  }
}
