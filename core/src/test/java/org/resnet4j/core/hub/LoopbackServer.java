package org.resnet4j.core.hub;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import javax.net.ServerSocketFactory;

/** A server that answers one request on each connection with exactly the bytes it is told to. */
final class LoopbackServer implements AutoCloseable {
  /**
   * What was asked.
   *
   * @param target a path, or to a proxy the whole address
   * @param headers by their names in small letters
   */
  record Request(String method, String target, Map<String, String> headers) {}

  /** Answers one request. */
  @FunctionalInterface
  interface Handler {
    void answer(Request request, OutputStream out) throws IOException, InterruptedException;
  }

  private final ServerSocket socket;
  private final String scheme;
  private final List<Request> requests = new CopyOnWriteArrayList<>();

  LoopbackServer(Handler handler) throws IOException {
    this("http", ServerSocketFactory.getDefault(), handler);
  }

  LoopbackServer(String scheme, ServerSocketFactory factory, Handler handler) throws IOException {
    this.scheme = scheme;
    this.socket = factory.createServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(() -> accept(handler));
  }

  private void accept(Handler handler) {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      while (true) {
        Socket connection = socket.accept();
        threads.submit(() -> serve(connection, handler));
      }
    } catch (IOException _) {
      // Closed.
    }
  }

  private void serve(Socket connection, Handler handler) {
    try (connection;
        BufferedReader in =
            new BufferedReader(
                new InputStreamReader(connection.getInputStream(), StandardCharsets.ISO_8859_1))) {
      String[] first = in.readLine().split(" ");
      Map<String, String> headers = new HashMap<>();
      for (String line = in.readLine(); !line.isEmpty(); line = in.readLine()) {
        int colon = line.indexOf(':');
        headers.put(
            line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
      }
      Request request = new Request(first[0], first[1], headers);
      requests.add(request);
      OutputStream out = connection.getOutputStream();
      handler.answer(request, out);
      out.flush();
    } catch (IOException | InterruptedException _) {
      // The client has gone, or the test is over.
    }
  }

  /** A head without a body. */
  static String head(int status, String... headers) {
    StringBuilder head = new StringBuilder("HTTP/1.1 " + status + " as told\r\n");
    for (String header : headers) {
      head.append(header).append("\r\n");
    }
    return head.append("Connection: close\r\n\r\n").toString();
  }

  static void write(OutputStream out, String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  List<Request> requests() {
    return List.copyOf(requests);
  }

  /** What was asked of files' contents. */
  List<Request> downloads() {
    return requests.stream()
        .filter(request -> request.method.equals("GET") && request.target.contains("/resolve/"))
        .toList();
  }

  URI uri() {
    return URI.create(
        scheme + "://" + socket.getInetAddress().getHostAddress() + ":" + socket.getLocalPort());
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
