package org.resnet4j.core.hub;

import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
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

  static boolean isEndpoint(URI uri) {
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
    return of(environment, System.getProperty("user.home"));
  }

  /**
   * Likewise, of another user.
   *
   * @param user whose folder it is; {@code "?"} where the system knows of none
   */
  static HubSettings of(Map<String, String> environment, String user) throws HubException {
    return AmpleStack.run(new HubEnvironment(environment, user));
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
