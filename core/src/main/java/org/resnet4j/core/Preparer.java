package org.resnet4j.core;

import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
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
  private final SessionPool sessions;

  /** Read by those who work beside others, written by one who works alone. */
  private final ReadWriteLock turns = new ReentrantReadWriteLock();

  /**
   * @param sessions of which those that nobody uses make room
   */
  Preparer(DecodeOptions options, Preprocessing preprocessing, SessionPool sessions) {
    this.options = options;
    this.preprocessing = preprocessing;
    this.sessions = sessions;
  }

  /**
   * Decodes and crops a picture.
   *
   * @param samples receive it as the picture at {@code index} of their batch
   * @return what it took, so far
   */
  <S> Classification.Timing prepare(
      S picture, PictureReader<? super S> reader, byte[] samples, int index)
      throws ImageDecodeException {
    turns.readLock().lock();
    try {
      return prepareNow(picture, reader, samples, index);
    } catch (ImageDecodeException e) {
      if (!e.isOutOfMemory()) {
        throw e;
      }
    } catch (OutOfMemoryError _) {
      // The same, in the resizing.
    } finally {
      turns.readLock().unlock();
    }
    turns.writeLock().lock();
    try {
      sessions.giveUpIdle();
      return prepareNow(picture, reader, samples, index);
    } finally {
      turns.writeLock().unlock();
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
