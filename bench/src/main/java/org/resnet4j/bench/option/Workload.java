package org.resnet4j.bench.option;

import org.resnet4j.bench.failure.CommandException;
import org.resnet4j.bench.screen.Units;
import org.resnet4j.core.backend.InsufficientMemoryException;
import org.resnet4j.core.tensor.Shape;

/**
 * How much is to run at once.
 *
 * @param subject the network and the size of its pictures
 * @param batch pictures in a run
 * @param sized whether their size can be chosen
 */
public record Workload(Subject subject, int batch, boolean sized) {
  /** What some JVMs' largest array lacks of 2^31 - 1. */
  private static final long MAX_ARRAY = Integer.MAX_VALUE - 8;

  /** Of a size that can be chosen. */
  public Workload(Subject subject, int batch) {
    this(subject, batch, true);
  }

  /**
   * Refuses what cannot run, before anything of it is made: pictures beyond an array, or pictures
   * and, on the CPU, activations beyond the heap.
   *
   * @param onCpu whether activations lie in the heap
   */
  public void check(boolean onCpu) throws CommandException {
    long image = subject.outline().inputShape().size();
    if (image > MAX_ARRAY / batch) {
      throw refused(beyondArray(image));
    }
    long floats = batch * image;
    long bytes = floats * Float.BYTES;
    if (onCpu) {
      bytes =
          Math.addExact(
              bytes, Math.multiplyExact(batch, ActivationBytes.of(subject.outline()).planned()));
    }
    long heap = Runtime.getRuntime().maxMemory();
    if (bytes > heap) {
      throw refused(
          "a run needs %s, and the heap has %s".formatted(Units.bytes(bytes), Units.bytes(heap)));
    }
  }

  /**
   * Refuses pictures beyond an array, whatever machine is to run them.
   *
   * @param picture the network's input
   */
  public static void requireArray(Shape picture, int batch) throws CommandException {
    if (picture.size() > MAX_ARRAY / batch) {
      throw new CommandException(
          "--batch " + batch, beyondArray(picture.size()), "choose a smaller batch");
    }
  }

  private static String beyondArray(long image) {
    return "its pictures have %s values each, and an array holds %s of all"
        .formatted(Units.grouped(image), Units.grouped(MAX_ARRAY));
  }

  /** What a backend says that has not found the memory. */
  public CommandException refused(InsufficientMemoryException e) {
    return refused(String.valueOf(e.getMessage()));
  }

  private CommandException refused(String cause) {
    return sized
        ? new CommandException(
            "--batch " + batch + " --size " + subject.size(), cause, "choose less of one of them")
        : new CommandException("--batch " + batch, cause, "choose a smaller batch");
  }
}
