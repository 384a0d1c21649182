package org.resnet4j.serve;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** Replies on their way. */
final class Sending {
  /** Of a body that nobody wants, what is read so that its connection can be used again. */
  private static final int MOST_LEFT = 1 << 20;

  private static final int PIECE = 1 << 13;

  private Sending() {}

  /**
   * Sends it.
   *
   * @throws IOException if its caller has gone, or is too slow
   */
  static void send(HttpExchange exchange, Route route, Reply reply) throws IOException {
    exchange.getResponseHeaders().set("Content-Type", reply.type());
    boolean head = exchange.getRequestMethod().equals("HEAD");
    boolean unread = reply.status() != Reply.OK || !exchange.getRequestMethod().equals("POST");
    if (unread && mayLeaveMuch(exchange, head ? 0 : MOST_LEFT)) {
      exchange.getResponseHeaders().set("Connection", "close");
    }
    if (reply.headerBytes() != InferRequest.NO_HEADER) {
      exchange
          .getResponseHeaders()
          .set(RequestHead.HEADER_LENGTH, String.valueOf(reply.headerBytes()));
    }
    if (reply.status() == RequestException.UNAVAILABLE) {
      exchange.getResponseHeaders().set("Retry-After", "1");
    } else if (reply.status() == RequestException.METHOD_NOT_ALLOWED) {
      exchange
          .getResponseHeaders()
          .set("Allow", route.takes("HEAD") ? "GET, HEAD" : route.method());
    }
    if (head) {
      exchange.getResponseHeaders().set("Content-Length", String.valueOf(reply.content().length));
      exchange.sendResponseHeaders(reply.status(), -1);
      return;
    }
    exchange.sendResponseHeaders(reply.status(), reply.content().length);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(reply.content());
      if (unread) {
        out.flush(); // who is still sending is answered at once
        pass(exchange.getRequestBody());
      }
    }
  }

  /**
   * Whether so much of a body may be left that the connection cannot be used again: then its caller
   * is told, who else would send another request there.
   */
  private static boolean mayLeaveMuch(HttpExchange exchange, int most) {
    String length = exchange.getRequestHeaders().getFirst("Content-Length");
    return length == null
        ? exchange.getRequestHeaders().containsKey("Transfer-Encoding")
        : Long.parseLong(length.strip()) > most; // the server has refused others
  }

  /**
   * What is left of a body: the JDK's server ends a connection where that is more than a little.
   */
  private static void pass(InputStream body) {
    try {
      byte[] piece = new byte[PIECE];
      int sum = 0;
      for (int read = 0; read >= 0 && sum <= MOST_LEFT; sum += read) {
        read = body.read(piece);
      }
    } catch (IOException _) {
      // The connection ends.
    }
  }
}
