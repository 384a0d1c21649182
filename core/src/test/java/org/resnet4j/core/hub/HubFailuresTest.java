package org.resnet4j.core.hub;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.resnet4j.core.hub.FakeHub.MODEL;
import static org.resnet4j.core.hub.LoopbackServer.head;
import static org.resnet4j.core.hub.LoopbackServer.write;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.resnet4j.core.hub.LoopbackServer.Handler;
import org.resnet4j.core.hub.LoopbackServer.Request;

/** Whatever goes wrong on the way is one line, and nothing half-fetched passes for a model. */
@Timeout(60)
class HubFailuresTest {
  private static final byte[] WEIGHTS = FakeHub.content(300_000);
  private static final Patience SHORT =
      new Patience(
          3,
          Duration.ofMillis(1),
          Duration.ofSeconds(2),
          Duration.ofMillis(500),
          Duration.ofSeconds(5),
          Duration.ofSeconds(1));

  @TempDir Path cache;

  private final FakeHub model =
      new FakeHub().with("config.json", "{}").with("model.safetensors", WEIGHTS);

  private Hub hub(URI endpoint, @Nullable String token, @Nullable SSLContext trust) {
    return new Hub(new HubSettings(endpoint, cache, token, false, HubProxies.OF_JVM), SHORT, trust);
  }

  private PulledModel pull(Handler handler) throws IOException {
    try (var server = new LoopbackServer(handler)) {
      return hub(server.uri(), null, null).pull(MODEL, HubListener.NONE);
    }
  }

  /** Fails with one line that begins with the model, and leaves no model behind. */
  private void assertRefused(Handler handler, String... words) throws IOException {
    assertThatThrownBy(() -> pull(handler))
        .isInstanceOf(HubException.class)
        .hasMessageStartingWith(MODEL + ": ")
        .hasMessageContainingAll(words)
        .message()
        .hasLineCount(1)
        .matches("[^;]*; [^;]*(; .*)?");
    assertThat(cache.resolve("models--timm--resnet18.a1_in1k/refs/main")).doesNotExist();
    assertThat(cache.resolve("models--timm--resnet18.a1_in1k/snapshots")).doesNotExist();
  }

  private List<String> blobs() throws IOException {
    try (Stream<Path> files = Files.list(cache.resolve("models--timm--resnet18.a1_in1k/blobs"))) {
      return files.map(file -> file.getFileName().toString()).toList();
    }
  }

  /** The hub, with another answer to what is stored elsewhere. */
  private Handler storage(Handler storage) {
    return (request, out) -> {
      if (request.target().startsWith("/stored/")) {
        storage.answer(request, out);
      } else {
        model.answer(request, out);
      }
    };
  }

  @ParameterizedTest
  @CsvSource({
    "401, RepoNotFound, 'answers 401, there is no such model, or it is private; check the name'",
    "401, , 'there is no such model, or it is private; check the name, or set HF_TOKEN'",
    "404, , 'answers 404, there is no such model'",
    "403, GatedRepo, 'accept them at'",
    "404, EntryNotFound, 'its list has a file that is not there: '",
    "404, RevisionNotFound, 'has no revision main'",
    "418, , 'answers 418, this is not understood'",
    "407, , 'the proxy wants to know who this is'",
    "206, , 'answers 206, this is not understood'",
    "416, , 'answers 416, this is not understood'",
  })
  void refusals(int status, @Nullable String code, String words) throws IOException {
    String header = code == null ? "X-Other: x" : "X-Error-Code: " + code;
    assertRefused((request, out) -> write(out, head(status, header, "Content-Length: 0")), words);
  }

  @ParameterizedTest
  @ValueSource(ints = {429, 500, 502, 503, 504})
  void goesOnWhenAFaultPasses(int status) throws IOException {
    Set<String> asked = ConcurrentHashMap.newKeySet();
    PulledModel pulled =
        pull((request, out) -> {
          if (asked.add(request.method() + request.target())) {
            write(out, head(status, "Retry-After: 0", "Content-Length: 0"));
          } else {
            model.answer(request, out);
          }
        });
    assertThat(pulled.folder().resolve("model.safetensors")).hasBinaryContent(WEIGHTS);
  }

  @Test
  void givesUpOnAFaultThatStays() throws IOException {
    AtomicInteger asked = new AtomicInteger();
    assertRefused(
        (request, out) -> {
          asked.incrementAndGet();
          write(out, head(500, "Content-Length: 0"));
        },
        "answers 500, the server has a fault; try again later");
    assertThat(asked).hasValue(3);
  }

