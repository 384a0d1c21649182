package org.resnet4j.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command in a process of its own, whose environment leads it to a hub on the loopback. */
class PullCommandTest {
  private static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";

  @TempDir private Path home;

  private HttpServer hub;

  @BeforeEach
  void start() throws IOException {
    hub = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    hub.createContext("/", PullCommandTest::answer);
    hub.start();
  }

  @AfterEach
  void stop() {
    hub.stop(0);
  }

  /** The hub has the embedded model, as {@code demo/garments}. */
  private static void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] weights = Files.readAllBytes(Run.DEMO_WEIGHTS);
      switch (exchange.getRequestURI().getPath()) {
        case "/api/models/demo/garments/revision/main" ->
            send(
                exchange,
                ("{\"sha\": \"%s\", \"siblings\": [{\"rfilename\": \"model.safetensors\"}]}")
                    .formatted(COMMIT)
                    .getBytes(StandardCharsets.UTF_8));
        case "/demo/garments/resolve/" + COMMIT + "/model.safetensors" -> {
          exchange.getResponseHeaders().set("X-Linked-Etag", '"' + sha256(weights) + '"');
          exchange.getResponseHeaders().set("X-Linked-Size", Integer.toString(weights.length));
          send(exchange, weights);
        }
        default -> {
          exchange.getResponseHeaders().set("X-Error-Code", "RepoNotFound");
          exchange.sendResponseHeaders(401, -1);
        }
      }
    }
  }

  private static void send(HttpExchange exchange, byte[] content) throws IOException {
    boolean head = exchange.getRequestMethod().equals("HEAD");
    exchange.sendResponseHeaders(200, head ? -1 : content.length);
    if (!head) {
      exchange.getResponseBody().write(content);
    }
  }

  private static String sha256(byte[] content) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  private Run run(Map<String, String> environment, Object... args) throws Exception {
    return run(List.of(), environment, args);
  }

  /**
   * Runs the command.
   *
   * @param before what starts it, such as a shell
   */
  private Run run(List<String> before, Map<String, String> environment, Object... args)
      throws Exception {
    List<String> command = new ArrayList<>(before);
    command.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1", // ends before C2 would pay
            "-Xlog:disable",
            "-Xlog:all=warning:stderr",
            "--add-modules=jdk.incubator.vector",
            "-cp",
            System.getProperty("java.class.path"),
            "org.resnet4j.bench.Start"));
    for (Object arg : args) {
      command.add(arg.toString());
    }
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().keySet().removeIf(name -> name.startsWith("HF_"));
    builder.environment().keySet().removeIf(name -> name.toLowerCase().endsWith("_proxy"));
    builder.environment().put("HF_HOME", home.toString());
    builder.environment().put("HF_ENDPOINT", "http:/" + hub.getAddress());
    builder.environment().putAll(environment);
    Path out = Files.createTempFile(home, "out", ".txt");
    Path err = Files.createTempFile(home, "err", ".txt");
    int code = builder.redirectOutput(out.toFile()).redirectError(err.toFile()).start().waitFor();
    String errors =
        Files.readString(err)
            .lines()
            .filter(line -> !line.contains("Using incubator modules"))
            .map(line -> line + "\n")
            .reduce("", String::concat);
    return new Run(code, Files.readString(out), errors);
  }

  @Test
  void whatWasFetchedIsUsedWithoutANetwork() throws Exception {
    Run pulled = run(Map.of(), "pull", "demo/garments").succeeded();
    assertThat(pulled.out())
        .contains("fetched  model.safetensors, ")
        .contains(sha256(Files.readAllBytes(Run.DEMO_WEIGHTS)))
        .contains("model    resnet18: ")
        .contains("use it   --weights hf:demo/garments");

    Run again = run(Map.of(), "pull", "hf:demo/garments", "--json").succeeded();
    Map<?, ?> json = Json.object(again.out());
    assertThat(json.get("commit")).isEqualTo(COMMIT);
    assertThat(again.out()).contains("\"fetched\":false");

    stop();
    Run offline =
        run(
            Map.of("HF_HUB_OFFLINE", "1"),
            "classify",
            Run.SAMPLES.resolve("00.png"),
            "--weights",
            "hf:demo/garments",
            "--backend",
            "reference");
    assertThat(offline.succeeded().out()).contains("Sneaker");
  }

  @Test
  void weightsOfTheHubAreFetchedWhenTheyAreNamed() throws Exception {
    Run first = run(Map.of(), "summary", "--help").succeeded();
    assertThat(home.resolve("hub")).doesNotExist();
    assertThat(first.out()).isNotEmpty();
    run(Map.of(), "export", "--onnx", home.resolve("x.onnx"), "--weights", "hf:demo/garments")
        .succeeded();
    assertThat(home.resolve("hub/models--demo--garments/refs/main")).hasContent(COMMIT);
  }

  @Test
  void whatCannotBeFetchedIsOneLine() throws Exception {
    assertThat(run(Map.of(), "pull", "demo/none").refused().err())
        .contains("demo/none: http:/" + hub.getAddress() + " answers 401")
        .contains("there is no such model, or it is private; check the name, or set HF_TOKEN");
    assertThat(run(Map.of("HF_ENDPOINT", "hub"), "pull", "demo/none").refused().err())
        .contains("HF_ENDPOINT: is no address of a server");
    assertThat(home.resolve("hub"))
        .satisfiesAnyOf(
            folder -> assertThat(folder).doesNotExist(),
            folder -> assertThat(folder.resolve("models--demo--none")).doesNotExist());
    stop();
    assertThat(run(Map.of(), "pull", "demo/garments").refused().err())
        .contains("cannot be reached; check the network and HTTPS_PROXY");
  }

  /** A limit of the system stands for a disk that is full. */
  @Test
  void aFullDiskGetsBackWhatTheFileTookOfIt() throws Exception {
    List<String> limited = List.of("sh", "-c", "ulimit -f 2000 && exec \"$@\"", "sh");
    assertThat(run(limited, Map.of(), "pull", "demo/garments").refused().err())
        .contains("demo/garments: ")
        .contains(" cannot be written (File too large); make room");
    try (Stream<Path> blobs = Files.list(home.resolve("hub/models--demo--garments/blobs"))) {
      assertThat(blobs).isEmpty();
    }
    assertThat(home.resolve("hub/models--demo--garments/snapshots")).doesNotExist();
  }

  @Test
  void whatIsNoNameIsRefused() {
    assertThat(Run.of("pull", "a/b@v1", "--revision", "v2").refused().err())
        .contains("--revision v2: a/b@v1 names another");
    assertThat(Run.of("pull", "a/b/c").refused().err()).contains("'a/b/c' is no name of a model");
    assertThat(Run.of("pull", "a/b", "--revision", "..").refused().err())
        .contains("'..' is no revision");
    assertThat(
            Run.of("classify", Run.SAMPLES, "--weights", "timm/resnet50.a1_in1k").refused().err())
        .contains("there is no such file or folder")
        .contains("write hf:timm/resnet50.a1_in1k if it is a model of the Hugging Face hub");
  }
}
