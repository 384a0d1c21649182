package org.resnet4j.spark.command;

import java.time.Duration;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.scheduler.SparkListenerTaskStart;

/**
 * The tasks that run. Spark tells of a job's end before they have ended: of those beside the one
 * that failed, and of the slower copy of one that was run twice.
 */
final class RunningTasks extends SparkListener implements AutoCloseable {
  private final SparkContext spark;
  private int running;
  private int marks;

  private RunningTasks(SparkContext spark) {
    this.spark = spark;
  }

  /** Counts from here on. */
  static RunningTasks of(SparkContext spark) {
    RunningTasks tasks = new RunningTasks(spark);
    spark.addSparkListener(tasks);
    return tasks;
  }

  @Override
  public synchronized void onTaskStart(SparkListenerTaskStart start) {
    running++;
  }

  @Override
  public synchronized void onTaskEnd(SparkListenerTaskEnd end) {
    running--;
    notifyAll();
  }

  @Override
  public synchronized void onJobStart(SparkListenerJobStart start) {
    if (start.stageInfos().isEmpty()) {
      marks++;
      notifyAll();
    }
  }

  /**
   * Waits until there are none.
   *
   * @param limit of waiting, after which some may run yet
   */
  void awaitNone(Duration limit) {
    long end = System.nanoTime() + limit.toNanos();
    int mark = marks() + 1;
    try {
      JavaSparkContext.fromSparkContext(spark).emptyRDD().count();
    } catch (IllegalStateException _) {
      return; // it has been stopped, and tells nothing more
    }
    awaitNone(mark, end);
  }

  /** Ends the jobs, and waits as {@link #awaitNone} does. */
  void cancel(Duration limit) {
    try {
      spark.cancelAllJobs();
    } catch (IllegalStateException _) {
      return; // it has been stopped
    }
    awaitNone(limit);
  }

  /** Counts no more. */
  @Override
  public void close() {
    spark.removeSparkListener(this);
  }

  private synchronized int marks() {
    return marks;
  }

  /** Events come later than what they tell of, but in order: a job of no stage marks a place. */
  private synchronized void awaitNone(int mark, long end) {
    boolean interrupted = false;
    long left = end - System.nanoTime();
    while ((marks < mark || running > 0) && left > 0) {
      try {
        wait(Math.max(1, left / 1_000_000));
      } catch (InterruptedException _) {
        interrupted = true;
      }
      left = end - System.nanoTime();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
