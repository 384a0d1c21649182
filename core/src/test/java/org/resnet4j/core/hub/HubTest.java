package org.resnet4j.core.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.resnet4j.core.hub.FakeHub.COMMIT;
import static org.resnet4j.core.hub.FakeHub.MODEL;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.resnet4j.core.hub.LoopbackServer.Request;

/** What a pull leaves in the cache, and what it asks for. */
class HubTest {
  private static final byte[] WEIGHTS = FakeHub.content(300_000);

  @TempDir Path cache;

  private FakeHub model() {
    return new FakeHub()
        .with("README.md", "# A model")
        .with("config.json", "{\"architecture\": \"resnet18\"}")
        .with("model.safetensors", WEIGHTS)
        .with("pytorch_model.bin", "not wanted");
  }

  private Hub hub(LoopbackServer server, Map<String, String> more) throws HubException {
    Map<String, String> environment = new HashMap<>(more);
    environment.put("HF_ENDPOINT", server.uri().toString());
    environment.put("HF_HUB_CACHE", cache.toString());
    environment.putIfAbsent("HF_TOKEN_PATH", cache.resolve("no token").toString());
    return new Hub(HubSettings.of(environment));
  }

  private Hub hub(LoopbackServer server) throws HubException {
    return hub(server, Map.of());
  }

  private Path folder() {
    return cache.resolve("models--timm--resnet18.a1_in1k");
  }

  @Test
  void leavesWhatThePythonLibraryWouldLeave() throws IOException {
    try (var server = new LoopbackServer(model())) {
      PulledModel pulled = hub(server).pull(MODEL, HubListener.NONE);

      Path snapshot = folder().resolve("snapshots").resolve(COMMIT);
      assertThat(pulled.folder()).isEqualTo(snapshot);
      assertThat(pulled.commit()).isEqualTo(COMMIT);
      assertThat(folder().resolve("refs/main")).hasContent(COMMIT);
      assertThat(snapshot.resolve("model.safetensors")).hasBinaryContent(WEIGHTS);
      assertThat(Files.readSymbolicLink(snapshot.resolve("model.safetensors")))
          .isEqualTo(Path.of("../../blobs/" + FakeHub.hash(WEIGHTS)));
      assertThat(snapshot.resolve("config.json")).hasContent("{\"architecture\": \"resnet18\"}");
      assertThat(folder().resolve(".no_exist").resolve(COMMIT).resolve("preprocessor_config.json"))
          .isEmptyFile();
      assertThat(names(snapshot)).containsExactly("config.json", "model.safetensors");
      assertThat(names(folder().resolve("blobs"))).hasSize(2);
      assertThat(pulled.files())
          .extracting(PulledModel.PulledFile::name)
          .containsExactly("config.json", "model.safetensors");
      assertThat(pulled.files()).allMatch(PulledModel.PulledFile::fetched);
    }
  }

  /** Names with detours are names, too. */
  @ParameterizedTest
  @ValueSource(strings = {"%s/.", "%s/x/../y", "%s/./z"})
  void takesACacheByAnyOfItsNames(String name) throws IOException {
    Files.createDirectories(cache.resolve("x"));
    Path named = Path.of(name.formatted(cache));
    try (var server = new LoopbackServer(model())) {
      HubSettings settings = new HubSettings(server.uri(), named, null, false, HubProxies.OF_JVM);
      PulledModel pulled = new Hub(settings).pull(MODEL, HubListener.NONE);
      assertThat(pulled.folder().resolve("model.safetensors")).hasBinaryContent(WEIGHTS);
      assertThat(new Hub(settings).find(MODEL)).isPresent();
    }
    assertThat(
            new HubSettings(URI.create("http://x"), Path.of("."), null, false, HubProxies.OF_JVM))
        .extracting(HubSettings::cache)
        .isEqualTo(Path.of(".").toAbsolutePath());
  }

  @Test
  void asksNothingForWhatIsHere() throws IOException {
    try (var server = new LoopbackServer(model())) {
      Hub hub = hub(server);
      assertThat(hub.find(MODEL)).isEmpty();
      Path folder = hub.get(MODEL, HubListener.NONE);
      int asked = server.requests().size();

      assertThat(hub.get(MODEL, HubListener.NONE)).isEqualTo(folder);
      assertThat(hub.find(new HubModel(MODEL.name(), COMMIT))).contains(folder);
      assertThat(server.requests()).hasSize(asked);
    }
  }

  @Test
  void asksForTheNewestStateButFetchesNothingTwice() throws IOException {
    try (var server = new LoopbackServer(model())) {
      hub(server).pull(MODEL, HubListener.NONE);
      PulledModel again = hub(server).pull(MODEL, HubListener.NONE);

      assertThat(again.files()).noneMatch(PulledModel.PulledFile::fetched);
      assertThat(server.downloads()).hasSize(2);
    }
  }

