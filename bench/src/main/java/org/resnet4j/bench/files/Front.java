package org.resnet4j.bench.files;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import org.resnet4j.core.Batcher;
import org.resnet4j.core.Classification;
import org.resnet4j.core.Classifier;
import org.resnet4j.core.image.decode.ImageDecoder;
import org.resnet4j.serve.InferenceServer;
import org.resnet4j.serve.ServerOptions;
import tools.jackson.databind.json.JsonMapper;

/** Where callers send their pictures. */
interface Front extends AutoCloseable {
  /**
   * The probability of a picture's best class, when it is there.
   *
   * @param picture as in a file
   * @throws RejectedExecutionException if too many wait
   */
  double ask(byte[] picture) throws IOException, InterruptedException;

  /** How many wait. */
  int waiting();

  /** Returns when all who wait have their answers. */
  @Override
  void close();

  /** What makes one. */
  enum Kind {
    /** The library's own. */
    LIBRARY {
      @Override
      Front open(Classifier classifier, int mostWaiting, int largest) {
        return new Library(classifier, mostWaiting);
      }
    },
    /** HTTP over the loopback. */
    HTTP {
      @Override
      Front open(Classifier classifier, int mostWaiting, int largest) throws IOException {
        return new Http(classifier, mostWaiting, largest);
      }
    };

    /**
     * Opens it.
     *
     * @param mostWaiting pictures that wait for a thread
     * @param largest bytes of a picture
     */
    abstract Front open(Classifier classifier, int mostWaiting, int largest) throws IOException;
  }

  /** {@link Kind#LIBRARY}. */
  final class Library implements Front {
    private final Batcher<byte[], Classification> batcher;

    private Library(Classifier classifier, int mostWaiting) {
      batcher =
          classifier.batcher(
              (file, options) -> ImageDecoder.decode(file, "a picture", options),
              1,
              Duration.ZERO,
              mostWaiting);
    }

    @Override
    public double ask(byte[] picture) {
      return batcher.submit(picture).join().predictions().getFirst().probability();
    }

    @Override
    public int waiting() {
      return batcher.waiting();
    }

    @Override
    public void close() {
      batcher.close();
    }
  }

  /** {@link Kind#HTTP}. */
  final class Http implements Front {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final int OK = 200;
    private static final int UNAVAILABLE = 503;

    /**
     * The JDK's server closes idle connections beyond 200, which may be in use again by then; we
     * ask for more, but who has started such a server before in this process has decided that.
     */
    private static final int MOST_CONNECTIONS = 190;

    private final InferenceServer server;
    private final HttpClient client;
    private final HttpRequest.Builder request;
    private final Semaphore connections = new Semaphore(MOST_CONNECTIONS);

    private Http(Classifier classifier, int mostWaiting, int largest) throws IOException {
      InetAddress here = InetAddress.getLoopbackAddress();
      ServerOptions usual = ServerOptions.at(new InetSocketAddress(here, 0));
      server =
          InferenceServer.start(
              classifier,
              new ServerOptions(
                  usual.address(),
                  Math.max(usual.maxBodyBytes(), largest),
                  usual.timeLimit(),
                  mostWaiting,
                  usual.longestWait()));
      client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
      request =
          HttpRequest.newBuilder(
              URI.create(
                  "http://%s:%s%s/classify?top=1"
                      .formatted(
                          here.getHostAddress(), server.address().getPort(), server.path())));
    }

    @Override
    public double ask(byte[] picture) throws IOException, InterruptedException {
      if (!connections.tryAcquire()) {
        throw new RejectedExecutionException("all connections are in use");
      }
      try {
        return send(picture);
      } finally {
        connections.release();
      }
    }

    private double send(byte[] picture) throws IOException, InterruptedException {
      HttpResponse<String> answer =
          client.send(
              request.copy().POST(BodyPublishers.ofByteArray(picture)).build(),
              BodyHandlers.ofString());
      return switch (answer.statusCode()) {
        case OK ->
            JSON.readTree(answer.body()).get("predictions").get(0).get("probability").asDouble();
        case UNAVAILABLE -> throw new RejectedExecutionException(answer.body());
        default -> throw new IOException(answer.statusCode() + ": " + answer.body());
      };
    }

    @Override
    public int waiting() {
      return server.waiting();
    }

    @Override
    public void close() {
      client.close();
      server.close();
    }
  }
}
