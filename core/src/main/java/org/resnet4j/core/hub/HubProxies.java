package org.resnet4j.core.hub;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The proxies that an environment names as {@code curl} reads it: {@code HTTPS_PROXY}, {@code
 * HTTP_PROXY}, {@code ALL_PROXY} and {@code NO_PROXY}, or in small letters, which go first. Where
 * none is named the JVM's own rules hold. The JVM shows a name and a password to a proxy of https
 * only if it is started with {@code -Djdk.http.auth.tunneling.disabledSchemes=}. Immutable.
 */
public final class HubProxies {
  /** The JVM's own: {@code -Dhttps.proxyHost} and its like. */
  public static final HubProxies OF_JVM = new HubProxies(null, null, List.of());

  private static final int USUAL_PORT = 80;

  private final @Nullable URI http;
  private final @Nullable URI https;
  private final List<String> without;

  private HubProxies(@Nullable URI http, @Nullable URI https, List<String> without) {
    this.http = http;
    this.https = https;
    this.without = List.copyOf(without);
  }

  /**
   * Those of an environment.
   *
   * @throws HubException if one is no address
   */
  public static HubProxies of(Map<String, String> environment) throws HubException {
    @Nullable URI http = proxy(environment, "HTTP_PROXY");
    @Nullable URI https = proxy(environment, "HTTPS_PROXY");
    if (http == null && https == null) {
      return OF_JVM;
    }
    List<String> without = new ArrayList<>();
    for (String host : value(environment, "NO_PROXY").split(",", -1)) {
      if (!host.isBlank()) {
        without.add(host.strip().toLowerCase(Locale.ROOT));
      }
    }
    return new HubProxies(http, https, without);
  }

  private static @Nullable URI proxy(Map<String, String> environment, String name)
      throws HubException {
    String own = value(environment, name);
    String text = own.isBlank() ? value(environment, "ALL_PROXY") : own;
    if (text.isBlank()) {
      return null;
    }
    try {
      URI uri = new URI(text.contains("://") ? text : "http://" + text);
      if (HubSettings.isServer(uri) && uri.getScheme().equals("http")) {
        return uri;
      }
    } catch (URISyntaxException _) {
      // Not quoted, as it may hold a password.
    }
    throw new HubException(
        own.isBlank() ? "ALL_PROXY" : name,
        "is no address of an HTTP proxy",
        "write it as http://proxy.example.org:3128");
  }

  private static String value(Map<String, String> environment, String name) {
    String small = environment.getOrDefault(name.toLowerCase(Locale.ROOT), "");
    return small.isBlank() ? environment.getOrDefault(name, "") : small;
  }

  /** Chooses between them. */
  ProxySelector selector() {
    ProxySelector ofJvm = ProxySelector.getDefault();
    return http == null && https == null && ofJvm != null ? ofJvm : new Selector();
  }

  private final class Selector extends ProxySelector {
    @Override
    public List<Proxy> select(URI uri) {
      @Nullable URI proxy = proxy(uri);
      if (proxy == null) {
        return List.of(Proxy.NO_PROXY);
      }
      int port = proxy.getPort() < 0 ? USUAL_PORT : proxy.getPort();
      return List.of(new Proxy(Proxy.Type.HTTP, new InetSocketAddress(proxy.getHost(), port)));
    }

    @Override
    public void connectFailed(URI uri, SocketAddress address, IOException e) {
      // The request fails and says so.
    }
  }

  private @Nullable URI proxy(URI uri) {
    @Nullable URI proxy = "https".equals(uri.getScheme()) ? https : http;
    return isWithout(uri.getHost()) ? null : proxy;
  }

  /** Whether a host, or a domain that it is in, is one of {@code NO_PROXY}. */
  private boolean isWithout(String host) {
    String name = host.toLowerCase(Locale.ROOT);
    return without.stream()
        .map(domain -> domain.startsWith(".") ? domain.substring(1) : domain)
        .anyMatch(
            domain -> domain.equals("*") || name.equals(domain) || name.endsWith("." + domain));
  }

  /** What a proxy on the way to an address is told of who this is; null if nothing. */
  @Nullable String user(URI uri) {
    @Nullable URI proxy = proxy(uri);
    if (proxy == null || proxy.getRawUserInfo() == null) {
      return null;
    }
    byte[] user = decoded(proxy.getRawUserInfo()).getBytes(StandardCharsets.UTF_8);
    return "Basic " + Base64.getEncoder().encodeToString(user);
  }

  private static String decoded(String text) {
    return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
  }
}
