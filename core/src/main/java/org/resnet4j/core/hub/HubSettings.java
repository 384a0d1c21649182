package org.resnet4j.core.hub;

import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.resnet4j.core.stack.AmpleStack;

/**
 * Where models come from and where they are kept.
 *
 * @param endpoint the server, {@code https://huggingface.co} or one that answers like it
 * @param cache the folder that holds {@code models--owner--name}; becomes absolute
 * @param token what is shown to the endpoint and nobody else; null if there is none
 * @param offline whether the network must not be used
 * @param proxies the proxies on the way to it
 */
public record HubSettings(
    URI endpoint, Path cache, @Nullable String token, boolean offline, HubProxies proxies) {
  private static final String DEFAULT_ENDPOINT = "https://huggingface.co";
  private static final int MAX_TOKEN_BYTES = 4096;
  private static final int MAX_PORT = 65535;

  /**
   * Checks the endpoint.
   *
   * @throws IllegalArgumentException if it is no address of a server
   */
  public HubSettings {
    if (!isEndpoint(endpoint)) {
      throw new IllegalArgumentException("endpoint " + endpoint + " is no address of a server");
    }
    cache = cache.toAbsolutePath(); // '.' has no part that what lies in it would begin with
  }

  private static boolean isEndpoint(URI uri) {
    return isServer(uri)
        && uri.getRawUserInfo() == null
        && uri.getRawQuery() == null
        && uri.getRawFragment() == null;
  }

  /** Whether an address is one that can be asked. */
  static boolean isServer(URI uri) {
    String scheme = String.valueOf(uri.getScheme());
    return (scheme.equals("https") || scheme.equals("http"))
        && uri.getHost() != null
        && uri.getPort() <= MAX_PORT;
  }

  /** What this process's environment says. */
  public static HubSettings fromEnvironment() throws HubException {
    return of(System.getenv());
  }

  /**
   * What an environment says by the variables of the hub's Python library: {@code HF_ENDPOINT},
   * {@code HF_HUB_CACHE}, {@code HF_HOME} and {@code XDG_CACHE_HOME}, {@code HF_TOKEN} and {@code
   * HF_TOKEN_PATH}, {@code HF_HUB_OFFLINE}, {@code HTTPS_PROXY} and its like.
   *
   * @throws HubException if one of them cannot be used
   */
  public static HubSettings of(Map<String, String> environment) throws HubException {
    return AmpleStack.run(new Reading(environment));
  }

  private record Reading(Map<String, String> environment)
      implements AmpleStack.Call<HubSettings, HubException> {
    @Override
    public HubSettings run() throws HubException {
      String endpoint = value(environment, "HF_ENDPOINT", DEFAULT_ENDPOINT);
      Path home = home(environment);
      return new HubSettings(
          uri(endpoint),
          path(value(environment, "HF_HUB_CACHE", home.resolve("hub").toString())),
          token(environment, home),
          isTrue(environment.get("HF_HUB_OFFLINE")),
          HubProxies.of(environment));
    }
  }

  private static URI uri(String endpoint) throws HubException {
    try {
      URI uri = new URI(endpoint.replaceAll("/+$", ""));
      if (isEndpoint(uri)) {
        return uri;
      }
    } catch (URISyntaxException _) {
      // Not quoted, as it may hold a password.
    }
    throw new HubException(
        "HF_ENDPOINT", "is no address of a server", "write it as " + DEFAULT_ENDPOINT);
  }

  private static Path home(Map<String, String> environment) {
    String user = System.getProperty("user.home");
    String caches = value(environment, "XDG_CACHE_HOME", user + "/.cache");
    return path(value(environment, "HF_HOME", caches + "/huggingface"));
  }

  /** With the user's folder for a tilde, which stays where a variable is set without a shell. */
  private static Path path(String text) {
    return text.equals("~") || text.startsWith("~/")
        ? Path.of(System.getProperty("user.home") + text.substring(1))
        : Path.of(text);
  }

  private static @Nullable String token(Map<String, String> environment, Path home)
      throws HubException {
    @Nullable String token = environment.get("HF_TOKEN");
    if (token == null || token.isBlank()) {
      Path file = path(value(environment, "HF_TOKEN_PATH", home.resolve("token").toString()));
      token = Files.isReadable(file) ? content(file) : "";
    }
    token = token.strip();
    if (token.chars().anyMatch(c -> c <= ' ' || c > '~')) {
      throw new HubException(
          "HF_TOKEN", "holds what no token has", "copy it again from the hub's settings");
    }
    return token.isEmpty() ? null : token;
  }

  private static String content(Path file) throws HubException {
    try {
      return Files.isRegularFile(file) && Files.size(file) <= MAX_TOKEN_BYTES
          ? Files.readString(file)
          : "";
    } catch (IOException e) {
      throw new HubException(
          file.toString(), "cannot be read (" + e.getMessage() + ")", "give HF_TOKEN itself", e);
    }
  }

  private static boolean isTrue(@Nullable String text) {
    return text != null && text.matches("(?i)1|on|yes|true");
  }

  private static String value(Map<String, String> environment, String name, String otherwise) {
    String value = environment.getOrDefault(name, "");
    return value.isBlank() ? otherwise : value.strip();
  }

  /**
   * Whether a token may travel there: to the endpoint alone, and unencrypted only on this machine.
   */
  boolean mayShowToken(URI uri) {
    return uri.getScheme().equals(endpoint.getScheme())
        && String.valueOf(uri.getHost()).equalsIgnoreCase(endpoint.getHost())
        && uri.getPort() == endpoint.getPort()
        && (uri.getScheme().equals("https") || isLoopback(uri.getHost()));
  }

  private static boolean isLoopback(String host) {
    try {
      return InetAddress.getByName(host).isLoopbackAddress();
    } catch (UnknownHostException _) {
      return false;
    }
  }

  /** Without the token. */
  @Override
  public String toString() {
    return endpoint + ", cache " + cache + (offline ? ", offline" : "");
  }
}
