package org.resnet4j.serve;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.resnet4j.core.Batcher;
import org.resnet4j.core.Classification;
import org.resnet4j.core.Classifier;
import org.resnet4j.core.NonFiniteResultException;
import org.resnet4j.core.backend.Deadline;
import org.resnet4j.core.backend.RunCancelledException;
import org.resnet4j.core.image.DecodeOptions;
import org.resnet4j.core.image.ImageDecodeException;
import org.resnet4j.core.image.RgbImage;
import org.resnet4j.core.image.decode.ImageDecoder;
import org.resnet4j.core.stack.StackReserve;
import org.resnet4j.core.text.Quote;
import tools.jackson.core.exc.JacksonIOException;

/**
 * A classifier behind HTTP/1.1. Tensors by the Open Inference Protocol (version 2, JSON, and its
 * extension for binary data):
 *
 * <ul>
 *   <li>{@code GET /v2/health/live}, {@code /v2/health/ready}, {@code /v2}
 *   <li>{@code GET /v2/models/NAME}, {@code /v2/models/NAME/ready}
 *   <li>{@code POST /v2/models/NAME/infer}: input {@code "input"}, FP32 [N, 3, H, W], normalised as
 *       the network wants it; output {@code "logits"}, FP32 [N, K]
 * </ul>
 *
 * <p>{@code /versions/1} may follow the name. Beside it, {@code POST
 * /v2/models/NAME/classify?top=5} takes a picture as its body, as in a file, and answers with
 * classes and probabilities; pictures of several callers run together. {@code GET /metrics} is
 * Prometheus' text form.
 *
 * <p>What is too much is refused at once: 413, or 503 with {@code Retry-After}. The JDK's server
 * ends requests that come or are fetched too slowly; that limit, {@code
 * sun.net.httpserver.maxReqTime} and {@code maxRspTime}, is one of the whole JVM, which the first
 * server sets. Thread-safe.
 */
public final class InferenceServer implements AutoCloseable {
  private static final String MODELS = "/v2/models/";

  /** Part of the heap that bodies may fill. */
  private static final int HEAP_SHARE = 4;

  /**
   * Within which the JDK's server ends: at once if it counts no exchange. It counts those of
   * callers who have gone, so it needs a limit; and none at all would leave a connection open that
   * it is just taking.
   */
  private static final int LAST_SECONDS = 1;

  private final Classifier classifier;
  private final ServerOptions options;
  private final ModelJson model;
  private final Batcher<byte[], Classification> batcher;
  private final Tensors tensors;
  private final Bodies bodies;
  private final Metrics metrics = new Metrics();
  private final InFlight inFlight = new InFlight();
  private final ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor();
  private final Dispatching dispatching = new Dispatching(callers);
  private final HttpServer http;

  /** Held while this closes, for which every caller of {@link #close} waits. */
  private final Object closing = new Object();

  private boolean closed;

  private InferenceServer(Classifier classifier, ServerOptions options) throws IOException {
    this.classifier = classifier;
    this.options = options;
    this.model = new ModelJson(classifier.model().name(), classifier.plan());
    this.bodies = new Bodies(options.maxBodyBytes(), Runtime.getRuntime().maxMemory() / HEAP_SHARE);
    this.tensors = new Tensors(classifier.plan(), classifier.maxBatch(), options.mostWaiting());
    try {
      this.batcher =
          classifier.batcher(
              InferenceServer::decode,
              RequestHead.MOST_TOP,
              options.longestWait(),
              options.mostWaiting());
    } catch (RuntimeException | Error e) {
      tensors.close();
      throw e;
    }
    try {
      this.http = JdkServer.create(options.address()); // the last, since it cannot be undone
    } catch (IOException | RuntimeException | Error e) {
      closeParts();
      throw e;
    }
  }

