package org.resnet4j.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.UnixOperatingSystemMXBean;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.lang.management.ManagementFactory;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.resnet4j.core.Classifier;
import org.resnet4j.core.Prediction;
import org.resnet4j.core.backend.Backend;
import org.resnet4j.core.backend.BackendOptions;
import org.resnet4j.core.backend.Backends;
import org.resnet4j.core.backend.Session;
import org.resnet4j.golden.DemoModel;

@Timeout(120)
class InferenceServerTest {
  private static final String MODEL = "/v2/models/" + DemoModel.NAME;
  private static final Path SAMPLES = Path.of("../../golden/samples");
  private static final int MANY_FAILURES = 20;
  private static final int MAX_BATCH = 4;
  private static final int CLASSES = 10;
  private static final int IMAGE = 3 * 64 * 64;
  private static final long MAX_BODY = 2_000_000;

  /** In whole seconds, the JDK's server ends what is slower than the first one of a JVM says. */
  static final Duration TIME_LIMIT = Duration.ofSeconds(2);

  private static final ServerOptions OPTIONS =
      new ServerOptions(
          new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
          MAX_BODY,
          TIME_LIMIT,
          64,
          Duration.ZERO);

  private static final HttpClient CLIENT = HttpClient.newHttpClient();
  private static Backend backend;
  private static Classifier classifier;
  private static InferenceServer server;

  @BeforeAll
  static void start() throws IOException {
    backend = Backends.open("simd", new BackendOptions(2));
    classifier = Classifier.open(DemoModel.load(), backend, MAX_BATCH);
    server = InferenceServer.start(classifier, OPTIONS);
  }

  @AfterAll
  static void stop() {
    server.close();
    classifier.close();
    backend.close();
    CLIENT.close();
  }

  private static HttpRequest.Builder to(InferenceServer which, String path) {
    InetSocketAddress address = which.address();
    String host = address.getAddress().getHostAddress();
    return HttpRequest.newBuilder(URI.create("http://" + host + ":" + address.getPort() + path));
  }

  private static HttpResponse<String> get(String path) throws Exception {
    return CLIENT.send(to(server, path).build(), BodyHandlers.ofString());
  }

  private static HttpResponse<String> infer(String body) throws Exception {
    return CLIENT.send(
        to(server, MODEL + "/infer").POST(BodyPublishers.ofString(body)).build(),
        BodyHandlers.ofString());
  }

  private static HttpResponse<String> classify(String query, String type, byte[] picture)
      throws Exception {
    return CLIENT.send(
        to(server, MODEL + "/classify" + query)
            .header("Content-Type", type)
            .POST(BodyPublishers.ofByteArray(picture))
            .build(),
        BodyHandlers.ofString());
  }

  private static float[] values(int batch) {
    float[] values = new float[batch * IMAGE];
    Random random = new Random(batch);
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  private static String data(float[] values) {
    return IntStream.range(0, values.length)
        .mapToObj(i -> String.valueOf(values[i]))
        .collect(Collectors.joining(","));
  }

  private static String input(String shape, String data) {
    return "{\"name\":\"input\",\"datatype\":\"FP32\",\"shape\":%s,\"data\":[%s]}"
        .formatted(shape, data);
  }

  private static String request(int batch) {
    return "{\"id\":\"42\",\"inputs\":[%s],\"outputs\":[{\"name\":\"logits\"}]}"
        .formatted(input("[" + batch + ",3,64,64]", data(values(batch))));
  }

  private static float[] logits(String answer) {
    Matcher data = Pattern.compile("\"data\":\\[([^]]*)]").matcher(answer);
    assertThat(data.find()).as(answer).isTrue();
    List<Float> parsed = new ArrayList<>();
    for (String number : data.group(1).split(",")) {
      parsed.add(Float.parseFloat(number));
    }
    float[] logits = new float[parsed.size()];
    for (int i = 0; i < logits.length; i++) {
      logits[i] = parsed.get(i);
    }
    return logits;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/v2/health/live | {\"live\":true}",
        "/v2/health/ready | {\"ready\":true}",
        "/v2 | {\"name\":\"resnet4j\",\"version\":\"0.1.0-SNAPSHOT\",\"extensions\":[\"binary_tensor_data\"]}",
        MODEL + "/ready | {\"name\":\"resnet18-w16\",\"ready\":true}",
        MODEL + "/versions/1/ready | {\"name\":\"resnet18-w16\",\"ready\":true}",
        MODEL
            + " | {\"name\":\"resnet18-w16\",\"versions\":[\"1\"],\"platform\":\"resnet4j\","
            + "\"inputs\":[{\"name\":\"input\",\"datatype\":\"FP32\",\"shape\":[-1,3,64,64]}],"
            + "\"outputs\":[{\"name\":\"logits\",\"datatype\":\"FP32\",\"shape\":[-1,10]}]}",
      })
  void describesItself(String path, String expected) throws Exception {
    HttpResponse<String> answer = get(path);
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("Content-Type")).contains("application/json");
    assertThat(answer.body()).isEqualTo(expected);
  }

