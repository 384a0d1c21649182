package org.resnet4j.core.backend;

/**
 * How a backend decides which of several algorithms computes a convolution. A backend that has one
 * only, or decides in a way of its own, ignores it.
 */
public enum AlgorithmChoice {
  /**
   * By the convolution's shape and the kind of processor: results have the same bits on all
   * machines of a kind, with any number of threads.
   */
  BY_SHAPE,
  /**
   * By the convolution's shape alone: the same bits on every processor that multiplies and adds
   * with one rounding, and not the fastest choice on each. For {@link Precision#FP32}.
   */
  PORTABLE,
  /**
   * By time: {@link Backend#compile} times the algorithms on this machine, unless an earlier
   * process has left its measurements in the user's cache directory. This takes some seconds for
   * each distinct convolution that has several, and other work at the time disturbs it.
   *
   * <p>It gives up reproducible bits: algorithms round differently, and the fastest may be another
   * one on another machine, with another number of threads, even in another run. Within one plan
   * results still depend on neither batch nor position, and accuracy stays within the same gates.
   */
  MEASURED
}
