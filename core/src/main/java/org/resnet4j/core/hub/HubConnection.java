package org.resnet4j.core.hub;

import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.ProtocolException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.resnet4j.core.hub.Patience.PassingFailure;

/**
 * Asks the hub, and follows where it leads: never from https to http, never for ever, and with the
 * token only to the hub itself. For one thread.
 */
final class HubConnection implements AutoCloseable {
  private static final int MAX_REDIRECTS = 10;
  private static final Duration CONNECT = Duration.ofSeconds(10);
  private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);
  private static final int OK = 200;

  /** To who has asked for a part: all, the part, or that there is none. */
  private static final Set<Integer> OF_PART = Set.of(OK, 206, 416);

  private final HubModel model;
  private final HubSettings settings;
  private final Patience patience;
  private final HttpClient client;

  /**
   * Connects to nothing yet.
   *
   * @param trust whose certificates count, or null for the JVM's own
   */
  HubConnection(
      HubModel model, HubSettings settings, Patience patience, @Nullable SSLContext trust) {
    this.model = model;
    this.settings = settings;
    this.patience = patience;
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1) // one file after the other: nothing to multiplex
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(CONNECT)
            .proxy(settings.proxies().selector());
    if (trust != null) {
      builder.sslContext(trust);
    }
    this.client = builder.build();
  }

  /** An address below a path of the endpoint's, whose further parts are escaped. */
  URI uri(String path, String... parts) {
    return URI.create(
        settings.endpoint()
            + "/"
            + path
            + Arrays.stream(parts).map(part -> "/" + escaped(part)).collect(Collectors.joining()));
  }

  /** What messages call a server: of an address that somebody sent, no names and passwords. */
  static String origin(URI uri) {
    return uri.getScheme() + "://" + uri.getHost() + (uri.getPort() < 0 ? "" : ":" + uri.getPort());
  }

  private static String escaped(String part) {
    return URLEncoder.encode(part, StandardCharsets.UTF_8).replace("+", "%20");
  }

  /**
   * The answer to a question without a body, from the hub itself: it says what it knows of a file
   * before it leads to where the file is stored.
   */
  HttpResponse<Void> head(URI uri) throws HubException, PassingFailure {
    return follow(uri, request -> request.HEAD(), BodyHandlers.discarding(), Set.of(OK), true);
  }

  /** What an address holds, which the caller closes. */
  HttpResponse<InputStream> get(URI uri) throws HubException, PassingFailure {
    return follow(uri, request -> request.GET(), BodyHandlers.ofInputStream(), Set.of(OK), false);
  }

  /** What an address holds from its byte {@code from} on, if the server can do that. */
  HttpResponse<InputStream> get(URI uri, long from) throws HubException, PassingFailure {
    return follow(
        uri,
        request -> request.GET().header("Range", "bytes=" + from + "-"),
        BodyHandlers.ofInputStream(),
        OF_PART,
        false);
  }

  /** Says how to ask. */
  @FunctionalInterface
  private interface Question {
    HttpRequest.Builder of(HttpRequest.Builder request);
  }

  private <T> HttpResponse<T> follow(
      URI start, Question question, BodyHandler<T> body, Set<Integer> successes, boolean stayAtHub)
      throws HubException, PassingFailure {
    URI uri = start;
    for (int redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
      HttpResponse<T> answer = ask(uri, question, body);
      boolean elsewhere = REDIRECTS.contains(answer.statusCode());
      if (successes.contains(answer.statusCode())
          || (elsewhere && stayAtHub && RemoteFile.isDescribedBy(answer.headers()))) {
        return answer;
      }
      close(answer.body());
      if (!elsewhere) {
        throw new Refusal(model, settings, uri, answer.statusCode(), answer.headers()).reason();
      }
      uri = next(uri, answer.headers().firstValue("Location").orElse(""));
    }
    throw new HubException(
        model.toString(),
        settings.endpoint() + " leads on and on, " + MAX_REDIRECTS + " times by now",
        "check HF_ENDPOINT and the proxy");
  }

  private static void close(@Nullable Object body) {
    if (body instanceof InputStream in) {
      try {
        in.close();
      } catch (IOException _) {
        // Nothing more is wanted of it.
      }
    }
  }

  private URI next(URI from, String location) throws HubException {
    URI next;
    try {
      next = from.resolve(location);
    } catch (IllegalArgumentException e) {
      throw astray(from, "what is no address", e);
    }
    String scheme = String.valueOf(next.getScheme());
    if (location.isBlank() || !HubSettings.isServer(next)) {
      throw astray(from, "what is no address", null);
    }
    if (from.getScheme().equals("https") && scheme.equals("http")) {
      throw astray(from, "plain http", null);
    }
    return next;
  }

  private HubException astray(URI from, String where, @Nullable Exception origin) {
    return new HubException(
        model.toString(),
        origin(from) + " leads to " + where,
        "check HF_ENDPOINT and the proxy",
        origin);
  }

  private <T> HttpResponse<T> ask(URI uri, Question question, BodyHandler<T> body)
      throws HubException, PassingFailure {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri)
            .timeout(patience.stall())
            .header("User-Agent", "resnet4j")
            .header("Accept-Encoding", "identity"); // sizes are those of the files
    if (settings.token() != null && settings.mayShowToken(uri)) {
      request.header("Authorization", "Bearer " + settings.token());
    }
    @Nullable String user = settings.proxies().user(uri);
    if (user != null) {
      request.header("Proxy-Authorization", user);
    }
    try {
      return client.send(question.of(request).build(), body);
    } catch (ConnectException e) { // also for a name that nobody has
      throw unreachable(uri, "cannot be reached", e);
    } catch (SSLException e) {
      throw unreachable(uri, "shows no certificate that is trusted (" + e.getMessage() + ")", e);
    } catch (ProtocolException | IllegalArgumentException e) { // the latter of a header's value
      throw new HubException(
          model.toString(),
          "%s does not answer as HTTP says (%s)".formatted(origin(uri), e.getMessage()),
          "check HF_ENDPOINT and the proxy",
          e);
    } catch (IOException e) {
      throw new PassingFailure(broken(uri, e), Duration.ZERO);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw interrupted(e);
    }
  }

  /** The calling thread does not want it any more. */
  HubException interrupted(Exception e) {
    return new HubException(
        model.toString(),
        "the download was interrupted",
        "try again: what is here already stays",
        e);
  }

  private HubException unreachable(URI uri, String cause, IOException e) {
    return new HubException(
        model.toString(),
        origin(uri) + " " + cause,
        "check the network and HTTPS_PROXY, or copy the model's folder here and name it",
        e);
  }

  /** A connection that ended before its answer did. */
  HubException broken(URI uri, IOException e) {
    return new HubException(
        model.toString(),
        "the connection to %s breaks off (%s)"
            .formatted(
                origin(uri),
                e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage()),
        "try again: what is here already stays",
        e);
  }

  @Override
  public void close() {
    client.shutdownNow();
    client.close();
  }
}
