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
    int units = (int) Math.min(Integer.MAX_VALUE, units(announced(exchange)));
    if (!room.tryAcquire(units)) {
      throw new RequestException(
          RequestException.UNAVAILABLE,
          "other requests fill the memory for them; come again later");
    }
    try (Limited body = new Limited(exchange.getRequestBody(), most)) {
      return use.of(body);
    } catch (TooLongException _) {
      throw tooLong();
    } catch (JacksonIOException e) { // which the JSON reader makes of what its stream throws
      if (e.getCause() instanceof TooLongException) {
        throw tooLong();
      }
      throw e;
    } finally {
      room.release(units);
    }
  }

  /** Its length, or the most that it may have if it comes in chunks. */
  private long announced(HttpExchange exchange) throws RequestException {
    String length = exchange.getRequestHeaders().getFirst("Content-Length");
    if (length == null) {
      return most;
    }
    long bytes = Long.parseLong(length.strip()); // the server has refused what is no number
    if (bytes > most) {
      throw tooLong();
    }
    return bytes;
  }

  private RequestException tooLong() {
    return new RequestException(
        RequestException.TOO_LARGE,
        "the body has more than %s bytes; send less at once".formatted(most));
  }

  /** The body is longer than may be. */
  private static final class TooLongException extends IOException {
    private static final long serialVersionUID = 1L;
  }

  /** Throws where the limit is passed. */
  private static final class Limited extends FilterInputStream {
    private long left;

    Limited(InputStream in, long most) {
      super(in);
      this.left = most;
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

    private void count(int read) throws TooLongException {
      left -= read;
      if (left < 0) {
        throw new TooLongException();
      }
    }

    /** The exchange's end closes it. */
    @Override
    public void close() {}
  }
}
