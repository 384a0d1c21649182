package org.resnet4j.core.hub;

import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.resnet4j.core.hub.Patience.PassingFailure;

/**
 * One file on its way into the cache. It grows beside its final name, goes on where an earlier
 * attempt ended, and gets that name when size and hash are what the hub promised.
 */
final class BlobDownload {
  private static final int BUFFER_BYTES = 1 << 16;
  private static final int OK = 200;
  private static final int PARTIAL = 206;

  private final HubModel model;
  private final RemoteFile file;
  private final HubConnection connection;
  private final Patience patience;
  private final Path partial;
  private final Path blob;
  private final LongConsumer listener;

  /** As many bytes of this file as any attempt has had. */
  private long most;

  /**
   * Nothing is asked yet.
   *
   * @param listener hears how many bytes of the file are here
   */
  BlobDownload(
      HubModel model,
      RemoteFile file,
      HubConnection connection,
      Patience patience,
      CachedModel cache,
      LongConsumer listener) {
    this.model = model;
    this.file = file;
    this.connection = connection;
    this.patience = patience;
    this.partial = cache.partial(file.hash());
    this.blob = cache.blob(file.hash());
    this.listener = listener;
  }

  /** Fetches what is missing. */
  void run() throws HubException {
    boolean continued = size() > 0;
    String found = patience.persist(this::attempt, () -> most);
    if (continued && !isRight(found)) { // the earlier part may have been the wrong one
      found = patience.persist(this::attempt, () -> most);
    }
    if (!isRight(found)) {
      throw new HubException(
          model.toString(),
          "%s has the %s %s where the hub promised %s"
              .formatted(file.name(), file.hash().algorithm(), found, file.hash().hex()),
          "nothing of it was kept; try again, and check HF_ENDPOINT and the proxy");
    }
  }

  private boolean isRight(String found) {
    return found.equals(file.hash().hex());
  }

  /** One connection's worth, and the hash of the file that is complete then. */
  private String attempt() throws HubException, PassingFailure {
    try (Growing content = new Growing()) {
      if (content.bytes > file.bytes()) {
        content.startAgain();
      }
      if (content.bytes < file.bytes()) {
        receive(content);
      }
      String found = BlobHash.hex(content.digest);
      if (!isRight(found)) {
        Files.delete(partial);
        return found;
      }
      content.channel.force(true);
      Files.move(partial, blob, StandardCopyOption.ATOMIC_MOVE);
      return found;
    } catch (HubException e) {
      throw e;
    } catch (ClosedByInterruptException e) {
      throw connection.interrupted(e);
    } catch (IOException e) {
      throw unwritable(e);
    }
  }

  /** Appends what comes until the file is complete. */
  private void receive(Growing content) throws IOException, PassingFailure {
    HttpResponse<InputStream> answer =
        content.bytes == 0 ? connection.get(file.uri()) : connection.get(file.uri(), content.bytes);
    try (StallGuard in = new StallGuard(answer.body(), patience.stall())) {
      String encoding = answer.headers().firstValue("Content-Encoding").orElse("identity");
      if (!encoding.equals("identity")) {
        throw new HubException(
            model.toString(),
            file.name() + " comes as " + encoding + ", which was not asked for",
            "check HF_ENDPOINT and the proxy");
      }
      if (answer.statusCode() == OK) {
        content.startAgain(); // whatever was asked for, this is all of it
      } else if (content.bytes == 0 || !goesOn(answer, content.bytes)) {
        content.startAgain();
        throw passing("is not to be had from where it broke off");
      }
      byte[] buffer = new byte[BUFFER_BYTES];
      for (int count = read(in, buffer); count >= 0; count = read(in, buffer)) {
        if (count > file.bytes() - content.bytes) {
          throw new HubException(
              model.toString(),
              "%s goes on after the %s bytes that the hub promised"
                  .formatted(file.name(), file.bytes()),
              "nothing of it was kept; check HF_ENDPOINT and the proxy",
              discarded());
        }
        content.append(buffer, count);
        most = Math.max(most, content.bytes);
        listener.accept(content.bytes);
      }
    }
    if (content.bytes < file.bytes()) {
      throw passing("ends after %s of %s bytes".formatted(content.bytes, file.bytes()));
    }
  }

  private static boolean goesOn(HttpResponse<?> answer, long from) {
    String range = answer.headers().firstValue("Content-Range").orElse("");
    return answer.statusCode() == PARTIAL && range.startsWith("bytes " + from + "-");
  }

  private int read(StallGuard in, byte[] buffer) throws HubException, PassingFailure {
    try {
      return in.read(buffer, 0, buffer.length);
    } catch (IOException e) {
      if (e.getCause() instanceof InterruptedException || Thread.currentThread().isInterrupted()) {
        Thread.currentThread().interrupt();
        throw connection.interrupted(e);
      }
      throw new PassingFailure(connection.broken(file.uri(), e), Duration.ZERO);
    }
  }

  private PassingFailure passing(String cause) {
    return new PassingFailure(
        new HubException(
            model.toString(), file.name() + " " + cause, "try again: what is here already stays"),
        Duration.ZERO);
  }

  /** A full disk gets back what the file has taken of it. */
  private HubException unwritable(IOException e) {
    IOException also = discarded();
    if (also != null) {
      e.addSuppressed(also);
    }
    return new HubException(
        model.toString(),
        "%s cannot be written (%s)".formatted(partial, reason(e)),
        "make room or check the folder's permissions, or name another with HF_HOME",
        e);
  }

  private static String reason(IOException e) {
    @Nullable String reason =
        e instanceof FileSystemException known ? known.getReason() : e.getMessage();
    return reason == null ? e.getClass().getSimpleName() : reason;
  }

  private @Nullable IOException discarded() {
    try {
      Files.deleteIfExists(partial);
      return null;
    } catch (IOException e) {
      return e;
    }
  }

  private long size() throws HubException {
    try {
      return Files.exists(partial) ? Files.size(partial) : 0;
    } catch (IOException e) {
      throw unwritable(e);
    }
  }

  /** What is here of the file, and its hash. */
  private final class Growing implements AutoCloseable {
    private final FileChannel channel;
    private MessageDigest digest = file.hash().digest(file.bytes());
    private long bytes;

    Growing() throws IOException {
      if (!Files.isRegularFile(partial, LinkOption.NOFOLLOW_LINKS)) {
        Files.deleteIfExists(partial); // a link would be written through, a pipe waited for
      }
      channel =
          FileChannel.open(
              partial,
              StandardOpenOption.CREATE,
              StandardOpenOption.READ,
              StandardOpenOption.WRITE,
              LinkOption.NOFOLLOW_LINKS);
      ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
      long size = channel.size();
      while (bytes < size && channel.read(buffer) >= 0) {
        bytes += buffer.flip().remaining();
        digest.update(buffer);
        buffer.clear();
      }
    }

    void startAgain() throws IOException {
      if (bytes > 0) {
        channel.truncate(0);
      }
      digest = file.hash().digest(file.bytes());
      bytes = 0;
    }

    void append(byte[] piece, int count) throws IOException {
      ByteBuffer buffer = ByteBuffer.wrap(piece, 0, count);
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
      digest.update(piece, 0, count);
      bytes += count;
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }
}