  @Test
  void waitsAsLongAsIsAsked() throws IOException {
    AtomicInteger asked = new AtomicInteger();
    long start = System.nanoTime();
    pull((request, out) -> {
      if (asked.incrementAndGet() == 1) {
        write(out, head(429, "Retry-After: 1", "Content-Length: 0"));
      } else {
        model.answer(request, out);
      }
    });
    assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(1_000_000_000);
  }

  @Test
  void saysWhenToComeBackRatherThanWaitForLong() throws IOException {
    assertRefused(
        (request, out) -> write(out, head(429, "Retry-After: 300", "Content-Length: 0")),
        "it has been asked too often; try again in 300 seconds, or set HF_TOKEN");
  }

  @Test
  void goesOnWhereTheConnectionBrokeOff() throws IOException {
    AtomicInteger sent = new AtomicInteger();
    try (var server =
        new LoopbackServer(
            storage((request, out) -> {
              String range = request.headers().getOrDefault("range", "bytes=0-");
              int from = Integer.parseInt(range.replaceAll("\\D", ""));
              int count = Math.min(120_000, WEIGHTS.length - from);
              write(
                  out,
                  head(
                      from == 0 ? 200 : 206,
                      "Content-Range: bytes " + from + "-299999/300000",
                      "Content-Length: " + (WEIGHTS.length - from)));
              out.write(WEIGHTS, from, count); // and no more, whatever was said
              out.flush();
              sent.addAndGet(count);
              Thread.sleep(100); // what is on the way when a connection breaks may be lost
            }))) {
      PulledModel pulled = hub(server.uri(), null, null).pull(MODEL, HubListener.NONE);
      assertThat(pulled.folder().resolve("model.safetensors")).hasBinaryContent(WEIGHTS);
      assertThat(sent).as("nothing was sent twice").hasValue(WEIGHTS.length);
    }
  }

  @Test
  void keepsWhatCameBeforeTheConnectionBrokeOffForGood() throws IOException {
    assertRefused(
        storage((request, out) -> {
          if (request.headers().containsKey("range")) {
            return; // hangs up
          }
          write(out, head(200, "Content-Length: 300000"));
          out.write(WEIGHTS, 0, 70_000);
        }),
        "the connection to http://127.0.0.1:",
        "breaks off (",
        "what is here already stays");
    assertThat(blobs()).hasSize(2).contains(FakeHub.hash(WEIGHTS) + ".resnet4j.incomplete");
    assertThat(pull(model).folder().resolve("model.safetensors")).hasBinaryContent(WEIGHTS);
  }

  @Test
  void beginsAgainWhereTheServerCannotGoOn() throws IOException {
    Path blobs = cache.resolve("models--timm--resnet18.a1_in1k/blobs");
    Files.createDirectories(blobs);
    for (int status : new int[] {200, 206, 416}) {
      Files.deleteIfExists(blobs.resolve(FakeHub.hash(WEIGHTS)));
      Files.write(
          blobs.resolve(FakeHub.hash(WEIGHTS) + ".resnet4j.incomplete"),
          Arrays.copyOf(WEIGHTS, 1234));
      pull(
          storage((request, out) -> {
            boolean asked = request.headers().containsKey("range");
            write(
                out,
                head(
                    asked ? status : 200,
                    "Content-Range: bytes 0-299999/300000",
                    "Content-Length: 300000"));
            out.write(WEIGHTS);
          }));
      assertThat(blobs.resolve(FakeHub.hash(WEIGHTS))).hasBinaryContent(WEIGHTS);
    }
  }

  @Test
  void refusesLessThanWasPromised() throws IOException {
    assertRefused(
        storage((request, out) -> {
          write(out, head(200, "Content-Length: 1000"));
          out.write(WEIGHTS, 0, 1000);
        }),
        "model.safetensors ends after 1000 of 300000 bytes");
  }

  @Test
  void refusesMoreThanWasPromised() throws IOException {
    assertRefused(
        storage((request, out) -> {
          write(out, head(200)); // and goes on for ever
          while (true) {
            out.write(WEIGHTS);
          }
        }),
        "model.safetensors goes on after the 300000 bytes that the hub promised");
    assertThat(blobs()).containsExactly(FakeHub.hash("{}".getBytes(US_ASCII)));
  }

