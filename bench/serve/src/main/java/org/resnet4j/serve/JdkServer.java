package org.resnet4j.serve;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;

/** What the JDK's server has to be told before it is made, by properties of the whole JVM. */
final class JdkServer {
  /** Connections that the system holds until they are taken. */
  private static final int BACKLOG = 1024;

  private JdkServer() {}

  /**
   * Sets its limits, where nobody has, and finds out whether an address can be listened at.
   *
   * @param limit for a request to come; its answer may take as long again
   * @throws IOException if the address cannot be listened at
   */
  static void prepare(InetSocketAddress address, Duration limit) throws IOException {
    requireFree(address);
    setIfAbsent("sun.net.httpserver.maxReqTime", limit.toSeconds());
    setIfAbsent("sun.net.httpserver.maxRspTime", 2 * limit.toSeconds());
    setIfAbsent("sun.net.httpserver.nodelay", true);
    // By default it closes those beyond 200, which their clients may be using again by then.
    setIfAbsent("sun.net.httpserver.maxIdleConnections", BACKLOG);
    Descriptors.forConnections()
        .ifPresent(most -> setIfAbsent("jdk.httpserver.maxConnections", most));
  }

  /** A server that does not listen yet, but has the address. */
  static HttpServer create(InetSocketAddress address) throws IOException {
    return HttpServer.create(address, BACKLOG);
  }

  /** It keeps a descriptor for good if it cannot listen at its address. */
  private static void requireFree(InetSocketAddress address) throws IOException {
    try (ServerSocket probe = new ServerSocket()) {
      probe.setReuseAddress(true);
      probe.bind(address, BACKLOG);
    }
  }

  private static void setIfAbsent(String name, Object value) {
    if (System.getProperty(name) == null) {
      System.setProperty(name, value.toString());
    }
  }
}
