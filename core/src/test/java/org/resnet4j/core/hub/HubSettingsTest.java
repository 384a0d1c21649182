package org.resnet4j.core.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What an environment says, and which names a model may have. */
class HubSettingsTest {
  private static final String HOME = System.getProperty("user.home");

  @TempDir Path folder;

  @Test
  void theCacheIsThePythonLibrarys() throws HubException {
    assertThat(HubSettings.of(Map.of()).cache()).isEqualTo(Path.of(HOME, ".cache/huggingface/hub"));
    assertThat(HubSettings.of(Map.of("XDG_CACHE_HOME", "/x")).cache())
        .isEqualTo(Path.of("/x/huggingface/hub"));
    assertThat(HubSettings.of(Map.of("XDG_CACHE_HOME", "/x", "HF_HOME", "/h")).cache())
        .isEqualTo(Path.of("/h/hub"));
    assertThat(HubSettings.of(Map.of("HF_HUB_CACHE", "~/c", "HF_HOME", "/h")).cache())
        .isEqualTo(Path.of(HOME, "c"));
  }

  /**
   * As of a container's user whom no file names; Java's word for it is a name that a folder could
   * have.
   */
  @Test
  void whoHasNoHomeSaysWhereModelsAreKept() throws HubException {
    for (String cache : List.of("", "~", "~/c")) {
      Map<String, String> none = Map.of("HF_HUB_CACHE", cache);
      assertThatThrownBy(() -> HubSettings.of(none, "?"))
          .isInstanceOf(HubException.class)
          .hasMessage("home folder: this user has none; set HF_HOME to a folder for models");
    }
    for (String name : List.of("HF_HOME", "HF_HUB_CACHE", "XDG_CACHE_HOME")) {
      HubSettings settings = HubSettings.of(Map.of(name, folder.toString()), "?");
      assertThat(settings.cache()).startsWithRaw(folder);
      assertThat(settings.token()).isNull();
    }
  }

  /** As with letters in the locale C, whose names are ASCII. */
  @Test
  void aFolderThatCannotBeNamedIsRefused() {
    for (String name : List.of("HF_HOME", "HF_HUB_CACHE", "XDG_CACHE_HOME")) {
      assertThatThrownBy(() -> HubSettings.of(Map.of(name, "/a\0")))
          .isInstanceOf(HubException.class)
          .hasMessageContaining("this process cannot name the folder for models");
    }
  }

  @Test
  void theTokenIsTheVariablesOrTheFiles() throws Exception {
    Path token = Files.writeString(folder.resolve("token"), " hf_file \n");
    Map<String, String> file = Map.of("HF_HOME", folder.toString());
    assertThat(HubSettings.of(file).token()).isEqualTo("hf_file");
    assertThat(HubSettings.of(Map.of("HF_HOME", folder.toString(), "HF_TOKEN", "hf_own")).token())
        .isEqualTo("hf_own");
    assertThat(HubSettings.of(Map.of("HF_HOME", folder.resolve("no").toString())).token()).isNull();
    assertThat(HubSettings.of(file).toString()).doesNotContain("hf_file");
    Files.writeString(token, "two\nlines");
    assertThatThrownBy(() -> HubSettings.of(file))
        .isInstanceOf(HubException.class)
        .hasMessageStartingWith("HF_TOKEN: ")
        .hasMessageNotContaining("two");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "huggingface.co",
        "ftp://x",
        "http://",
        "https:///x",
        "%",
        "https://user:secret@host",
        "https://host?x=1",
        "https://host#x",
        "https://host:99999"
      })
  void refusesWhatIsNoServer(String endpoint) {
    assertThatThrownBy(() -> HubSettings.of(Map.of("HF_ENDPOINT", endpoint)))
        .isInstanceOf(HubException.class)
        .hasMessage("HF_ENDPOINT: is no address of a server; write it as https://huggingface.co");
  }

  @Test
  void anEndpointMayHaveAPath() throws HubException {
    assertThat(HubSettings.of(Map.of("HF_ENDPOINT", "https://mirror.example/hf/")).endpoint())
        .isEqualTo(URI.create("https://mirror.example/hf"));
    assertThat(HubSettings.of(Map.of()).endpoint()).isEqualTo(URI.create("https://huggingface.co"));
  }

  @ParameterizedTest
  @CsvSource({
    "https://hub.example, https://hub.example/x, true",
    "https://hub.example, https://HUB.example/x, true",
    "https://hub.example, https://cdn.hub.example/x, false",
    "https://hub.example, http://hub.example/x, false",
    "https://hub.example, https://hub.example:444/x, false",
    "http://192.0.2.1, http://192.0.2.1/x, false",
    "http://127.0.0.1:80, http://127.0.0.1:80/x, true",
  })
  void whoSeesTheToken(String endpoint, URI uri, boolean sees) throws HubException {
    assertThat(HubSettings.of(Map.of("HF_ENDPOINT", endpoint)).mayShowToken(uri)).isEqualTo(sees);
  }

  @ParameterizedTest
  @CsvSource({
    "https://hub.example, proxy, 3128",
    "http://hub.example, other, 80",
    "https://intern.example.org, , 0",
    "https://example.org, , 0",
    "https://notexample.org, proxy, 3128",
    "http://127.0.0.1:8080, , 0",
  })
  void theProxyOfAnAddress(URI uri, @Nullable String host, int port) throws HubException {
    HubProxies proxies =
        HubProxies.of(
            Map.of(
                "HTTPS_PROXY", "http://user:pw@proxy:3128",
                "ALL_PROXY", "wrong",
                "all_proxy", "http://other/",
                "NO_PROXY", "127.0.0.1, .Example.ORG"));
    Proxy proxy = proxies.selector().select(uri).getFirst();
    assertThat(proxy.address())
        .isEqualTo(host == null ? null : InetSocketAddress.createUnresolved(host, port));
  }

  @ParameterizedTest
  @ValueSource(strings = {"socks5://secret@x", "http://", "%secret", "http://x:99999"})
  void refusesWhatIsNoProxy(String proxy) {
    assertThatThrownBy(() -> HubProxies.of(Map.of("HTTPS_PROXY", proxy)))
        .isInstanceOf(HubException.class)
        .hasMessageStartingWith("HTTPS_PROXY: is no address of an HTTP proxy")
        .hasMessageNotContaining("secret");
  }

  @ParameterizedTest
  @CsvSource({
    "timm/resnet50.a1_in1k, timm/resnet50.a1_in1k, main",
    "resnet50, resnet50, main",
    "microsoft/resnet-50@refs/pr/1, microsoft/resnet-50, refs/pr/1",
    "a/b@0123456789abcdef0123456789abcdef01234567, a/b, 0123456789abcdef0123456789abcdef01234567",
  })
  void names(String text, String name, String revision) {
    assertThat(HubModel.parse(text)).isEqualTo(new HubModel(name, revision)).hasToString(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/",
        "a/b/c",
        "../x",
        "a/..",
        "a--b/c",
        "-a/b",
        "a/b@",
        "a/b@../x",
        "a/b@x/../y",
        "a/b@-x",
        "https://huggingface.co/a/b",
        "a b",
        "a/b\n",
        "ä/b",
        "a/b@x@y",
        "a/b@x/"
      })
  void refusesWhatIsNoName(String text) {
    assertThatThrownBy(() -> HubModel.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }
}