  /** JSON holds float32 exactly, in the shortest digits that tell it from its neighbours. */
  @ParameterizedTest
  @ValueSource(ints = {1, 3, MAX_BATCH})
  void tensorsHaveTheBitsOfARun(int batch) throws Exception {
    float[] expected = new float[batch * CLASSES];
    try (Session session = classifier.plan().newSession(batch)) {
      session.run(batch, values(batch), expected);
    }
    HttpResponse<String> answer = infer(request(batch));
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    assertThat(answer.body())
        .startsWith(
            ("{\"model_name\":\"resnet18-w16\",\"model_version\":\"1\",\"id\":\"42\",\"outputs\":"
                    + "[{\"name\":\"logits\",\"datatype\":\"FP32\",\"shape\":[%s,10],\"data\":[")
                .formatted(batch));
    assertThat(logits(answer.body())).isEqualTo(expected);
  }

  private static byte[] littleEndian(float[] values) {
    ByteBuffer bytes =
        ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return bytes.array();
  }

  private static HttpResponse<byte[]> inferBinary(String header, byte[] values) throws Exception {
    byte[] json = header.getBytes(StandardCharsets.UTF_8);
    return CLIENT.send(
        to(server, MODEL + "/infer")
            .header("Inference-Header-Content-Length", String.valueOf(json.length))
            .header("Content-Type", "application/octet-stream")
            .POST(BodyPublishers.ofByteArrays(List.of(json, values)))
            .build(),
        BodyHandlers.ofByteArray());
  }

  private static String binaryInput(int batch, long bytes) {
    return "{\"name\":\"input\",\"shape\":[%s,3,64,64],\"datatype\":\"FP32\",\"parameters\":{\"binary_data_size\":%s}}"
        .formatted(batch, bytes);
  }