  @Test
  void refusesOtherContent() throws IOException {
    assertRefused(
        storage((request, out) -> {
          write(out, head(200, "Content-Length: 300000"));
          out.write(new byte[300_000]);
        }),
        "model.safetensors has the SHA-256 " + FakeHub.hash(new byte[300_000]),
        "where the hub promised " + FakeHub.hash(WEIGHTS));
    assertThat(blobs()).containsExactly(FakeHub.hash("{}".getBytes(US_ASCII)));
  }

  @Test
  void refusesAnotherConfiguration() throws IOException {
    assertRefused(
        (request, out) -> {
          if (request.target().endsWith("config.json") && request.method().equals("GET")) {
            write(out, head(200, "Content-Length: 2") + "[]");
          } else {
            model.answer(request, out);
          }
        },
        "config.json has the SHA-1 ");
  }

  @Test
  void doesNotWaitForEverForTheNextByte() throws IOException {
    assertRefused(
        storage((request, out) -> {
          String range = request.headers().getOrDefault("range", "");
          write(
              out,
              range.isEmpty() ? head(200) : head(206, "Content-Range: " + range.replace("=", " ")));
          out.write(WEIGHTS[0]);
          out.flush();
          Thread.sleep(20_000);
        }),
        "nothing more comes");
    assertRefused((request, out) -> Thread.sleep(20_000), "breaks off (request timed out)");
  }