  @Test
  void worksOffline() throws IOException {
    Path folder;
    Hub offline;
    try (var server = new LoopbackServer(model())) {
      folder = hub(server).pull(MODEL, HubListener.NONE).folder();
      offline = hub(server, Map.of("HF_HUB_OFFLINE", "1"));
    }
    assertThat(offline.get(MODEL, HubListener.NONE)).isEqualTo(folder);
    assertThatThrownBy(() -> offline.get(HubModel.parse("timm/other"), HubListener.NONE))
        .isInstanceOf(HubException.class)
        .hasMessageContaining("HF_HUB_OFFLINE forbids to fetch it");
  }

  @Test
  void takesWhatThePythonLibraryLeftWhenOffline() throws IOException {
    Path snapshot = leftByPython();
    Files.writeString(snapshot.resolve("model.safetensors"), "weights");
    try (var server = new LoopbackServer(model())) {
      assertThat(hub(server, Map.of("HF_HUB_OFFLINE", "true")).find(MODEL)).contains(snapshot);
      assertThat(hub(server).find(MODEL)).as("its configuration is not known").isEmpty();
      assertThat(hub(server).get(MODEL, HubListener.NONE)).isEqualTo(snapshot);
      assertThat(snapshot.resolve("model.safetensors")).hasBinaryContent(WEIGHTS);
    }
  }

  @Test
  void asksAgainWhereWhatThePythonLibraryLeftMayNotBeAll() throws IOException {
    Path snapshot = leftByPython();
    Files.writeString(snapshot.resolve("model.onnx"), "may have more beside it");
    Files.writeString(snapshot.resolve("config.json"), "{}");
    Files.writeString(snapshot.resolve("preprocessor_config.json"), "{}");
    FakeHub onnx = new FakeHub().with("model.onnx", FakeHub.content(2000));
    try (var server = new LoopbackServer(onnx)) {
      assertThat(hub(server).find(MODEL)).isEmpty();
      hub(server).pull(MODEL, HubListener.NONE);
      assertThat(hub(server).find(MODEL)).contains(snapshot);
    }
    Files.write(folder().resolve("refs/main"), new byte[] {-1});
    assertThat(new Hub(HubSettings.of(Map.of("HF_HUB_CACHE", cache.toString()))).find(MODEL))
        .as("a damaged ref is none")
        .isEmpty();
  }

  @Test
  void fetchesAllPartsThatAnIndexNames() throws IOException {
    FakeHub sharded =
        new FakeHub()
            .with("config.json", "{}")
            .with("preprocessor_config.json", "{}")
            .with(
                "model.safetensors.index.json",
                "{\"weight_map\": {\"a\": \"model-1.safetensors\", \"b\": \"model-2.safetensors\"}}")
            .with("model-1.safetensors", FakeHub.content(2000))
            .with("model-2.safetensors", FakeHub.content(3000))
            .with("model-3.safetensors", FakeHub.content(4000));
    try (var server = new LoopbackServer(sharded)) {
      Hub hub = hub(server);
      PulledModel pulled = hub.pull(MODEL, HubListener.NONE);
      assertThat(names(pulled.folder()))
          .containsExactly(
              "config.json",
              "model-1.safetensors",
              "model-2.safetensors",
              "model.safetensors.index.json",
              "preprocessor_config.json");
      assertThat(hub.find(MODEL)).isPresent();
      Files.delete(pulled.folder().resolve("model-2.safetensors"));
      assertThat(hub.find(MODEL)).as("a part is missing").isEmpty();
    }
  }

  @Test
  void fetchesWhatAnOnnxFileKeepsOutside() throws IOException {
    FakeHub onnx =
        new FakeHub()
            .with("onnx/model.onnx", FakeHub.content(2000))
            .with("onnx/model.onnx_data", FakeHub.content(3000))
            .with("onnx/model_quantized.onnx", FakeHub.content(4000));
    try (var server = new LoopbackServer(onnx)) {
      PulledModel pulled = hub(server).pull(MODEL, HubListener.NONE);
      assertThat(names(pulled.folder().resolve("onnx")))
          .containsExactly("model.onnx", "model.onnx_data");
      assertThat(pulled.folder().resolve("onnx/model.onnx"))
          .hasBinaryContent(FakeHub.content(2000));
    }
  }

  @Test
  void goesOnWhereAnEarlierProcessEnded() throws IOException {
    try (var server = new LoopbackServer(model())) {
      Path blobs = Files.createDirectories(folder().resolve("blobs"));
      byte[] part = Arrays.copyOf(WEIGHTS, 100_000);
      Files.write(blobs.resolve(FakeHub.hash(WEIGHTS) + ".resnet4j.incomplete"), part);
      List<Long> heard = new ArrayList<>();
      PulledModel pulled = hub(server).pull(MODEL, (bytes, of) -> heard.add(bytes));

      assertThat(pulled.folder().resolve("model.safetensors")).hasBinaryContent(WEIGHTS);
      assertThat(server.requests())
          .anyMatch(request -> "bytes=100000-".equals(request.headers().get("range")));
      assertThat(heard).isSorted().last().isEqualTo(300_000L + 28);
      assertThat(names(blobs)).noneMatch(name -> name.endsWith(".incomplete"));
    }
  }

