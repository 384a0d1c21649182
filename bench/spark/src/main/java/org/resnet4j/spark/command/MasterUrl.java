package org.resnet4j.spark.command;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.resnet4j.bench.failure.CommandException;
import org.resnet4j.core.backend.BackendOptions;
import org.resnet4j.core.text.Quote;

/** What can be known of a cluster's address before Spark starts, which would say it late. */
final class MasterUrl {
  private static final Pattern LOCAL_THREADS = Pattern.compile("local\\[(\\d+)(,.*)?]");

  /** What Spark starts for addresses that begin so, from a jar that is not everywhere. */
  private static final Map<String, String> MANAGERS =
      Map.of(
          "yarn", "org.apache.spark.scheduler.cluster.YarnClusterManager",
          "k8s:", "org.apache.spark.scheduler.cluster.k8s.KubernetesClusterManager");

  private static final String STANDALONE = "spark://";
  private static final Pattern ADDRESS = Pattern.compile("(.+):(\\d{1,5})");
  private static final int CONNECT_MILLIS = 10_000;

  private MasterUrl() {}

  /**
   * Refuses what cannot be.
   *
   * @throws CommandException if Spark could not start there
   */
  static void check(String master) throws CommandException {
    if (master.isBlank()) {
      throw refused(master, "names nothing", "such as local[*] or spark://host:7077");
    }
    Matcher local = LOCAL_THREADS.matcher(master);
    if (local.matches()) {
      checkThreads(master, local.group(1));
    }
    for (Map.Entry<String, String> manager : MANAGERS.entrySet()) {
      if (master.startsWith(manager.getKey()) && !isThere(manager.getValue())) {
        throw refused(
            master,
            "Spark's part for that is not on the class path",
            "start it with the spark-submit of a Spark installation that has it");
      }
    }
    if (master.startsWith(STANDALONE)) {
      checkHosts(master);
    }
  }

  private static void checkThreads(String master, String threads) throws CommandException {
    try {
      new BackendOptions(Integer.parseInt(threads));
    } catch (NumberFormatException _) {
      throw refused(master, "is no number of threads", "local[*] takes as many as there are cores");
    } catch (IllegalArgumentException e) {
      throw refused(
          master, String.valueOf(e.getMessage()), "local[*] takes as many as there are cores");
    }
  }

  private static boolean isThere(String type) {
    try {
      Class.forName(type, false, Thread.currentThread().getContextClassLoader());
      return true;
    } catch (ClassNotFoundException _) {
      return false;
    }
  }

  /** One of several is enough. */
  private static void checkHosts(String master) throws CommandException {
    String reason = "names no host and port";
    for (String address : master.substring(STANDALONE.length()).split(",", -1)) {
      Matcher parts = ADDRESS.matcher(address);
      if (!parts.matches()) {
        continue;
      }
      try (Socket socket = new Socket()) {
        InetAddress host = InetAddress.getByName(parts.group(1));
        int port = Integer.parseInt(parts.group(2));
        socket.connect(new InetSocketAddress(host, port), CONNECT_MILLIS);
        return;
      } catch (UnknownHostException _) {
        reason = "there is no such host";
      } catch (IOException | IllegalArgumentException _) {
        reason = "no master answers there";
      }
    }
    throw refused(master, reason, "check the address");
  }

  private static CommandException refused(String master, String cause, String remedy) {
    return new CommandException("--master " + Quote.brief(master), cause, remedy);
  }
}
