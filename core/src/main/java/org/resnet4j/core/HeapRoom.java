package org.resnet4j.core;

/**
 * What calls need of the heap beside the sessions' working memory: for decoding and preprocessing.
 */
final class HeapRoom {
  /** Of the heap, this part stays free of all sessions but the first. */
  private static final int PART = 6;

  private static final long MAX = 256 << 20;

  private HeapRoom() {}

  /** Whether less is free than is to stay so. */
  static boolean isShort() {
    if (free() >= reserve()) {
      return false;
    }
    Runtime.getRuntime().gc(); // garbage would count as used
    return free() < reserve();
  }

  /** How many bytes are free, of those that are not in use and of those not taken yet. */
  static long free() {
    Runtime runtime = Runtime.getRuntime();
    return runtime.maxMemory() - runtime.totalMemory() + runtime.freeMemory();
  }

  /** How many bytes are to stay free. */
  static long reserve() {
    return Math.min(MAX, Runtime.getRuntime().maxMemory() / PART);
  }
}
