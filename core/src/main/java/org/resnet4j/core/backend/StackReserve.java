package org.resnet4j.core.backend;

/**
 * Keeps a call from being caught halfway by the end of its thread's stack. What must happen on the
 * way out of a call, such as giving back what it holds, cannot while no method can be called: so a
 * call that holds something asks first whether there is room for that.
 */
public final class StackReserve {
  /** Frames: many times what a way out needs, since compiled frames are smaller than others. */
  private static final int FRAMES = 256;

  private StackReserve() {}

  /**
   * Returns if some thousand bytes of the calling thread's stack are left.
   *
   * @throws StackOverflowError if not
   */
  public static void require() {
    use(FRAMES);
  }

  private static int use(int frames) {
    return frames == 0 ? 0 : use(frames - 1) + 1;
  }
}
