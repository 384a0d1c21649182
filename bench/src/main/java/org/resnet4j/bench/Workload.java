package org.resnet4j.bench;

import org.resnet4j.core.backend.InsufficientMemoryException;
import org.resnet4j.core.model.ResNet;
import org.resnet4j.core.model.ResNets;
import org.resnet4j.core.weights.WeightSource;

/**
 * How much is to run at once, as two options say.
 *
 * @param batch pictures in a run
 * @param size of each
 */
record Workload(int batch, Size size) {
  /** What some JVMs' largest array lacks of 2^31 - 1. */
  private static final long MAX_ARRAY = Integer.MAX_VALUE - 8;

  /**
   * Refuses what cannot run, before anything of it is made: pictures beyond an array, or pictures
   * and, on the CPU, activations beyond the heap.
   *
   * @param onCpu whether activations lie in the heap
   */
  void check(String model, boolean onCpu) throws CommandException {
    long image = 3L * size.height() * size.width();
    if (image > MAX_ARRAY / batch) {
      throw refused(
          "its pictures have %s values each, and an array holds %s of all"
              .formatted(Units.grouped(image), Units.grouped(MAX_ARRAY)));
    }
    long floats = batch * image;
    long bytes = floats * Float.BYTES;
    if (onCpu) {
      bytes =
          Math.addExact(
              bytes,
              Math.multiplyExact(
                  batch,
                  ActivationBytes.of(
                          ResNet.build(
                              ResNets.named(model), size.height(), size.width(), WeightSource.META))
                      .planned()));
    }
    long heap = Runtime.getRuntime().maxMemory();
    if (bytes > heap) {
      throw refused(
          "a run needs %s, and the heap has %s".formatted(Units.bytes(bytes), Units.bytes(heap)));
    }
  }

  /** What a backend says that has not found the memory. */
  CommandException refused(InsufficientMemoryException e) {
    return refused(String.valueOf(e.getMessage()));
  }

  private CommandException refused(String cause) {
    return new CommandException(
        "--batch %s --size %sx%s".formatted(batch, size.height(), size.width()),
        cause,
        "choose less of one of them");
  }
}
