package org.resnet4j.core.backend;

import java.lang.foreign.MemorySegment;
import java.nio.FloatBuffer;
import org.jspecify.annotations.Nullable;
import org.resnet4j.core.tensor.SampleTable;

/**
 * The working memory of one caller at a time: a second thread that calls {@code run} meanwhile gets
 * a {@link ConcurrentUseException}, never corrupted data.
 *
 * <p>Inputs are NCHW float32 in native byte order, {@code batch * C * H * W} values; results {@code
 * batch * K} values. Buffers may be longer; what lies beyond is neither read nor written. What is
 * read and what is written must not overlap. After an exception the output's contents are
 * unspecified and the session can be used again.
 *
 * <p>A run can be cancelled: when the calling thread is interrupted or the run's {@link Deadline}
 * passes, it ends with a {@link RunCancelledException} before the next step of its plan. A device
 * finishes what has been launched on it, which may be the whole batch.
 */
public interface Session extends AutoCloseable {
  /** The largest batch this session runs. */
  int maxBatch();

  /**
   * Runs the network and returns when the output can be read.
   *
   * @param batch number of images, 1 to {@link #maxBatch}
   * @param probe sees every step's value, or null
   * @param deadline when the result is no longer wanted
   * @throws IllegalArgumentException if the batch is out of range or a buffer is too short, and
   *     names expected and actual; if the output is read-only or overlaps the input
   * @throws RunCancelledException if the calling thread is interrupted, whose interrupt status
   *     stays set, or the deadline passes
   * @throws ConcurrentUseException if another thread is running this session
   * @throws WrongThreadException if a buffer's arena is confined to another thread
   * @throws DeviceFailedException if what the backend runs on fails
   * @throws IllegalStateException if the session or its backend is closed
   */
  void run(
      int batch,
      MemorySegment input,
      MemorySegment output,
      @Nullable Probe probe,
      Deadline deadline);

  /** {@link #run(int, MemorySegment, MemorySegment, Probe, Deadline)} without a deadline. */
  default void run(int batch, MemorySegment input, MemorySegment output, @Nullable Probe probe) {
    run(batch, input, output, probe, Deadline.NONE);
  }

  /** {@link #run(int, MemorySegment, MemorySegment, Probe)} without a probe. */
  default void run(int batch, MemorySegment input, MemorySegment output) {
    run(batch, input, output, null, Deadline.NONE);
  }

  /** {@link #run(int, MemorySegment, MemorySegment)} on arrays, with a deadline. */
  default void run(int batch, float[] input, float[] output, Deadline deadline) {
    run(batch, MemorySegment.ofArray(input), MemorySegment.ofArray(output), null, deadline);
  }

  /** {@link #run(int, MemorySegment, MemorySegment)} on arrays. */
  default void run(int batch, float[] input, float[] output) {
    run(batch, input, output, Deadline.NONE);
  }

  /**
   * {@link #run(int, MemorySegment, MemorySegment)} from position to limit of two buffers, whose
   * positions stay where they are.
   *
   * @throws IllegalArgumentException also if a buffer is a view of bytes in foreign order, such as
   *     that of a {@link java.nio.ByteBuffer} whose order was never set
   */
  default void run(int batch, FloatBuffer input, FloatBuffer output) {
    SessionGuard.checkOrder("input", input);
    SessionGuard.checkOrder("output", output);
    run(batch, MemorySegment.ofBuffer(input), MemorySegment.ofBuffer(output), null);
  }

  /**
   * Runs the network on pictures as they are decoded, one byte a sample, which a backend may take
   * to its device a quarter of the size. The result has the bits that {@link #run} gives for {@link
   * SampleTable#read}'s values.
   *
   * @param batch number of images, 1 to {@link #maxBatch}
   * @param samples {@code batch * H * W * C} bytes, NHWC: row by row, the channels of a pixel
   *     beside each other
   * @param table what the samples mean, for C channels
   * @param deadline when the result is no longer wanted
   * @throws IllegalArgumentException if the batch is out of range, a buffer is too short, or the
   *     table is for other channels, and names expected and actual; if the output is read-only or
   *     overlaps the samples
   * @throws RunCancelledException if the calling thread is interrupted, whose interrupt status
   *     stays set, or the deadline passes
   * @throws ConcurrentUseException if another thread is running this session
   * @throws WrongThreadException if a buffer's arena is confined to another thread
   * @throws DeviceFailedException if what the backend runs on fails
   * @throws IllegalStateException if the session or its backend is closed
   */
  void runSamples(
      int batch, MemorySegment samples, SampleTable table, MemorySegment output, Deadline deadline);

  /**
   * {@link #runSamples(int, MemorySegment, SampleTable, MemorySegment, Deadline)} without a
   * deadline.
   */
  default void runSamples(
      int batch, MemorySegment samples, SampleTable table, MemorySegment output) {
    runSamples(batch, samples, table, output, Deadline.NONE);
  }

  /** {@link #runSamples(int, MemorySegment, SampleTable, MemorySegment, Deadline)} on arrays. */
  default void runSamples(
      int batch, byte[] samples, SampleTable table, float[] output, Deadline deadline) {
    runSamples(
        batch, MemorySegment.ofArray(samples), table, MemorySegment.ofArray(output), deadline);
  }

  /** {@link #runSamples(int, MemorySegment, SampleTable, MemorySegment)} on arrays. */
  default void runSamples(int batch, byte[] samples, SampleTable table, float[] output) {
    runSamples(batch, samples, table, output, Deadline.NONE);
  }

  /**
   * Releases the working memory, at once or when the run in flight ends: it is free then although
   * somebody may keep the session. Idempotent.
   */
  @Override
  void close();
}
