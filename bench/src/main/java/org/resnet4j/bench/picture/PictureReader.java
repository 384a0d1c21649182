package org.resnet4j.bench.picture;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadFactory;
import org.resnet4j.bench.option.Inputs;
import org.resnet4j.core.image.DecodeOptions;
import org.resnet4j.core.image.ImageDecodeException;
import org.resnet4j.core.image.ImageDecoder;
import org.resnet4j.core.image.RgbImage;

/** Decodes pictures one batch ahead of whoever consumes them. For one consumer thread. */
public final class PictureReader implements AutoCloseable {
  /** Large photos make small batches, so that two of them leave most of the heap free. */
  private static final long BATCH_BYTES = Runtime.getRuntime().maxMemory() / 16;

  /** One file's outcome. */
  public sealed interface Picture {}

  /**
   * A sound picture.
   *
   * @param millis what reading and decoding took
   */
  public record Decoded(Path file, RgbImage image, double millis) implements Picture {}

  /** A file that is no sound picture. */
  public record Refused(Path file, ImageDecodeException cause) implements Picture {}

  private final List<Path> files;
  private final DecodeOptions options;
  private final int batch;
  private final int threads;
  private final ExecutorService decoders;
  private final ExecutorService ahead;
  private int position;
  private Future<List<Picture>> next;

  /**
   * Starts reading.
   *
   * @param batch how many pictures {@link #next} returns at most
   */
  public PictureReader(List<Path> files, DecodeOptions options, int batch) {
    this.files = files;
    this.options = options;
    this.batch = batch;
    this.threads = Math.min(batch, Runtime.getRuntime().availableProcessors());
    ThreadFactory daemons = Thread.ofPlatform().daemon().name("resnet4j-decode-", 0).factory();
    this.decoders = Executors.newFixedThreadPool(threads, daemons);
    this.ahead = Executors.newSingleThreadExecutor(daemons);
    this.next = ahead.submit(this::decodeBatch);
  }

  /** The next pictures in the files' order, none at the end. */
  public List<Picture> next() throws InterruptedException {
    List<Picture> pictures = result(next);
    next = ahead.submit(this::decodeBatch);
    return pictures;
  }

  private List<Picture> decodeBatch() throws InterruptedException {
    List<Picture> pictures = new ArrayList<>();
    long bytes = 0;
    while (position < files.size() && pictures.size() < batch && bytes < BATCH_BYTES) {
      int room = Math.min(threads, batch - pictures.size());
      int end = Math.min(position + room, files.size());
      List<Callable<Picture>> tasks = new ArrayList<>();
      files.subList(position, end).forEach(file -> tasks.add(() -> decode(file)));
      for (Future<Picture> decoded : decoders.invokeAll(tasks)) {
        Picture picture = retriedAlone(result(decoded));
        bytes += picture instanceof Decoded sound ? sound.image().data().length : 0;
        pictures.add(picture);
      }
      position = end;
    }
    return pictures;
  }

  /** What found too little memory beside others is decoded again; the others have ended. */
  private Picture retriedAlone(Picture picture) {
    return picture instanceof Refused refused
            && threads > 1
            && refused.cause().isOutOfMemory()
            && !refused.file().equals(Inputs.STANDARD_INPUT) // which cannot be read again
        ? decode(refused.file())
        : picture;
  }

  private Picture decode(Path file) {
    long start = System.nanoTime();
    try {
      RgbImage image =
          file.equals(Inputs.STANDARD_INPUT)
              ? ImageDecoder.decode(System.in, "standard input", options)
              : ImageDecoder.decode(file, options);
      return new Decoded(file, image, (System.nanoTime() - start) / 1e6);
    } catch (ImageDecodeException e) {
      return new Refused(file, e);
    }
  }

  private static <T> T result(Future<T> future) throws InterruptedException {
    try {
      return future.get();
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case Error error -> throw error;
        case RuntimeException failure -> throw failure;
        case null, default -> throw new IllegalStateException(e);
      }
    }
  }

  @Override
  public void close() {
    ahead.shutdownNow();
    decoders.shutdownNow();
  }
}
