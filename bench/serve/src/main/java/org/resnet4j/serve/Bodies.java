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
   * @throws RequestException 413 if it is too long, 503 if others' leave no room for it
   * @throws IOException if it cannot be read
   */
  <T> T use(HttpExchange exchange, Use<T> use)
      throws IOException, RequestException, InterruptedException {
    requireShort(exchange);
    Limited body = new Limited(exchange.getRequestBody());
    try {
      return use.of(body);
    } catch (LimitException e) {
      throw refused(e);
    } catch (JacksonIOException e) { // which the JSON reader makes of what its stream throws
      if (e.getCause() instanceof LimitException limit) {
        throw refused(limit);
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

  private RequestException refused(LimitException e) {
    return e.tooLong
        ? tooLong()
        : new RequestException(
            RequestException.UNAVAILABLE,
            "other requests fill the memory for them; come again later");
  }

  private RequestException tooLong() {
    return new RequestException(
        RequestException.TOO_LARGE,
        "the body has more than %s bytes; send less at once".formatted(most));
  }

  /** The body is longer than may be, or than there is room for. */
  private static final class LimitException extends IOException {
    private static final long serialVersionUID = 1L;

    final boolean tooLong;

    LimitException(boolean tooLong) {
      this.tooLong = tooLong;
    }
  }

  /** Takes room for what has come, whatever was announced; throws where there is no more. */
  private final class Limited extends FilterInputStream {
    private long count;
    private int units;

    Limited(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      int value = super.read();
      if (value >= 0) {
        count(1);
      }
      return value;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      int read = super.read(into, offset, length);
      if (read > 0) {
        count(read);
      }
      return read;
    }

    private void count(int read) throws LimitException {
      count += read;
      if (count > most) {
        throw new LimitException(true);
      }
      int more = (int) (units(count) - units);
      if (more > 0) {
        if (!room.tryAcquire(more)) {
          throw new LimitException(false);
        }
        units += more;
      }
    }

    /** The exchange's end closes it. */
    @Override
    public void close() {}
  }
}