  /**
   * Listens, and answers.
   *
   * @param classifier to be closed after the server
   * @throws IOException if the address cannot be listened at
   */
  public static InferenceServer start(Classifier classifier, ServerOptions options)
      throws IOException {
    StackReserve.require(); // what is half made would listen for good
    JdkServer.prepare(options.address(), options.timeLimit());
    InferenceServer server = new InferenceServer(classifier, options);
    server.http.createContext("/", server::handle);
    server.http.setExecutor(server.dispatching);
    server.http.start();
    return server;
  }

  private static RgbImage decode(byte[] content, DecodeOptions options)
      throws ImageDecodeException {
    return ImageDecoder.decode(content, "the picture", options);
  }

  /** Where it listens. */
  public InetSocketAddress address() {
    return http.getAddress();
  }

  /** Of the model in addresses, escaped: {@code /v2/models/NAME}. */
  public String path() {
    return "/v2/models/"
        + URLEncoder.encode(classifier.model().name(), StandardCharsets.UTF_8).replace("+", "%20");
  }

  /**
   * Waits until this is closed.
   *
   * @throws IllegalStateException if nobody is answered any more, since the thread that takes
   *     connections has found no memory on the heap, or a class cannot be loaded; the port stays
   *     taken until the process ends
   */
  public void await() throws InterruptedException {
    Throwable failure = dispatching.await();
    if (failure != null) {
      throw new IllegalStateException("nobody is answered any more: " + failure, failure);
    }
  }

  /** How many requests wait for the network. */
  public int waiting() {
    return batcher.waiting() + tensors.waiting();
  }

  /**
   * Answers.
   *
   * @throws IOException if nobody gets an answer: then the JDK's server closes the connection,
   *     which it would keep else until the time for answers has passed
   */
  private void handle(HttpExchange exchange) throws IOException {
    long start = System.nanoTime();
    Route route = Route.of(exchange.getRequestURI().getPath(), classifier.model().name());
    int status = 0;
    boolean taken = inFlight.enter();
    try (exchange) {
      Reply reply =
          taken
              ? reply(exchange, route)
              : Reply.error(RequestException.UNAVAILABLE, "this server is ending");
      Sending.send(exchange, route, reply);
      status = reply.status();
    } catch (JacksonIOException | OutOfMemoryError | StackOverflowError e) {
      throw new IOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    } catch (LinkageError e) {
      dispatching.fail(e); // a class that could not be loaded once never can
      throw new IOException(e);
    } finally {
      if (taken) {
        inFlight.leave();
      }
      metrics.add(route.label(), status, System.nanoTime() - start);
    }
  }

  private Reply reply(HttpExchange exchange, Route route) throws IOException, InterruptedException {
    try {
      if (!route.takes(exchange.getRequestMethod())) {
        throw route == Route.NOWHERE
            ? new RequestException(RequestException.NOT_FOUND, nowhere(exchange))
            : new RequestException(
                RequestException.METHOD_NOT_ALLOWED, "this takes " + route.method());
      }
      return answer(exchange, route);
    } catch (RequestException e) {
      return Reply.error(e.status(), String.valueOf(e.getMessage()));
    } catch (JacksonIOException e) {
      throw e;
    } catch (OutOfMemoryError e) {
      return Reply.error(
          RequestException.UNAVAILABLE,
          "there is no memory for it at the moment; come again later, or give the server more, by"
              + " -Xmx ("
              + Quote.oneLine(String.valueOf(e.getMessage()))
              + ")");
    } catch (RuntimeException | StackOverflowError e) {
      return Reply.error(
          RequestException.INTERNAL, "internal error: " + Quote.oneLine(e.toString()));
    }
  }

  private String nowhere(HttpExchange exchange) {
    return "there is nothing at %s; the model is %s%s"
        .formatted(
            Quote.name(exchange.getRequestURI().getPath()), MODELS, classifier.model().name());
  }

