package org.resnet4j.core.weights.content;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import java.util.Optional;
import org.resnet4j.core.weights.WeightsFileException;
import org.resnet4j.core.weights.WeightsFileException.Code;

/**
 * A file read by plain positional reads into one small buffer. It is never mapped: a mapped file
 * that another process cuts short kills the JVM.
 */
public record FileContent(Path file, BasicFileAttributes attributes, Faults faults)
    implements Content {
  public static FileContent of(Path file) throws WeightsFileException {
    Faults faults = new Faults(file.toString());
    BasicFileAttributes attributes;
    try {
      attributes = Files.readAttributes(file, BasicFileAttributes.class);
    } catch (IOException e) {
      throw unreadable(faults, e);
    }
    // Opening a FIFO or a device could block for ever, so only regular files are opened.
    if (!attributes.isRegularFile()) {
      String what = attributes.isDirectory() ? "is a directory" : "is not a regular file";
      throw faults.of(Code.UNREADABLE, what);
    }
    return new FileContent(file, attributes, faults);
  }

  @Override
  public String description() {
    return file.toString();
  }

  @Override
  public Optional<Path> path() {
    return Optional.of(file);
  }

  @Override
  public long size() {
    return attributes.size();
  }

  @Override
  public Access access() throws WeightsFileException {
    requireSame();
    try {
      return new ChannelAccess(this, FileChannel.open(file, StandardOpenOption.READ));
    } catch (IOException e) {
      throw unreadable(faults, e);
    }
  }

  private void requireSame() throws WeightsFileException {
    BasicFileAttributes now;
    try {
      now = Files.readAttributes(file, BasicFileAttributes.class);
    } catch (NoSuchFileException e) {
      throw faults.of(Code.WEIGHTS_CHANGED, "was deleted after its header was read", e);
    } catch (IOException e) {
      throw unreadable(faults, e);
    }
    if (now.size() != size()
        || !now.isRegularFile()
        || !now.lastModifiedTime().equals(attributes.lastModifiedTime())
        || !Objects.equals(now.fileKey(), attributes.fileKey())) {
      throw faults.of(Code.WEIGHTS_CHANGED, "changed after its header was read");
    }
  }

  private static WeightsFileException unreadable(Faults faults, IOException e) {
    if (e instanceof ClosedByInterruptException) {
      return faults.of(Code.INTERRUPTED, "the thread that reads it was interrupted", e);
    }
    String problem =
        switch (e) {
          case NoSuchFileException _ -> "no such file";
          case AccessDeniedException _ -> "permission denied";
          default -> "cannot be read: " + e;
        };
    return faults.of(Code.UNREADABLE, problem, e);
  }

  private static final class ChannelAccess implements Access {
    private final FileContent content;
    private final FileChannel channel;
    private final Arena arena = Arena.ofConfined();
    private final MemorySegment chunk = arena.allocate(CHUNK_BYTES, Long.BYTES);

    ChannelAccess(FileContent content, FileChannel channel) {
      this.content = content;
      this.channel = channel;
    }

    @Override
    public MemorySegment bytes(long position, int length) throws WeightsFileException {
      MemorySegment slice = chunk.asSlice(0, length);
      ByteBuffer buffer = slice.asByteBuffer();
      try {
        while (buffer.hasRemaining()) {
          if (channel.read(buffer, position + buffer.position()) < 0) {
            throw content.faults.of(Code.WEIGHTS_CHANGED, "was cut short while it was read");
          }
        }
      } catch (WeightsFileException e) {
        throw e;
      } catch (IOException e) {
        throw unreadable(content.faults, e);
      }
      return slice;
    }

    @Override
    public void checkUnchanged() throws WeightsFileException {
      content.requireSame();
    }

    @Override
    public void close() throws WeightsFileException {
      arena.close();
      try {
        channel.close();
      } catch (IOException e) {
        throw unreadable(content.faults, e);
      }
    }
  }
}
