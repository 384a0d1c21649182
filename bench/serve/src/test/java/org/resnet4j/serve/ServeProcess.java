package org.resnet4j.serve;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.resnet4j.core.Classifier;
import org.resnet4j.core.backend.Backend;
import org.resnet4j.core.backend.BackendOptions;
import org.resnet4j.core.backend.Backends;
import org.resnet4j.core.conformance.ClassPath;
import org.resnet4j.core.conformance.Memory;
import org.resnet4j.golden.DemoModel;
import org.resnet4j.simd.SimdBackendProvider;
import tools.jackson.core.json.JsonFactory;

/** A service of the demo network in a JVM of its own, which says what memory it takes. */
final class ServeProcess implements AutoCloseable {
  private static final int MOST_BODY_BYTES = 32 << 20;
  private static final int MOST_WAITING = 256;

  private final Process process;
  private final BufferedReader output;
  private final int port;

  private ServeProcess(Process process) throws IOException {
    this.process = process;
    this.output =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII));
    this.port = Integer.parseInt(line());
  }

  /**
   * @param batch the largest
   * @param options of the JVM
   */
  static ServeProcess start(int batch, String... options) throws IOException {
    return start(List.of(), batch, options);
  }

  /**
   * The same with so many descriptors.
   *
   * @param descriptors files and connections that it may have open
   */
  static ServeProcess startWith(int descriptors, int batch, String... options) throws IOException {
    return start(
        List.of("sh", "-c", "ulimit -n " + descriptors + "; exec \"$@\"", "sh"), batch, options);
  }

  private static ServeProcess start(List<String> shell, int batch, String... options)
      throws IOException {
    List<String> command = new ArrayList<>(shell);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(options));
    command.addAll(
        List.of(
            "--add-modules",
            "jdk.incubator.vector",
            "-cp",
            ClassPath.of(
                ServeProcess.class,
                InferenceServer.class,
                DemoModel.class,
                SimdBackendProvider.class,
                Classifier.class,
                Memory.class,
                JsonFactory.class),
            Service.class.getName(),
            String.valueOf(batch),
            String.valueOf(InferenceServerTest.TIME_LIMIT.toSeconds())));
    return new ServeProcess(
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start());
  }

  int port() {
    return port;
  }

  /** Bytes in physical memory, without those of compiled code. */
  long resident() throws IOException {
    return ask("resident");
  }

  /** Bytes of the heap in use, after a collection. */
  long heap() throws IOException {
    return ask("heap");
  }

  private long ask(String question) throws IOException {
    process.getOutputStream().write((question + "\n").getBytes(StandardCharsets.US_ASCII));
    process.getOutputStream().flush();
    return Long.parseLong(line());
  }

  private String line() throws IOException {
    return Objects.requireNonNull(output.readLine(), "the service has ended");
  }

  @Override
  public void close() throws IOException {
    process.getOutputStream().close();
    boolean ended = false;
    try {
      ended = process.waitFor(1, TimeUnit.MINUTES);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    process.destroyForcibly();
    if (!ended) {
      throw new AssertionError("the service did not end");
    }
  }

  /** Prints its port, then an answer for each line. */
  static final class Service {
    private Service() {}

    public static void main(String[] args) throws IOException {
      InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
      try (Backend backend = Backends.open("simd", BackendOptions.defaults());
          Classifier classifier =
              Classifier.open(DemoModel.load(), backend, Integer.parseInt(args[0]));
          InferenceServer server =
              InferenceServer.start(
                  classifier,
                  new ServerOptions(
                      any,
                      MOST_BODY_BYTES,
                      Duration.ofSeconds(Long.parseLong(args[1])),
                      MOST_WAITING,
                      Duration.ZERO))) {
        System.out.println(server.address().getPort());
        BufferedReader input =
            new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        for (String line = input.readLine(); line != null; line = input.readLine()) {
          System.out.println(line.equals("heap") ? heap() : Memory.resident() - Memory.code());
        }
      }
    }

    private static long heap() {
      System.gc();
      Runtime runtime = Runtime.getRuntime();
      return runtime.totalMemory() - runtime.freeMemory();
    }
  }
}
