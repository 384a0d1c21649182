package org.resnet4j.core;

import org.jspecify.annotations.Nullable;
import org.resnet4j.core.image.DecodeOptions;
import org.resnet4j.core.image.ImageDecodeException;
import org.resnet4j.core.image.Preprocessing;
import org.resnet4j.core.image.RgbImage;

/**
 * From what stands for pictures to a network's samples, on any number of threads: beside each other
 * or, where memory does not suffice for that, alone. Thread-safe.
 */
final class Preparer {
  private final DecodeOptions options;
  private final Preprocessing preprocessing;
  private final Network network;

  /** How long newcomers let those go first who wait to be alone. */
  private static final long PATIENCE_NANOS = 1_000_000_000;

  private static final long MILLI = 1_000_000;

  // Guarded by this. A ReadWriteLock allocates to lock, and keeps what it then cannot give back.
  private int beside;
  private int waiting;
  private int turns;
  private int depth;
  private @Nullable Thread alone;

  /**
   * @param network whose sessions make room if nobody uses them
   */
  Preparer(DecodeOptions options, Network network) {
    this.options = options;
    this.preprocessing = network.model().preprocessing();
    this.network = network;
  }

  /**
   * Decodes and crops a picture.
   *
   * @param samples receive it as the picture at {@code index} of their batch
   * @return what it took, so far
   * @throws ImageDecodeException if there is no sound picture, or no memory for it even alone
   * @throws InterruptedException if the calling thread is interrupted while others are at it
   */
  <S> Classification.Timing prepare(
      S picture, PictureReader<? super S> reader, byte[] samples, int index)
      throws ImageDecodeException, InterruptedException {
    enterBeside();
    try {
      return prepareNow(picture, reader, samples, index);
    } catch (ImageDecodeException e) {
      if (!e.isOutOfMemory()) {
        throw e;
      }
    } catch (OutOfMemoryError _) {
      // The same, in the resizing or in the caller's own reader.
    } finally {
      leaveBeside();
    }
    enterAlone();
    try {
      makeRoom();
      return prepareNow(picture, reader, samples, index);
    } catch (OutOfMemoryError e) {
      throw ImageDecodeException.outOfMemory(String.valueOf(picture), e);
    } finally {
      leaveAlone();
    }
  }

  /**
   * Newcomers let one go first who waits to be alone: with many threads there would hardly ever be
   * a moment when none of them is here. But not for long, as a reader that is here may itself
   * classify a picture.
   */
  private synchronized void enterBeside() throws InterruptedException {
    int before = turns;
    long end = System.nanoTime() + PATIENCE_NANOS;
    while (isTaken() || (waiting > 0 && turns == before && System.nanoTime() < end)) {
      wait(isTaken() ? 0 : Math.max(1, (end - System.nanoTime()) / MILLI));
    }
    beside++;
  }

  private synchronized void leaveBeside() {
    beside--;
    notifyAll();
  }

  private synchronized void enterAlone() throws InterruptedException {
    waiting++;
    try {
      while (isTaken() || beside > 0) {
        wait();
      }
      alone = Thread.currentThread();
      depth++;
    } finally {
      waiting--;
      notifyAll();
    }
  }

  private synchronized void leaveAlone() {
    depth--;
    if (depth == 0) {
      alone = null;
      turns++;
      notifyAll();
    }
  }

  /** By another thread, which is alone. */
  private boolean isTaken() {
    return alone != null && alone != Thread.currentThread();
  }

  private void makeRoom() {
    if (network.tryEnter()) { // else whoever closed it releases them
      try {
        network.giveUpIdle();
      } finally {
        network.leave();
      }
    }
  }

  private <S> Classification.Timing prepareNow(
      S picture, PictureReader<? super S> reader, byte[] samples, int index)
      throws ImageDecodeException {
    long start = System.nanoTime();
    RgbImage image = reader.read(picture, options);
    long decoded = System.nanoTime();
    preprocessing.crop(image, samples, index * preprocessing.size());
    double cropMillis = (System.nanoTime() - decoded) / 1e6;
    return new Classification.Timing((decoded - start) / 1e6, cropMillis, 0);
  }
}
