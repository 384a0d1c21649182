package org.resnet4j.simd;

import java.util.Set;
import org.resnet4j.core.backend.BackendOptions;
import org.resnet4j.simd.kernel.ConvAlgorithms;
import org.resnet4j.simd.kernel.conv.ConvAlgorithm;
import org.resnet4j.simd.kernel.conv.ConvShape;
import org.resnet4j.simd.machine.MachineModel;
import org.resnet4j.simd.machine.VectorWidth;

/** Decides which algorithm computes a convolution whose input lies in blocks. Thread-safe. */
sealed interface AlgorithmChooser permits AlgorithmChooser.ByShape, MeasuredAlgorithms {
  /** The algorithm for a shape; one that can compute it. */
  ConvAlgorithm choose(ConvShape shape);

  /** Decides for shapes that are going to be asked for, and says how far it is. */
  void prepare(Set<ConvShape> shapes);

  /** The chooser of a backend whose kernels have this width and run on this pool. */
  static AlgorithmChooser of(
      BackendOptions options, MachineModel machine, VectorWidth width, WorkerPool pool) {
    return switch (options.algorithms()) {
      case BY_SHAPE -> new ByShape(machine);
      case PORTABLE -> new ByShape(MachineModel.PORTABLE);
      case MEASURED ->
          new MeasuredAlgorithms(
              new AlgorithmCache(
                  AlgorithmCacheFile.current(), Conditions.current(width, pool.threads())),
              new KernelTimer(width, pool),
              machine,
              options.tuning());
    };
  }

  /**
   * The choice that is part of the numeric contract.
   *
   * @param machine the kind of processor it is made for
   */
  record ByShape(MachineModel machine) implements AlgorithmChooser {
    @Override
    public ConvAlgorithm choose(ConvShape shape) {
      return ConvAlgorithms.chooseBlocked(shape, machine);
    }

    /** Nothing: a choice takes no time. */
    @Override
    public void prepare(Set<ConvShape> shapes) {}
  }
}
