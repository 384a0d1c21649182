package org.resnet4j.serve;

import com.sun.net.httpserver.HttpExchange;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.Semaphore;
import tools.jackson.core.exc.JacksonIOException;

/** Requests' bodies, bounded each and together. Thread-safe. */
final class Bodies {
  private static final int UNIT = 1024;

  private final long most;
  private final Semaphore room;

  /**
   * @param most bytes of one
   * @param all bytes of all that are read at once; if less than {@code most}, that many
   */
  Bodies(long most, long all) {
    this.most = most;
    this.room = new Semaphore((int) Math.min(Integer.MAX_VALUE, units(Math.max(most, all))));
  }

  private static long units(long bytes) {
    return bytes / UNIT + 1;
  }

  /** What is made of a body while there is room for it. */
  @FunctionalInterface
  interface Use<T> {
    /** Reads the body; an exception of the stream's tells that it is too long. */
    T of(InputStream body) throws IOException, RequestException, InterruptedException;
  }

  /**
   * Makes something of a body.
   *
   * @throws RequestException 413 if it is too long, 503 if others' leave no room for it, 400 if it
   *     breaks off or its chunks are none, which who has only ended to send may still hear
   * @throws IOException as {@code use} does
   */
  <T> T use(HttpExchange exchange, Use<T> use)
      throws IOException, RequestException, InterruptedException {
    requireShort(exchange);
    Limited body = new Limited(exchange);
    try {
      return use.of(body);
    } catch (RefusedException e) {
      throw e.refusal;
    } catch (JacksonIOException e) { // which the JSON reader makes of what its stream throws
      if (e.getCause() instanceof RefusedException refused) {
        throw refused.refusal;
      }
      throw e;
    } finally {
      room.release(body.units);
    }
  }

  /** If its length is announced. */
  private void requireShort(HttpExchange exchange) throws RequestException {
    String length = exchange.getRequestHeaders().getFirst("Content-Length");
    if (length != null && Long.parseLong(length.strip()) > most) { // the server has refused others
      throw tooLong();
    }
  }

  private RequestException tooLong() {
    return new RequestException(
        RequestException.TOO_LARGE,
        "the body has more than %s bytes; send less at once".formatted(most));
  }

  /** Passes through who reads the body. */
  private static final class RefusedException extends IOException {
    private static final long serialVersionUID = 1L;

    final RequestException refusal;

    RefusedException(RequestException refusal) {
      super(refusal);
      this.refusal = refusal;
    }
  }

  /** Takes room for what has come, whatever was announced; throws where there is no more. */
  private final class Limited extends FilterInputStream {
    private final HttpExchange exchange;
    private long count;
    private int units;

    Limited(HttpExchange exchange) {
      super(exchange.getRequestBody());
      this.exchange = exchange;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      int read;
      try {
        read = super.read(into, offset, length);
      } catch (IOException | IndexOutOfBoundsException e) {
        // The JDK counts in 32 bits what a chunk says it has, and reads beyond its array then.
        // Nobody knows where another request would begin.
        exchange.getResponseHeaders().set("Connection", "close");
        throw new RefusedException(
            RequestException.bad(
                "the body breaks off, is not in the chunks that it says, or has a trailer, which is"
                    + " not built"
                    + (e instanceof IOException ? ": " + e.getMessage() : "")));
      }
      if (read > 0) {
        count(read);
      }
      return read;
    }

    private void count(int read) throws RefusedException {
      count += read;
      if (count > most) {
        throw new RefusedException(tooLong());
      }
      int more = (int) (units(count) - units);
      if (more > 0) {
        if (!room.tryAcquire(more)) {
          throw new RefusedException(
              new RequestException(
                  RequestException.UNAVAILABLE,
                  "other requests fill the memory for them; come again later"));
        }
        units += more;
      }
    }

    /** The exchange's end closes it. */
    @Override
    public void close() {}
  }
}
