package org.resnet4j.serve;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.resnet4j.core.backend.Deadline;
import org.resnet4j.core.backend.Plan;
import org.resnet4j.core.backend.RunCancelledException;
import org.resnet4j.core.backend.Session;

/**
 * Runs a network on tensors of many callers, one request after the other, the first to come first:
 * a run has all of the backend's threads. Thread-safe.
 */
final class Tensors implements AutoCloseable {
  private final Session session;
  private final int outputSize;
  private final ThreadPoolExecutor runner;

  /**
   * @param plan outlives this
   * @param mostWaiting requests that wait while one runs
   */
  Tensors(Plan plan, int maxBatch, int mostWaiting) {
    this.session = plan.newSession(maxBatch);
    this.outputSize = Math.toIntExact(plan.outputShape().size());
    // The network does not run on virtual threads' carriers, which would answer nobody meanwhile.
    this.runner =
        new ThreadPoolExecutor(
            1,
            1,
            0,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(mostWaiting),
            Thread.ofPlatform().daemon().name("resnet4j-tensors-", 0).factory());
  }

  /**
   * Runs a batch, after those that came before.
   *
   * @param values NCHW, of {@code batch} images
   * @return the outputs of each image
   * @throws RequestException 503 if too many wait, 504 if the deadline passes, 500 if an output is
   *     not finite
   */
  float[] run(int batch, float[] values, Deadline deadline)
      throws RequestException, InterruptedException {
    float[] outputs = new float[batch * outputSize];
    Future<?> run;
    try {
      run = runner.submit(() -> session.run(batch, values, outputs, deadline));
    } catch (RejectedExecutionException _) {
      throw new RequestException(
          RequestException.UNAVAILABLE, "too many requests are waiting; come again later");
    }
    try {
      run.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RunCancelledException) {
        throw new RequestException(RequestException.TIMED_OUT, "the time for it has passed");
      }
      throw new IllegalStateException(e.getCause());
    }
    for (float output : outputs) {
      if (!Float.isFinite(output)) {
        throw new RequestException(
            RequestException.INTERNAL,
            "the network's output is not finite; check the input and the weights");
      }
    }
    return outputs;
  }

  /** How many requests wait for the one that runs. */
  int waiting() {
    return runner.getQueue().size();
  }

  /** Returns when what runs and waits is done. */
  @Override
  public void close() {
    runner.close();
    session.close();
  }
}
