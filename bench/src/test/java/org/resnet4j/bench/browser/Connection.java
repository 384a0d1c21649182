package org.resnet4j.bench.browser;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * The DevTools protocol over a WebSocket. Calls come from one thread at a time; events come on the
 * socket's own, in the order in which the browser sent them, before the answers it sent later.
 */
final class Connection implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final HttpClient client;
  private final WebSocket socket;
  private final Map<Long, CompletableFuture<Message>> waiting = new ConcurrentHashMap<>();
  private final Map<String, Consumer<Message>> listeners = new ConcurrentHashMap<>();
  private long calls;

  Connection(URI uri) {
    client =
        HttpClient.newBuilder()
            .proxy(HttpClient.Builder.NO_PROXY)
            .version(HttpClient.Version.HTTP_1_1)
            .build();
    socket = await(client.newWebSocketBuilder().buildAsync(uri, new Receiver()), "the browser");
  }

  /** Waits no longer than a browser takes on a busy machine. */
  static <T> T await(Future<T> future, String what) {
    try {
      return future.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new IllegalStateException(what + " did not answer in " + LIMIT.toSeconds() + " s", e);
    } catch (ExecutionException e) {
      throw new IllegalStateException(what + " failed: " + e.getCause().getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for " + what, e);
    }
  }

  /** Gives a session's events to {@code listener}, on the socket's thread. */
  void listen(String session, Consumer<Message> listener) {
    listeners.put(session, listener);
  }

  void forget(String session) {
    listeners.remove(session);
  }

  /** Calls a method of the browser itself. */
  Message call(String method, Map<String, ?> parameters) {
    return call("", method, parameters);
  }

  /** Calls a method of a session and waits for its result. */
  Message call(String session, String method, Map<String, ?> parameters) {
    long id = ++calls;
    Map<String, Object> request = new LinkedHashMap<>();
    request.put("id", id);
    request.put("method", method);
    request.put("params", parameters);
    if (!session.isEmpty()) {
      request.put("sessionId", session);
    }
    CompletableFuture<Message> answer = new CompletableFuture<>();
    waiting.put(id, answer);
    try {
      await(socket.sendText(Message.write(request), true), method);
      Message message = await(answer, method);
      if (message.at("error") != null) {
        throw new IllegalStateException(method + ": " + message.text("error", "message"));
      }
      return message.message("result");
    } finally {
      waiting.remove(id);
    }
  }

  private void receive(Message message) {
    if (message.at("id") instanceof Number id) {
      CompletableFuture<Message> answer = waiting.get(id.longValue());
      if (answer != null) {
        answer.complete(message);
      }
      return;
    }
    Consumer<Message> listener = listeners.get(message.text("sessionId"));
    if (listener != null) {
      listener.accept(message);
    }
  }

  private void fail(Throwable cause) {
    waiting.values().forEach(answer -> answer.completeExceptionally(cause));
  }

  @Override
  public void close() {
    socket.abort();
    client.shutdownNow();
  }

  private final class Receiver implements WebSocket.Listener {
    private final StringBuilder text = new StringBuilder();

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
      text.append(part);
      if (last) {
        String whole = text.toString();
        text.setLength(0);
        receive(Message.parse(whole));
      }
      from.request(1);
      return null;
    }

    @Override
    public CompletionStage<?> onClose(WebSocket from, int code, String reason) {
      fail(new IllegalStateException("the browser closed the connection: " + code + reason));
      return null;
    }

    @Override
    public void onError(WebSocket from, Throwable error) {
      fail(error);
    }
  }
}
