package org.resnet4j.simd.kernel.layout;

/** How a kernel spreads its work over threads. */
public interface Parallel {
  /** Everything on the calling thread. */
  Parallel SERIAL =
      new Parallel() {
        @Override
        public int threads() {
          return 1;
        }

        @Override
        public void run(int items, Task task) {
          for (int item = 0; item < items; item++) {
            task.run(item, 0);
          }
        }
      };

  /** One piece of work; called from several threads at once, each item exactly once. */
  @FunctionalInterface
  interface Task {
    /**
     * Does item {@code item}.
     *
     * @param worker which thread runs it, 0 to {@link #threads} - 1; no two items run with the same
     *     worker at the same time
     */
    void run(int item, int worker);
  }

  /** The largest number of threads that work at once. */
  int threads();

  /**
   * Runs items 0 to {@code items - 1} in any order. Returns, or throws the first exception or error
   * of an item, when no item runs any more; after a throw some items may not have run.
   *
   * @param items how many, 0 or more
   */
  void run(int items, Task task);
}