  @Test
  void beginsAgainIfTheEarlierPartWasOfAnotherFile() throws IOException {
    try (var server = new LoopbackServer(model())) {
      Path blobs = Files.createDirectories(folder().resolve("blobs"));
      Files.write(blobs.resolve(FakeHub.hash(WEIGHTS) + ".resnet4j.incomplete"), new byte[100_000]);
      PulledModel pulled = hub(server).pull(MODEL, HubListener.NONE);
      assertThat(pulled.folder().resolve("model.safetensors")).hasBinaryContent(WEIGHTS);
    }
  }

  @Test
  void showsTheTokenToTheHubAndToNobodyElse() throws IOException {
    FakeHub model = model();
    try (var storage = new LoopbackServer(model);
        var server =
            new LoopbackServer((request, out) -> {
              if (request.target().startsWith("/stored/")) {
                LoopbackServer.write(
                    out,
                    LoopbackServer.head(
                        307, "Location: " + storage.uri() + request.target(), "Content-Length: 0"));
              } else {
                model.answer(request, out);
              }
            })) {
      hub(server, Map.of("HF_TOKEN", "hf_secret")).pull(MODEL, HubListener.NONE);

      assertThat(server.requests())
          .allMatch(request -> "Bearer hf_secret".equals(request.headers().get("authorization")));
      assertThat(storage.requests())
          .extracting(Request::target)
          .contains("/stored/model.safetensors");
      assertThat(storage.requests())
          .noneMatch(request -> request.headers().containsKey("authorization"));
    }
  }

  @Test
  void readsTheTokenThatTheHubsOwnLoginLeaves() throws IOException {
    Path token = Files.writeString(cache.resolve("token"), "hf_file\n");
    try (var server = new LoopbackServer(model())) {
      hub(server, Map.of("HF_TOKEN_PATH", token.toString())).pull(MODEL, HubListener.NONE);
      assertThat(server.requests())
          .allMatch(request -> "Bearer hf_file".equals(request.headers().get("authorization")));
    }
  }

  @Test
  void goesThroughAProxy() throws IOException {
    FakeHub model = model();
    try (var proxy =
        new LoopbackServer((request, out) -> {
          if (request.headers().containsKey("proxy-authorization")) {
            String path = request.target().replace("http://hub.invalid", "");
            model.answer(new Request(request.method(), path, request.headers()), out);
          } else {
            LoopbackServer.write(
                out,
                LoopbackServer.head(
                    407, "Proxy-Authenticate: Basic realm=\"x\"", "Content-Length: 0"));
          }
        })) {
      Map<String, String> environment =
          Map.of(
              "HF_ENDPOINT",
              "http://hub.invalid",
              "HF_HUB_CACHE",
              cache.toString(),
              "http_proxy",
              "http://user:p%40ss@" + proxy.uri().getAuthority(),
              "NO_PROXY",
              "localhost,.example.org");
      PulledModel pulled = new Hub(HubSettings.of(environment)).pull(MODEL, HubListener.NONE);

      assertThat(pulled.folder().resolve("model.safetensors")).hasBinaryContent(WEIGHTS);
      assertThat(proxy.requests())
          .allMatch(request -> request.target().startsWith("http://hub.invalid/"))
          .anyMatch(
              request -> "Basic dXNlcjpwQHNz".equals(request.headers().get("proxy-authorization")));
    }
  }

  /** With an authenticator of its own the JDK would call such an answer broken. */
  @Test
  void aRefusalThroughAProxyWithAUserIsTheHubs() throws IOException {
    try (var proxy =
        new LoopbackServer((request, out) ->
            LoopbackServer.write(out, LoopbackServer.head(401, "Content-Length: 0")))) {
      Map<String, String> environment =
          Map.of(
              "HF_ENDPOINT",
              "http://hub.invalid",
              "HF_HUB_CACHE",
              cache.toString(),
              "HTTP_PROXY",
              "http://user@" + proxy.uri().getAuthority());
      Hub hub = new Hub(HubSettings.of(environment));
      assertThatThrownBy(() -> hub.pull(MODEL, HubListener.NONE))
          .isInstanceOf(HubException.class)
          .hasMessageContaining("answers 401, there is no such model, or it is private");
      assertThat(proxy.requests()).hasSize(1);
    }
  }

  @Test
  void keepsAnOldStateBesideTheNew() throws IOException {
    FakeHub model = model();
    try (var server = new LoopbackServer(model)) {
      Hub hub = hub(server);
      hub.pull(new HubModel(MODEL.name(), COMMIT), HubListener.NONE);
      assertThat(folder().resolve("refs")).doesNotExist();
      assertThat(hub.find(MODEL)).as("where main is was not asked").isEmpty();
      assertThat(hub.find(new HubModel(MODEL.name(), COMMIT))).isPresent();
    }
  }

  /** The folder of a snapshot that the Python library has begun. */
  private Path leftByPython() throws IOException {
    Files.createDirectories(folder().resolve("refs"));
    Files.writeString(folder().resolve("refs/main"), COMMIT);
    return Files.createDirectories(folder().resolve("snapshots").resolve(COMMIT));
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }
}
