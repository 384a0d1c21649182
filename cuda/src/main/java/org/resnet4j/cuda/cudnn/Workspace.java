package org.resnet4j.cuda.cudnn;

/** Sizes of workspaces. Stateless. */
final class Workspace {
  private Workspace() {}

  /**
   * A {@code size_t}: what exceeds Java's numbers is the largest of them, too much for any device.
   */
  static long bytes(long unsigned) {
    return unsigned < 0 ? Long.MAX_VALUE : unsigned;
  }
}