  private Reply answer(HttpExchange exchange, Route route)
      throws IOException, RequestException, InterruptedException {
    return switch (route) {
      case LIVE -> Reply.json(Reply.OK, json -> json.writeBooleanProperty("live", true));
      case READY -> Reply.json(Reply.OK, json -> json.writeBooleanProperty("ready", true));
      case SERVER -> Reply.json(Reply.OK, ModelJson::server);
      case MODEL -> Reply.json(Reply.OK, model::describe);
      case MODEL_READY -> Reply.json(Reply.OK, model::ready);
      case INFER -> infer(exchange);
      case CLASSIFY -> classify(exchange);
      case METRICS -> Reply.text(Metrics.TYPE, metrics.text(waiting()));
      case NOWHERE -> throw new RequestException(RequestException.NOT_FOUND, nowhere(exchange));
    };
  }

  private Reply infer(HttpExchange exchange)
      throws IOException, RequestException, InterruptedException {
    RequestHead.requireType(exchange.getRequestHeaders(), "application/json", "application/json");
    Deadline deadline = Deadline.after(options.timeLimit());
    return bodies.use(
        exchange,
        body -> {
          InferRequest request =
              InferRequest.read(
                  body,
                  RequestHead.headerBytes(exchange.getRequestHeaders(), options.maxBodyBytes()),
                  classifier.plan().inputShape(),
                  classifier.maxBatch());
          float[] logits = tensors.run(request.batch(), request.values(), deadline);
          metrics.addImages(request.batch());
          return request.binaryOutput()
              ? Reply.binary(json -> model.inferred(json, request, logits), logits)
              : Reply.json(Reply.OK, json -> model.inferred(json, request, logits));
        });
  }

  private Reply classify(HttpExchange exchange)
      throws IOException, RequestException, InterruptedException {
    RequestHead.requireType(
        exchange.getRequestHeaders(), "image/", "that of a picture, such as image/jpeg");
    int top = RequestHead.top(exchange.getRequestURI().getRawQuery());
    Deadline deadline = Deadline.after(options.timeLimit());
    return bodies.use(
        exchange,
        body -> {
          Classification answer = await(submit(body.readAllBytes(), deadline), deadline);
          metrics.addImages(1);
          return Reply.json(Reply.OK, json -> model.classified(json, answer, top));
        });
  }

  private CompletableFuture<Classification> submit(byte[] picture, Deadline deadline)
      throws RequestException {
    try {
      return batcher.submit(picture, deadline);
    } catch (RejectedExecutionException e) {
      throw new RequestException(RequestException.UNAVAILABLE, String.valueOf(e.getMessage()));
    }
  }

  /** A thread that has taken it may still wait for others, to decode it alone. */
  private static Classification await(CompletableFuture<Classification> answer, Deadline deadline)
      throws RequestException, InterruptedException {
    try {
      return answer.get(Math.max(0, deadline.remainingNanos()), TimeUnit.NANOSECONDS);
    } catch (TimeoutException _) {
      answer.cancel(false);
      throw failed(new RunCancelledException(RunCancelledException.Reason.DEADLINE_PASSED));
    } catch (ExecutionException e) {
      throw failed(e.getCause());
    }
  }

  private static RequestException failed(@Nullable Throwable cause) {
    return switch (cause) {
      case ImageDecodeException e -> RequestException.bad(String.valueOf(e.getMessage()));
      case NonFiniteResultException e ->
          new RequestException(RequestException.INTERNAL, String.valueOf(e.getMessage()));
      case RunCancelledException _ ->
          new RequestException(RequestException.TIMED_OUT, "the time for it has passed");
      case null, default -> throw new IllegalStateException(cause);
    };
  }

  /**
   * Refuses what comes with 503, answers what has come, for as long as its time allows, and returns
   * when nobody listens any more, but where {@link #await} tells of a failure. Idempotent.
   */
  @Override
  public void close() {
    StackReserve.require();
    synchronized (closing) {
      if (!closed) {
        inFlight.end(options.timeLimit());
        http.stop(LAST_SECONDS);
        closeParts();
        dispatching.end();
        closed = true;
      }
    }
  }

  private void closeParts() {
    callers.close();
    tensors.close();
    batcher.close();
  }
}
