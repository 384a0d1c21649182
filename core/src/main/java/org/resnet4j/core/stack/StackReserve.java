package org.resnet4j.core.stack;

/**
 * Keeps a call from being caught halfway by the end of its thread's stack. What must happen on the
 * way out of a call, such as giving back what it holds, cannot while no method can be called: so a
 * call that holds something asks first whether there is room for that.
 */
public final class StackReserve {
  /**
   * So many that they take more when they are compiled, some 76 bytes each, than a way out does
   * that is not; interpreted they take three times that.
   */
  private static final int FRAMES = 256;

  /** More than lie between a call that closes on its way out and what it closes. */
  private static final int FRAMES_BETWEEN = 64;

  /** As many as a class takes that is used for the first time, with all that it uses itself. */
  private static final int FRAMES_OF_FIRST_USE = 600;

  /** So many that whatever is used for the first time takes less. */
  private static final int AMPLE_FRAMES = 1400;

  private StackReserve() {}

  /**
   * Returns if some ten thousand bytes of the calling thread's stack are left.
   *
   * @throws StackOverflowError if not
   */
  public static void require() {
    use(FRAMES, 1, 2, 3, 4, 5, 6, 7, 8);
  }

  /**
   * For a call whose way out closes what asks for room itself: returns if there is room for that
   * and for its own {@link #require}.
   *
   * @throws StackOverflowError if not
   */
  public static void requireForCloses() {
    use(FRAMES + FRAMES_BETWEEN, 1, 2, 3, 4, 5, 6, 7, 8);
  }

  /**
   * For a call that may be the first to use classes, and cannot run on another thread as {@link
   * AmpleStack} has it: one whose initialisation is cut off is lost to the process. Returns if
   * there is room for it.
   *
   * @throws StackOverflowError if not
   */
  public static void requireForFirstUse() {
    use(FRAMES_OF_FIRST_USE, 1, 2, 3, 4, 5, 6, 7, 8);
  }

  /**
   * Whether there is room for what is used for the first time; false also where that is not sure.
   */
  static boolean isAmple() {
    try {
      use(AMPLE_FRAMES, 1, 2, 3, 4, 5, 6, 7, 8);
      return true;
    } catch (StackOverflowError _) {
      return false;
    }
  }

  /** Needs its arguments after the call, too, so that compiled frames hold them as others do. */
  private static long use(
      int frames, long a, long b, long c, long d, long e, long f, long g, long h) {
    if (frames == 0) {
      return a;
    }
    long below = use(frames - 1, b, c, d, e, f, g, h, a);
    return (((((((below + a) ^ b) + c) ^ d) + e) ^ f) + g) ^ h;
  }
}