  /** Triton's extension: {@code binary_data} of an output counts more. */
  @ParameterizedTest
  @CsvSource({"true, true", "false, true", "true, false", "false, false"})
  void anOutputSaysHowItIsToCome(boolean all, boolean one) throws Exception {
    String header =
        "{\"inputs\":[%s],\"outputs\":[{\"name\":\"logits\",\"parameters\":{\"binary_data\":%s}}],\"parameters\":{\"binary_data_output\":%s}}"
            .formatted(binaryInput(1, IMAGE * 4L), one, all);
    HttpResponse<byte[]> answer = inferBinary(header, littleEndian(values(1)));
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("Content-Type"))
        .contains(one ? "application/octet-stream" : "application/json");
  }

  /** As Triton's clients send them, by default. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"parameters\":{\"binary_data_output\":true}",
        "\"outputs\":[{\"name\":\"logits\",\"parameters\":{\"binary_data\":true}}]"
      })
  void valuesMayFollowTheJson(String asked) throws Exception {
    float[] expected = logits(infer(request(3)).body());
    String header = "{\"inputs\":[%s],%s}".formatted(binaryInput(3, 3L * IMAGE * 4), asked);
    HttpResponse<byte[]> answer = inferBinary(header, littleEndian(values(3)));
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("Content-Type")).contains("application/octet-stream");
    int length =
        Integer.parseInt(
            answer.headers().firstValue("Inference-Header-Content-Length").orElseThrow());
    assertThat(new String(answer.body(), 0, length, StandardCharsets.UTF_8))
        .endsWith("\"shape\":[3,10],\"parameters\":{\"binary_data_size\":120}}]}");
    assertThat(Arrays.copyOfRange(answer.body(), length, answer.body().length))
        .isEqualTo(littleEndian(expected));
  }

  @Test
  void valuesThatFollowMayBeAnsweredAsJson() throws Exception {
    String header = "{\"inputs\":[" + binaryInput(2, 2L * IMAGE * 4) + "]}";
    HttpResponse<byte[]> answer = inferBinary(header, littleEndian(values(2)));
    assertThat(logits(new String(answer.body(), StandardCharsets.UTF_8)))
        .isEqualTo(logits(infer(request(2)).body()));
  }

  @Test
  void refusesValuesThatDoNotFit() throws Exception {
    String sound = "{\"inputs\":[" + binaryInput(1, 4L * IMAGE) + "]}";
    byte[] values = littleEndian(values(1));
    byte[] nan = littleEndian(values(1));
    Arrays.fill(nan, 400, 404, (byte) -1);
    assertBinaryRefused(sound, Arrays.copyOf(values, 100), "the body ends before the 49152 bytes");
    assertBinaryRefused(
        sound, Arrays.copyOf(values, values.length + 1), "the body goes on after its values");
    assertBinaryRefused(sound, nan, "a value that is no finite FP32");
    assertBinaryRefused(
        "{\"inputs\":[" + binaryInput(1, 8) + "]}",
        values,
        "binary_data_size is 8, the shape's is 49152");
    assertBinaryRefused("{\"inputs\":[" + binaryInput(9, 8) + "]}", values, "a batch has 1 to 4");
    assertThat(infer(sound).body()).contains("needs the header Inference-Header-Content-Length");
    assertBinaryRefused("{\"inputs\":[" + input("[1,3,64,64]", "1") + "]}", values, "goes on");
    HttpResponse<String> odd =
        CLIENT.send(
            to(server, MODEL + "/infer")
                .header("Inference-Header-Content-Length", "x")
                .POST(BodyPublishers.ofString(sound))
                .build(),
            BodyHandlers.ofString());
    assertThat(odd.statusCode()).isEqualTo(400);
    assertThat(odd.body()).contains("Inference-Header-Content-Length is 'x'");
    HttpResponse<String> twice =
        CLIENT.send(
            to(server, MODEL + "/infer")
                .header("Inference-Header-Content-Length", "7")
                .header("Inference-Header-Content-Length", "8")
                .POST(BodyPublishers.ofString(sound))
                .build(),
            BodyHandlers.ofString());
    assertThat(twice.body()).contains("Inference-Header-Content-Length is '7, 8'");
  }

  private static void assertBinaryRefused(String header, byte[] values, String message)
      throws Exception {
    HttpResponse<byte[]> answer = inferBinary(header, values);
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(new String(answer.body(), StandardCharsets.UTF_8)).contains(message);
  }

  @Test
  void dataMayBeNestedAndComeBeforeItsShape() throws Exception {
    float[] values = values(2);
    String half = data(Arrays.copyOf(values, IMAGE));
    String other = data(Arrays.copyOfRange(values, IMAGE, 2 * IMAGE));
    String body =
        "{\"parameters\":{\"x\":[1,{}]},\"inputs\":[{\"data\":[[%s],[[%s]]],\"shape\":[2,3,64,64],"
                .formatted(half, other)
            + "\"datatype\":\"FP32\",\"parameters\":{},\"name\":\"input\"}]}";
    HttpResponse<String> answer = infer(body);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    assertThat(answer.body()).doesNotContain("\"id\"");
    assertThat(logits(answer.body())).isEqualTo(logits(infer(request(2)).body()));
  }

  @Test
  void picturesHaveTheAnswersOfTheLibrary() throws Exception {
    List<Path> files;
    try (var all = Files.list(SAMPLES)) {
      files = all.filter(each -> each.toString().endsWith(".png")).sorted().toList();
    }
    List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
    for (Path file : files) {
      answers.add(
          CLIENT.sendAsync(
              to(server, MODEL + "/classify?top=2")
                  .header("Content-Type", "image/png")
                  .POST(BodyPublishers.ofFile(file))
                  .build(),
              BodyHandlers.ofString()));
    }
    for (int i = 0; i < files.size(); i++) {
      String expected =
          classifier.classify(files.get(i), 2).predictions().stream()
              .map(InferenceServerTest::json)
              .collect(
                  Collectors.joining(",", "{\"model\":\"resnet18-w16\",\"predictions\":[", "]"));
      HttpResponse<String> answer = answers.get(i).get();
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.body()).startsWith(expected).contains("\"millis\":{\"decode\":");
    }
  }

  private static String json(Prediction prediction) {
    return "{\"index\":%s,\"label\":\"%s\",\"probability\":%s}"
        .formatted(prediction.index(), prediction.label(), prediction.probability());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "x | the body is no JSON that is understood: ",
        "[] | the body is not an object",
        "{} | there is no 'inputs'; give one input, 'input' of FP32 [1 to 4, 3, 64, 64]",
        "{\"inputs\":[]} | 'inputs' is empty",
        "{\"inputs\":{}} | 'inputs' is not an array",
        "{\"inputs\":[7]} | an input is not an object",
        "{\"inputs\":[{}]} | an input lacks its 'name'",
        "{\"inputs\":[{\"name\":\"x\"}]} | an input is called 'x', expected 'input'",
        "{\"inputs\":[{\"datatype\":\"INT8\"}]} | has datatype 'INT8', expected 'FP32'",
        "{\"inputs\":[{\"shape\":[1,2,3,4,5]}]} | 'shape' has more than 4 extents",
        "{\"inputs\":[{\"shape\":[1.5]}]} | an extent is not an integer",
        "{\"inputs\":[{\"shape\":[99999999999999999999]}]} | no JSON that is understood",
        "{\"inputs\":[{\"data\":[1,\"2\"]}]} | 'data' has something else than numbers",
        "{\"inputs\":[{\"data\":[1e39]}]} | a value that is no finite FP32",
        "{\"inputs\":[{\"data\":[NaN]}]} | no JSON that is understood",
        "{\"inputs\":[{\"data\":[[[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]]]}]} | no JSON",
        "{\"id\":7} | 'id' is not a string",
        "{\"id\":\"a\",\"id\":\"b\"} | 'id' is there twice",
        "{\"outputs\":[{\"name\":\"x\"}]} | an output is called 'x', expected 'logits'",
        "{\"inputs\":[@1,3,64,64@1@]} | input 'input' has 1 values, its shape 12288 of them",
        "{\"inputs\":[@3,64,64@1@]} | has shape [3, 64, 64], expected [1 to 4, 3, 64, 64]",
        "{\"inputs\":[@1,3,224,224@1@]} | has shape [1, 3, 224, 224], expected",
        "{\"inputs\":[@5,3,64,64@1@]} | a batch has 1 to 4 images, got 5",
        "{\"inputs\":[@0,3,64,64@@]} | a batch has 1 to 4 images, got 0",
        "{\"inputs\":[@-1,3,64,64@1@]} | a batch has 1 to 4 images, got -1",
        "{\"inputs\":[@1,3,64,64@1@,@1,3,64,64@1@]} | there are several inputs",
        "{\"inputs\":[@1,3,64,64@1@]} {} | the body goes on after its object",
        "{\"inputs\":[{\"name\":\"input\",\"datatype\":\"FP32\",\"shape\":[1,3,64,64],\"data\":[1],\"parameters\":{\"binary_data_size\":4}}]} | has both 'data' and 'binary_data_size'",
        "{\"inputs\":[{\"parameters\":{\"binary_data_size\":-4}}]} | 'binary_data_size' is -4",
        "{\"inputs\":[{\"parameters\":{\"binary_data_size\":4,\"binary_data_size\":8}}]} | 'binary_data_size' is there twice",
        "{\"parameters\":{\"binary_data_output\":\"true\"}} | 'binary_data_output' is neither true nor false",
        "{\"outputs\":[{\"parameters\":{\"binary_data\":1}}]} | 'binary_data' is neither true nor false",
      })
  void refusesWhatItDoesNotUnderstand(String body, String message) throws Exception {
    String full =
        body.replaceAll(
            "@([^@]*)@([^@]*)@",
            "{\"name\":\"input\",\"datatype\":\"FP32\",\"shape\":[$1],\"data\":[$2]}");
    HttpResponse<String> answer = infer(full);
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.body()).startsWith("{\"error\":\"").contains(message);
    assertThat(answer.body().lines()).hasSize(1);
  }

  @Test
  void anIdIsShort() throws Exception {
    HttpResponse<String> answer = infer("{\"id\":\"" + "x".repeat(1001) + "\"}");
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.body()).contains("exceeds the maximum allowed").hasSizeLessThan(500);
  }

  /** Whatever a caller calls what nobody asked for, however often. */
  @ParameterizedTest
  @ValueSource(
      strings = {"{@}", "{\"inputs\":[{@}]}", "{\"outputs\":[{@}]}", "{\"parameters\":{@}}"})
  void namesAreNotKept(String body) throws IOException {
    int names = 500_000;
    String[] around = body.split("@");
    AtomicLong held = new AtomicLong();
    long before = held();
    InputStream text =
        new SequenceInputStream(
            new ByteArrayInputStream(around[0].getBytes(StandardCharsets.UTF_8)),
            new InputStream() {
              private int next;
              private byte[] piece = {};
              private int at;

              @Override
              public int read() {
                if (at == piece.length) {
                  if (next == names) {
                    held.set(held() - before);
                    return -1;
                  }
                  String name =
                      (next == 0 ? "" : ",") + "\"a name of some length " + next++ + "\":0";
                  piece = name.getBytes(StandardCharsets.UTF_8);
                  at = 0;
                }
                return piece[at++];
              }
            });
    InputStream all =
        new SequenceInputStream(
            text, new ByteArrayInputStream(around[1].getBytes(StandardCharsets.UTF_8)));
    assertThatThrownBy(() ->
            InferRequest.read(
                all, InferRequest.NO_HEADER, classifier.plan().inputShape(), MAX_BATCH))
        .isInstanceOf(RequestException.class)
        .message()
        .containsAnyOf("there is no 'inputs'", "an input lacks its 'name'");
    assertThat(held.get()).isLessThan(8_000_000);
  }

  private static long held() {
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }

  @Test
  void refusesMoreValuesThanABatchHas() throws Exception {
    HttpResponse<String> answer =
        infer("{\"inputs\":[" + input("[4,3,64,64]", "0,".repeat(MAX_BATCH * IMAGE) + "0") + "]}");
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.body()).contains("'data' has more than 49152 values");
  }

  @Test
  void whatFollowsARequestIsRefused() throws Exception {
    HttpResponse<String> answer = infer(request(1) + "{}");
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.body()).contains("the body goes on after its object");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/ | 404",
        "/v2/models/other | 404",
        "/v2/models/resnet18-w16/versions/2 | 404",
        "/v2/models/resnet18-w160/ready | 404",
        "/v2/models/resnet18-w16/infer | 405",
        "/v2/models/resnet18-w16/classify | 405",
      })
  void saysWhatIsNotThere(String path, int status) throws Exception {
    HttpResponse<String> answer = get(path);
    assertThat(answer.statusCode()).isEqualTo(status);
    if (status == 405) {
      assertThat(answer.headers().firstValue("Allow")).contains("POST");
    } else {
      assertThat(answer.body()).contains("the model is /v2/models/resnet18-w16");
    }
  }

  @Test
  void whatCanBeGotHasAHead() throws Exception {
    try (Socket socket = connect()) { // in which nothing follows a head but the next
      for (String path : List.of("/v2", "/v2/health/live", "/metrics", MODEL)) {
        String asked = "HEAD " + path + " HTTP/1.1\r\nHost: x\r\n\r\n";
        socket.getOutputStream().write(asked.getBytes(StandardCharsets.UTF_8));
        assertThat(firstLines(socket.getInputStream()))
            .startsWith("HTTP/1.1 200 ")
            .containsIgnoringCase("Content-Length: ");
      }
    }
    String other =
        exchange(
            "PUT /v2 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
                .getBytes(StandardCharsets.UTF_8));
    assertThat(other).startsWith("HTTP/1.1 405 ").containsIgnoringCase("Allow: GET, HEAD");
  }

  @Test
  void refusesPicturesThatAreNone() throws Exception {
    byte[] sample = Files.readAllBytes(SAMPLES.resolve("00.png"));
    assertThat(classify("", "text/html", sample).statusCode()).isEqualTo(415);
    assertThat(classify("?top=0", "image/png", sample).body())
        .contains("top must lie between 1 and 100, got '0'");
    assertThat(classify("?top=2&top=3", "image/png", sample).body())
        .contains("'top' is there twice");
    assertThat(classify("?", "image/png", sample).statusCode()).isEqualTo(200);
    assertThat(classify("", "application/octet-stream; a=b", sample).statusCode()).isEqualTo(200);
    assertThat(classify("", "imagine", sample).statusCode()).isEqualTo(415);
    for (String coding : List.of("identity", "gzip")) {
      var sent = to(server, MODEL + "/classify").header("Content-Encoding", coding);
      var answer =
          CLIENT.send(
              sent.POST(BodyPublishers.ofByteArray(sample)).build(), BodyHandlers.ofString());
      assertThat(answer.statusCode()).isEqualTo(coding.equals("gzip") ? 415 : 200);
    }
    assertThat(classify("?tops=1", "image/png", sample).body())
        .contains("there is no option 'tops'");
    HttpResponse<String> text = classify("", "image/png", "no picture".getBytes());
    assertThat(text.statusCode()).isEqualTo(400);
    assertThat(text.body()).startsWith("{\"error\":\"the picture: ");
    HttpResponse<String> empty = classify("", "image/png", new byte[0]);
    assertThat(empty.statusCode()).isEqualTo(400);
    assertThat(empty.body()).contains("empty");
    assertThat(classify("", "application/octet-stream", sample).statusCode()).isEqualTo(200);
  }

  /** Announced, and in chunks. */
  @Test
  void refusesWhatIsTooLong() throws Exception {
    String announced =
        exchange(
            ("POST " + MODEL + "/infer HTTP/1.1\r\nHost: x\r\nContent-Length: 100000000\r\n\r\n")
                .getBytes(StandardCharsets.UTF_8));
    assertThat(announced).startsWith("HTTP/1.1 413 ").contains("more than 2000000 bytes");
    String large = " ".repeat((int) MAX_BODY + 1);
    for (String route : List.of("/infer", "/classify")) {
      String chunked =
          "POST %s%s HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n"
              .formatted(MODEL, route, large.length(), large);
      assertThat(exchange(chunked.getBytes(StandardCharsets.UTF_8)))
          .startsWith("HTTP/1.1 413 ")
          .contains("more than 2000000 bytes");
    }
  }

  private static Socket connect() throws IOException {
    return new Socket(server.address().getAddress(), server.address().getPort());
  }

  /** What the server sends until it has answered once or closes. */
  private static String exchange(byte[] sent) throws IOException {
    return exchange(sent, false);
  }

  private static String exchange(byte[] sent, boolean last) throws IOException {
    try (Socket socket = connect()) {
      socket.getOutputStream().write(sent);
      if (last) {
        socket.shutdownOutput();
      }
      byte[] answer = new byte[4096];
      int length = 0;
      int read;
      while (length < answer.length
          && (read = socket.getInputStream().read(answer, length, answer.length - length)) > 0) {
        length += read;
      }
      return new String(answer, 0, length, StandardCharsets.UTF_8);
    }
  }

  /** Who still listens is told. */
  @ParameterizedTest
  @CsvSource({
    "Transfer-Encoding: chunked, zz|{}|0||",
    "Transfer-Encoding: chunked, 2|{}",
    "Transfer-Encoding: chunked, 80000000|{}|0||",
    "Transfer-Encoding: chunked, ffffffffffff|{}|0||",
    "Content-Length: 100, {}",
  })
  void answersABodyThatBreaksOff(String header, String body) throws Exception {
    for (String route : List.of("/infer", "/classify")) {
      String sent =
          "POST %s%s HTTP/1.1|Host: x|%s||%s"
              .formatted(MODEL, route, header, body)
              .replace("|", "\r\n");
      assertThat(exchange(sent.getBytes(StandardCharsets.UTF_8), true))
          .startsWith("HTTP/1.1 400 ")
          .contains("the body breaks off, is not in the chunks that it says, or has a trailer");
    }
  }

  /** A picture that is sent as text, of so many bytes, and then a request that is fine. */
  @ParameterizedTest
  @CsvSource({"300000, false", "1000000, false", "3000000, true"})
  void afterAnErrorAConnectionServesOrSaysThatItEnds(int bytes, boolean ends) throws Exception {
    String head =
        "POST %s/classify HTTP/1.1\r\nHost: x\r\nContent-Type: %s\r\nContent-Length: %s\r\n\r\n";
    byte[] picture = Files.readAllBytes(SAMPLES.resolve("00.png"));
    try (Socket socket = connect()) {
      OutputStream out = socket.getOutputStream();
      out.write(head.formatted(MODEL, "text/plain", bytes).getBytes(StandardCharsets.UTF_8));
      out.write(new byte[ends ? 0 : bytes]); // who is told that it ends sends no more
      String refused = answer(socket.getInputStream());
      assertThat(refused).startsWith("HTTP/1.1 415 ");
      if (ends) {
        assertThat(refused).containsIgnoringCase("Connection: close");
        return;
      }
      assertThat(refused).doesNotContainIgnoringCase("Connection: close");
      Thread.sleep(50); // a connection that ends would have by then
      out.write(
          head.formatted(MODEL, "image/png", picture.length).getBytes(StandardCharsets.UTF_8));
      out.write(picture);
      assertThat(answer(socket.getInputStream())).startsWith("HTTP/1.1 200 ");
    }
  }

  /** Bodies that nobody expects. */
  @ParameterizedTest
  @CsvSource({"HEAD, true", "GET, false"})
  void aBodyOfNobodysIsPassedOrEndsTheConnection(String method, boolean ends) throws Exception {
    String sent =
        "%s /v2/health/live HTTP/1.1\r\nHost: x\r\nContent-Length: 200000\r\n\r\n"
            .formatted(method);
    try (Socket socket = connect()) {
      OutputStream out = socket.getOutputStream();
      for (int i = 0; i < (ends ? 1 : 2); i++) {
        out.write(sent.getBytes(StandardCharsets.UTF_8));
        out.write(new byte[ends ? 0 : 200_000]);
        String answer =
            ends ? firstLines(socket.getInputStream()) : answer(socket.getInputStream());
        assertThat(answer.toLowerCase(Locale.ROOT).contains("connection: close")).isEqualTo(ends);
      }
    }
  }

  private static String firstLines(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int next = in.read();
      assertThat(next).as("after %s", head).isNotNegative();
      head.append((char) next);
    }
    return head.toString();
  }

  /** One answer of a known length. */
  private static String answer(InputStream in) throws IOException {
    String head = firstLines(in);
    Matcher length = Pattern.compile("(?i)content-length: (\\d+)").matcher(head);
    assertThat(length.find()).isTrue();
    return head
        + new String(in.readNBytes(Integer.parseInt(length.group(1))), StandardCharsets.UTF_8);
  }

  /** What follows is no second request. */
  @Test
  void aTrailerIsAnsweredOnceAndEndsTheConnection() throws Exception {
    String sent =
        "POST %s/infer HTTP/1.1|Host: x|Transfer-Encoding: chunked||2|{}|0|X-T: 1||"
            .formatted(MODEL)
            .replace("|", "\r\n");
    assertThat(exchange(sent.getBytes(StandardCharsets.UTF_8), false))
        .containsOnlyOnce("HTTP/1.1 ")
        .startsWith("HTTP/1.1 400 ")
        .containsIgnoringCase("Connection: close");
  }

  /** In its headers, and in its body. */
  @ParameterizedTest
  @ValueSource(strings = {"Content-Le", "Content-Length: 100\r\n\r\n{\"inputs\":"})
  void aSlowRequestIsEnded(String part) throws Exception {
    long start = System.nanoTime();
    assertThat(exchange(("POST " + MODEL + "/infer HTTP/1.1\r\nHost: x\r\n" + part).getBytes()))
        .doesNotContain("200 OK");
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(30));
  }

  @Test
  void aCallerWhoGoesHarmsNobody() throws Exception {
    String body = request(MAX_BATCH);
    String head =
        "POST " + MODEL + "/infer HTTP/1.1\r\nHost: x\r\nContent-Length: " + body.length();
    for (int i = 0; i < 20; i++) {
      try (Socket socket = connect()) {
        int sent = body.length() * (i % 5) / 4;
        socket.getOutputStream().write((head + "\r\n\r\n" + body.substring(0, sent)).getBytes());
      }
    }
    assertThat(infer(request(1)).statusCode()).isEqualTo(200);
  }

  @Test
  void countsWhatHappens() throws Exception {
    infer(request(3));
    infer("x");
    get("/v2/health/live");
    HttpResponse<String> metrics = get("/metrics");
    assertThat(metrics.headers().firstValue("Content-Type"))
        .contains("text/plain; version=0.0.4; charset=utf-8");
    assertThat(metrics.body().lines())
        .allMatch(line ->
            line.matches("# (HELP|TYPE) [a-z0-9_]+ .+|[a-z0-9_]+(\\{[^}]*})? [0-9.]+(E-?[0-9]+)?"));
    assertThat(number(metrics.body(), "resnet4j_requests_total{route=\"infer\",status=\"400\"}"))
        .isPositive();
    assertThat(number(metrics.body(), "resnet4j_images_total")).isGreaterThanOrEqualTo(3);
    assertThat(number(metrics.body(), "resnet4j_request_seconds_count{route=\"infer\"}"))
        .isEqualTo(
            number(metrics.body(), "resnet4j_request_seconds_bucket{route=\"infer\",le=\"+Inf\"}"))
        .isGreaterThanOrEqualTo(2);
    assertThat(number(metrics.body(), "resnet4j_waiting")).isZero();
  }

  private static long number(String metrics, String name) {
    String line =
        metrics.lines().filter(each -> each.startsWith(name + " ")).findFirst().orElseThrow();
    return Long.parseLong(line.substring(name.length() + 1));
  }

  @Test
  void closeAnswersWhatHasCome() throws Exception {
    InferenceServer other = InferenceServer.start(classifier, OPTIONS);
    List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpRequest request =
          to(other, MODEL + "/infer")
              .timeout(Duration.ofSeconds(60))
              .POST(BodyPublishers.ofString(request(1)))
              .build();
      assertThat(client.send(request, BodyHandlers.ofString()).statusCode()).isEqualTo(200);
      for (int i = 0; i < 8; i++) {
        answers.add(client.sendAsync(request, BodyHandlers.ofString()));
      }
      other.close();
      other.close();
      for (CompletableFuture<HttpResponse<String>> answer : answers) {
        answer
            .handle((response, failure) -> { // refused, or answered in full
              assertThat(response == null || List.of(200, 503).contains(response.statusCode()))
                  .isTrue();
              return response;
            })
            .get();
      }
      assertThatThrownBy(() -> client.send(request, BodyHandlers.ofString()))
          .isInstanceOf(ConnectException.class);
    }
  }

  /** A connection that the server is just taking would be left open, and its caller wait. */
  @Test
  void closeEndsConnectionsThatAreJustTaken() throws Exception {
    for (int i = 0; i < 200; i++) {
      InferenceServer other = InferenceServer.start(classifier, OPTIONS);
      List<Socket> callers = new ArrayList<>();
      for (int caller = 0; caller < 4; caller++) {
        callers.add(new Socket(other.address().getAddress(), other.address().getPort()));
      }
      other.close();
      for (Socket caller : callers) {
        try (caller) {
          caller.setSoTimeout(10_000);
          assertThat(caller.getInputStream().read()).isEqualTo(-1);
        } catch (SocketException _) {
          // Reset: that ends it too.
        }
      }
    }
  }

  /** Whose exchanges the JDK's server would wait for. */
  @Test
  void closeWaitsForNobodyWhoHasGone() throws Exception {
    ServerOptions patient =
        new ServerOptions(OPTIONS.address(), MAX_BODY, Duration.ofMinutes(2), 64, Duration.ZERO);
    InferenceServer other = InferenceServer.start(classifier, patient);
    String body = request(MAX_BATCH);
    for (int i = 0; i < 20; i++) {
      try (Socket socket = new Socket(other.address().getAddress(), other.address().getPort())) {
        socket
            .getOutputStream()
            .write(
                ("POST %s/infer HTTP/1.1\r\nHost: x\r\nContent-Length: %s\r\n\r\n%s"
                        .formatted(MODEL, body.length(), body))
                    .getBytes(StandardCharsets.UTF_8));
      }
    }
    long start = System.nanoTime();
    other.close();
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(30));
  }

  @Test
  void anAddressThatIsTakenIsRefused() {
    InetSocketAddress taken = server.address();
    long before = descriptors();
    for (int i = 0; i < MANY_FAILURES; i++) {
      assertThatThrownBy(() -> InferenceServer.start(classifier, ServerOptions.at(taken)))
          .isInstanceOf(BindException.class);
    }
    assertThat(descriptors()).as("descriptors").isLessThan(before + MANY_FAILURES / 2);
  }

  /** Zero where the system does not say. */
  private static long descriptors() {
    return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
        ? unix.getOpenFileDescriptorCount()
        : 0;
  }

  /** Nobody listens there afterwards. */
  @Test
  void aStartThatFailsHoldsNothing() throws Exception {
    InetSocketAddress place;
    try (InferenceServer other = InferenceServer.start(classifier, OPTIONS)) {
      place = other.address();
    }
    Classifier closed = Classifier.open(DemoModel.load(), backend, 1);
    closed.close();
    for (int i = 0; i < 3; i++) {
      assertThatThrownBy(() -> InferenceServer.start(closed, ServerOptions.at(place)))
          .isInstanceOf(IllegalStateException.class);
    }
    assertThatThrownBy(() -> new Socket(place.getAddress(), place.getPort()))
        .isInstanceOf(ConnectException.class);
    InferenceServer.start(classifier, ServerOptions.at(place)).close();
  }

  /** Whoever closes it afterwards closes it. */
  @Test
  void aCloseAtTheEndOfAStackMayBeRepeated() throws Exception {
    InferenceServer other = InferenceServer.start(classifier, OPTIONS);
    Thread deep = new Thread(null, () -> closeAtTheEnd(other), "deep", 256 << 10);
    deep.start();
    deep.join();
    other.close();
    assertThatThrownBy(() -> new Socket(other.address().getAddress(), other.address().getPort()))
        .isInstanceOf(ConnectException.class);
  }

  private static void closeAtTheEnd(InferenceServer server) {
    try {
      closeAtTheEnd(server);
    } catch (StackOverflowError _) {
      server.close(); // and what that throws is thrown on, to the next frame
    }
  }

  /** What the server stands on is closed after it. */
  @Test
  void everyCloseReturnsWhenItIsClosed() throws Exception {
    InferenceServer other = InferenceServer.start(classifier, OPTIONS);
    try (Socket slow = new Socket(other.address().getAddress(), other.address().getPort())) {
      slow.getOutputStream()
          .write(
              ("POST " + MODEL + "/infer HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{")
                  .getBytes(StandardCharsets.UTF_8));
      Thread.sleep(200); // until it is taken
      Thread first = Thread.ofPlatform().start(other::close);
      Thread.sleep(100);
      other.close();
      assertThatThrownBy(() -> new Socket(other.address().getAddress(), other.address().getPort()))
          .isInstanceOf(ConnectException.class);
      assertThat(first.join(Duration.ofSeconds(5))).isTrue();
    }
  }

  @Test
  void checksItsOptions() {
    InetSocketAddress any = OPTIONS.address();
    Duration second = Duration.ofSeconds(1);
    assertThatThrownBy(() -> new ServerOptions(any, 0, second, 1, Duration.ZERO))
        .hasMessageStartingWith("maxBodyBytes must lie between 1 and ");
    for (Duration limit : List.of(Duration.ZERO, Duration.ofSeconds(Long.MAX_VALUE))) {
      assertThatThrownBy(() -> new ServerOptions(any, 1, limit, 1, Duration.ZERO))
          .hasMessageStartingWith("timeLimit must lie between 1 s and 365 days, got PT");
    }
    assertThatThrownBy(() -> new ServerOptions(any, 1, second, 0, Duration.ZERO))
        .hasMessageStartingWith("mostWaiting must be at least 1");
    assertThatThrownBy(() -> new ServerOptions(any, 1, second, 1, second.negated()))
        .hasMessageStartingWith("longestWait must not be negative");
  }
}
