package org.resnet4j.core;

import org.jspecify.annotations.Nullable;

/** Where {@link Lane}s take pictures from. Thread-safe. */
interface Feed<S, T> {
  /**
   * A picture that a lane has taken. One of {@link #put} and {@link #fail} must follow.
   *
   * @param <S> what stands for it
   * @param <T> what a network makes of it
   */
  abstract class Place<S, T> {
    private final S picture;
    private final int index;

    Place(S picture, int index) {
      this.picture = picture;
      this.index = index;
    }

    S picture() {
      return picture;
    }

    /** What messages count it as. */
    int index() {
      return index;
    }

    /** What became of it. */
    abstract void put(Outcome<S, T> outcome);

    /**
     * Nothing, for a reason that lies in none of the pictures.
     *
     * @return whether the lane goes on with others
     */
    abstract boolean fail(Throwable reason);
  }

  /**
   * The next picture.
   *
   * @param joined the first of the batch that it is to join, for which there may be some time left;
   *     null for one that begins a batch, which is waited for
   * @return null if there is none to be had now; where it would have begun a batch, never again
   */
  @Nullable Place<S, T> take(@Nullable Place<S, T> joined) throws InterruptedException;

  /** Whether nobody wants what has been taken. */
  boolean isOver();

  /** Whether all other lanes wait for pictures and there are none. */
  boolean isAlone();

  /**
   * A lane has met what lies in no picture; those that it had taken have failed.
   *
   * @return whether it goes on; if not, it ends, and the others will meet the reason, too
   */
  boolean fail(Throwable reason);
}