  @Test
  void refusesToBeLedOnForEver() throws IOException {
    AtomicInteger asked = new AtomicInteger();
    assertRefused(
        (request, out) ->
            write(
                out, head(302, "Location: /again/" + asked.incrementAndGet(), "Content-Length: 0")),
        "leads on and on");
    assertThat(asked).hasValue(11);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "file:///etc/passwd",
        "http://",
        "ftp://127.0.0.1/x",
        "::",
        "%",
        "http://127.0.0.1:99999/x"
      })
  void refusesToBeLedAstray(String location) throws IOException {
    assertRefused(
        (request, out) -> write(out, head(302, "Location: " + location, "Content-Length: 0")),
        "leads to what is no address");
  }

  @Test
  void staysEncrypted() throws Exception {
    SSLContext tls = selfSigned();
    try (var plain = new LoopbackServer(model);
        var server =
            new LoopbackServer(
                "https",
                tls.getServerSocketFactory(),
                storage((request, out) ->
                    write(
                        out,
                        head(
                            302,
                            "Location: " + plain.uri() + request.target(),
                            "Content-Length: 0"))))) {
      assertThatThrownBy(() -> hub(server.uri(), null, null).pull(MODEL, HubListener.NONE))
          .isInstanceOf(HubException.class)
          .hasMessageContaining("shows no certificate that is trusted");
      assertThatThrownBy(() -> hub(server.uri(), "hf_x", tls).pull(MODEL, HubListener.NONE))
          .isInstanceOf(HubException.class)
          .hasMessageContaining(server.uri() + " leads to plain http");
      assertThat(plain.requests()).isEmpty();
      assertThat(server.requests())
          .isNotEmpty()
          .allMatch(request -> "Bearer hf_x".equals(request.headers().get("authorization")));
    }
  }

  private SSLContext selfSigned() throws Exception {
    Path file = cache.resolve("keys.p12");
    char[] password = "password".toCharArray();
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "hub",
                "-keyalg",
                "EC",
                "-dname",
                "CN=127.0.0.1",
                "-ext",
                "SAN=ip:127.0.0.1",
                "-validity",
                "2",
                "-storetype",
                "PKCS12",
                "-storepass",
                "password",
                "-keystore",
                file.toString())
            .inheritIO()
            .start();
    assertThat(keytool.waitFor()).isZero();
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(file)) {
      keys.load(in, password);
    }
    var own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    own.init(keys, password);
    var trusted = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trusted.init(keys);
    SSLContext tls = SSLContext.getInstance("TLS");
    tls.init(own.getKeyManagers(), trusted.getTrustManagers(), null);
    return tls;
  }

  @Test
  void saysThatThereIsNoNetwork() throws IOException {
    URI nobody;
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      nobody = URI.create("http://127.0.0.1:" + socket.getLocalPort());
    }
    for (URI endpoint : List.of(nobody, URI.create("http://hub.invalid"))) {
      assertThatThrownBy(() -> hub(endpoint, null, null).pull(MODEL, HubListener.NONE))
          .isInstanceOf(HubException.class)
          .hasMessageContaining(
              endpoint + " cannot be reached; check the network and HTTPS_PROXY, or copy");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<!doctype html>",
        "[]",
        "{}",
        "{\"sha\": \"../../etc\", \"siblings\": []}",
        "{\"sha\": \"0123456789abcdef0123456789abcdef01234567\"}",
        "{\"sha\": \"0123456789abcdef0123456789abcdef01234567\", \"siblings\": {}}",
      })
  void refusesWhatIsNoHub(String answer) throws IOException {
    assertRefused(
        (request, out) -> write(out, head(200) + answer), "does not answer as a model hub does");
  }

  /** At once: nobody who answers so will be a hub after a while. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "SSH-2.0-OpenSSH_9.6\r\n",
        "HTTP/1.1 abc\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
      })
  void refusesWhatIsNoHttp(String answer) throws IOException {
    AtomicInteger asked = new AtomicInteger();
    assertRefused(
        (request, out) -> {
          asked.incrementAndGet();
          write(out, answer);
        },
        "does not answer as HTTP says (",
        "; check HF_ENDPOINT and the proxy");
    assertThat(asked).hasValue(1);
  }

  @Test
  void readsNoAnswerWithoutEnd() throws IOException {
    assertRefused(
        (request, out) -> {
          write(out, head(200) + "[");
          while (true) {
            write(out, "1,".repeat(10_000));
          }
        },
        "does not answer as a model hub does");
  }

  @Test
  void refusesWhatCannotBeChecked() throws IOException {
    for (String etag : List.of("X-Other: x", "ETag: \"5d41402abc4b2a76b9719d911017c592\"")) {
      assertRefused(
          (request, out) -> {
            if (request.method().equals("HEAD")) {
              write(out, head(200, etag, "Content-Length: 2"));
            } else {
              model.answer(request, out);
            }
          },
          "says neither size nor hash of config.json");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "tf_model.h5, , 'has no weights that are read here'",
    "a.pth, b.pth, 'has 2 weights files and no model.safetensors'",
    "../../up.safetensors, , 'has no weights that are read here'",
    "/etc/up.safetensors, , 'has no weights that are read here'",
  })
  void refusesAFolderWithoutWeights(String first, @Nullable String second, String words)
      throws IOException {
    model.files.remove("model.safetensors");
    model.with(first, WEIGHTS);
    if (second != null) {
      model.with(second, WEIGHTS);
    }
    assertRefused(model, words);
  }

  @Test
  void refusesAnIndexOfWhatIsNotThere() throws IOException {
    model.files.remove("model.safetensors");
    model.with("model.safetensors.index.json", "{\"weight_map\": {\"a\": \"b.safetensors\"}}");
    assertRefused(model, "its index names 'b.safetensors', which it has not");

    model.with("model.safetensors.index.json", "{\"weight_map\": {\"a\": \"../b.safetensors\"}}");
    assertRefused(model, "its model.safetensors.index.json is no index of files beside it");
  }

  @Test
  void doesNotGoOnForEverWhereEveryAnswerIsCut() throws IOException {
    byte[] large = FakeHub.content(4_000_000);
    model.with("model.safetensors", large);
    AtomicInteger asked = new AtomicInteger();
    assertRefused(
        storage((request, out) -> {
          asked.incrementAndGet();
          write(out, head(200, "Content-Length: 4000000")); // whatever was asked for
          out.write(large, 0, 3_000_000);
        }),
        "breaks off");
    assertThat(asked.get()).isLessThanOrEqualTo(4);
  }

  @Test
  void refusesWhatAProxyHasPacked() throws IOException {
    assertRefused(
        storage(
            (request, out) -> write(out, head(200, "Content-Encoding: gzip", "Content-Length: 0"))),
        "model.safetensors comes as gzip, which was not asked for");
  }

  @Test
  void namesThatLeadElsewhereAreNotTaken() throws IOException {
    Path victim = Files.writeString(cache.resolve("victim"), "precious");
    model.files.remove("model.safetensors");
    model.with("model.onnx", WEIGHTS);
    for (String name :
        List.of(
            "model.onnx_data/../../../../victim",
            "model.onnx_data/..",
            "model.onnx_data/../../../../../victim",
            "model.onnx_data/x",
            "model.onnx_data\\\\..\\\\x",
            "model.onnx_data:x",
            "model.onnx_data\\u0000",
            "model.onnx_data\\ud800",
            "model.onnx_data" + "x".repeat(300))) {
      model.with(name, FakeHub.content(2000));
    }
    PulledModel pulled = pull(model);
    assertThat(pulled.files())
        .extracting(PulledModel.PulledFile::name)
        .containsExactly("config.json", "model.onnx");
    assertThat(victim).hasContent("precious");
    assertThat(pulled.folder().resolve("model.onnx_data")).doesNotExist();
  }

  @Test
  void aPinnedCommitIsHeldTo() throws IOException {
    HubModel pinned = new HubModel(MODEL.name(), "c".repeat(40));
    try (var server =
        new LoopbackServer((request, out) ->
            write(
                out, head(200, "Content-Length: " + model.listing().length()) + model.listing()))) {
      assertThatThrownBy(() -> hub(server.uri(), null, null).pull(pinned, HubListener.NONE))
          .isInstanceOf(HubException.class)
          .hasMessageContaining(" has " + FakeHub.COMMIT + " in its place");
    }
  }

  @Test
  void whatWasDamagedSinceItCameIsFetchedAgain() throws IOException {
    PulledModel pulled = pull(model);
    Path blob = pulled.folder().resolve("model.safetensors").toRealPath();
    byte[] damaged = WEIGHTS.clone();
    damaged[1234] ^= 1;
    Files.write(blob, damaged);
    PulledModel again = pull(model);
    assertThat(again.files().getLast().fetched()).isTrue();
    assertThat(blob).hasBinaryContent(WEIGHTS);
  }

  @Test
  void aLinkInTheCacheIsNotWrittenThrough() throws IOException {
    Path victim = Files.writeString(cache.resolve("victim"), "precious");
    Path blobs = Files.createDirectories(cache.resolve("models--timm--resnet18.a1_in1k/blobs"));
    Files.createSymbolicLink(blobs.resolve(FakeHub.hash(WEIGHTS) + ".resnet4j.incomplete"), victim);
    pull(model);
    assertThat(victim).hasContent("precious");
  }

  @Test
  void aSnapshotMayLieElsewhereBehindALink() throws IOException {
    Path snapshot = pull(model).folder();
    Path elsewhere = Files.createDirectories(cache.resolve("a/b/c/d")).resolve("e");
    Files.move(snapshot, elsewhere);
    Files.createSymbolicLink(snapshot, elsewhere);
    assertThat(pull(model).folder().resolve("model.safetensors")).hasBinaryContent(WEIGHTS);
  }

  @Test
  @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void aPipeInPlaceOfTheLockIsNotWaitedFor() throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/mkfifo")));
    Path folder = Files.createDirectories(cache.resolve(".locks/models--timm--resnet18.a1_in1k"));
    String pipe = folder.resolve("resnet4j.lock").toString();
    assertThat(new ProcessBuilder("/usr/bin/mkfifo", pipe).start().waitFor()).isZero();
    assertThat(pull(model).folder()).isDirectory();
  }

  @Test
  void waitsForAnotherProcessAndNotForEver() throws IOException {
    Path folder = Files.createDirectories(cache.resolve(".locks/models--timm--resnet18.a1_in1k"));
    try (FileChannel other =
        FileChannel.open(
            folder.resolve("resnet4j.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      other.lock();
      assertRefused(model, "another process has been fetching it");
    }
    assertThat(pull(model).folder()).isDirectory();
  }

  @Test
  void asksForRoomBeforeItFillsADisk() throws IOException {
    assertRefused(
        (request, out) -> {
          if (request.method().equals("HEAD")) {
            write(
                out,
                head(
                    302,
                    "X-Linked-Etag: " + FakeHub.hash(WEIGHTS),
                    "X-Linked-Size: 999999999999999",
                    "Content-Length: 0"));
          } else {
            model.answer(request, out);
          }
        },
        "more bytes, and ",
        "name another folder with HF_HOME");
  }

  @Test
  void saysThatTheCacheCannotBeUsed() throws IOException {
    Files.createDirectories(cache.resolve("models--timm--resnet18.a1_in1k"));
    Files.writeString(cache.resolve("models--timm--resnet18.a1_in1k/blobs"), "a file");
    assertRefused(model, "the cache cannot be used: ", "HF_HOME");
  }

  @Test
  void fetchesOnceForTwoWhoAskAtTheSameTime() throws Exception {
    try (var server = new LoopbackServer(model);
        var threads = Executors.newFixedThreadPool(4)) {
      List<Future<Path>> folders =
          Stream.generate(() ->
                  threads.submit(() -> hub(server.uri(), null, null).get(MODEL, HubListener.NONE)))
              .limit(4)
              .toList();
      for (Future<Path> folder : folders) {
        assertThat(folder.get().resolve("model.safetensors")).hasBinaryContent(WEIGHTS);
      }
      assertThat(server.downloads()).hasSize(2);
    }
  }

  @Test
  void endsWhenItIsInterrupted() throws Exception {
    try (var server = new LoopbackServer(storage((request, out) -> stall(out)))) {
      Hub patient = new Hub(new HubSettings(server.uri(), cache, null, false, HubProxies.OF_JVM));
      var failure = new CompletableFuture<@Nullable Exception>();
      Thread thread =
          Thread.ofPlatform()
              .start(() -> {
                try {
                  patient.pull(MODEL, HubListener.NONE);
                  failure.complete(null);
                } catch (IOException e) {
                  failure.complete(e);
                }
              });
      while (server.requests().stream().noneMatch(HubFailuresTest::isStored)) {
        Thread.sleep(5);
      }
      thread.interrupt();
      assertThat(failure.get())
          .isInstanceOf(HubException.class)
          .hasMessageContaining("the download was interrupted");
    }
  }

  /** Wherever it hits: between two pieces, or while one is written. */
  @Test
  void anInterruptKeepsWhatCame() throws IOException {
    try (var server = new LoopbackServer(model)) {
      HubListener impatient =
          (bytes, of) -> {
            if (bytes > 70_000) {
              Thread.currentThread().interrupt();
            }
          };
      assertThatThrownBy(() -> hub(server.uri(), null, null).pull(MODEL, impatient))
          .isInstanceOf(HubException.class)
          .hasMessageContaining("the download was interrupted; try again: what is here already");
      assertThat(Thread.interrupted()).isTrue();
    }
    Path blobs = cache.resolve("models--timm--resnet18.a1_in1k/blobs");
    assertThat(blobs.resolve(FakeHub.hash(WEIGHTS) + ".resnet4j.incomplete"))
        .isNotEmptyFile()
        .satisfies(part -> assertThat(Files.size(part)).isGreaterThan(70_000));
    assertThat(pull(model).folder().resolve("model.safetensors")).hasBinaryContent(WEIGHTS);
  }

  /** Of another model, here of another cache; who waits for the same one can be interrupted. */
  @Test
  void aSlowDownloadHoldsNoOtherUp(@TempDir Path otherCache) throws Exception {
    try (var server = new LoopbackServer(storage((request, out) -> stall(out)));
        var sound = new LoopbackServer(model);
        var threads = Executors.newCachedThreadPool()) {
      Hub slow = new Hub(new HubSettings(server.uri(), cache, null, false, HubProxies.OF_JVM));
      Future<?> first = threads.submit(() -> slow.pull(MODEL, HubListener.NONE));
      while (server.requests().stream().noneMatch(HubFailuresTest::isStored)) {
        Thread.sleep(5);
      }
      Hub other = new Hub(new HubSettings(sound.uri(), otherCache, null, false, HubProxies.OF_JVM));
      assertThat(other.pull(MODEL, HubListener.NONE).folder()).exists();

      var waiting = new CompletableFuture<Thread>();
      HubListener second =
          new HubListener() {
            @Override
            public void fetched(long bytes, long of) {}

            @Override
            public void waiting() {
              waiting.complete(Thread.currentThread());
            }
          };
      Path link = Files.createSymbolicLink(otherCache.resolve("link"), cache);
      Hub sameCache = new Hub(new HubSettings(server.uri(), link, null, false, HubProxies.OF_JVM));
      Future<?> same = threads.submit(() -> sameCache.pull(MODEL, second));
      waiting.get().interrupt();
      assertThatThrownBy(same::get).hasMessageContaining("the wait was interrupted");
      assertThat(first).isNotDone();
      threads.shutdownNow();
      assertThatThrownBy(first::get).hasMessageContaining("the download was interrupted");
    }
  }

  private static boolean isStored(Request request) {
    return request.target().startsWith("/stored/");
  }

  private static void stall(OutputStream out) throws IOException, InterruptedException {
    write(out, head(200, "Content-Length: 300000"));
    out.write(WEIGHTS, 0, 1000);
    out.flush();
    Thread.sleep(20_000);
  }
}
