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
  /** How long one waits to be alone, for whom newcomers wait. */
  private static final long PATIENCE_NANOS = 10_000_000_000L;

  private static final long MILLI = 1_000_000;

  private final DecodeOptions options;
  private final Preprocessing preprocessing;
  private final Network network;

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
   * @throws ImageDecodeException if there is no sound picture, or no memory for it even alone, or
   *     beside others that take long
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
    boolean isAlone = enterAlone();
    try {
      makeRoom();
      return prepareNow(picture, reader, samples, index);
    } catch (OutOfMemoryError e) {
      throw ImageDecodeException.outOfMemory(String.valueOf(picture), e);
    } finally {
      if (isAlone) {
        leaveAlone();
      } else {
        leaveBeside();
      }
    }
  }

  /**
   * Newcomers let one go first who waits to be alone: with many threads there would hardly ever be
   * a moment when none of them is here.
   */
  private synchronized void enterBeside() throws InterruptedException {
    int before = turns;
    while (isTaken() || (waiting > 0 && turns == before)) {
      wait();
    }
    beside++;
  }

  private synchronized void leaveBeside() {
    beside--;
    notifyAll();
  }

  /**
   * Waits until nobody else is here, but not for good: a reader that is here may itself wait for a
   * picture that waits.
   *
   * @return whether this is alone; if not, it has a turn beside the others
   */
  private synchronized boolean enterAlone() throws InterruptedException {
    long end = System.nanoTime() + PATIENCE_NANOS;
    waiting++;
    try {
      long left = PATIENCE_NANOS;
      while (isTaken() || (beside > 0 && left > 0)) {
        wait(left > 0 ? left / MILLI + 1 : 0);
        left = end - System.nanoTime();
      }
      if (beside > 0) {
        beside++;
        turns++; // of patience
        return false;
      }
      alone = Thread.currentThread();
      depth++;
      return true;
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
