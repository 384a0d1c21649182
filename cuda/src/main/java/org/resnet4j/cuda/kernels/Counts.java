package org.resnet4j.cuda.kernels;

import java.util.function.Supplier;

/** Checks of sizes. Stateless. */
final class Counts {
  private Counts() {}

  static void positive(int... counts) {
    for (int count : counts) {
      require(count > 0, () -> "a size of " + count);
    }
  }

  /** Checks that the counts' product is an int. */
  static void product(int... counts) {
    long product = 1;
    for (int count : counts) {
      product *= count;
      if (product > Integer.MAX_VALUE) {
        throw new IllegalArgumentException(product + " rows or more");
      }
    }
  }

  static void require(boolean fact, Supplier<String> complaint) {
    if (!fact) {
      throw new IllegalArgumentException(complaint.get());
    }
  }
}
