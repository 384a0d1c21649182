package org.resnet4j.core;

/**
 * What became of one of many pictures.
 *
 * @param <S> what stands for a picture, such as its file
 * @param <T> what a network makes of one
 */
public sealed interface Outcome<S, T> {
  /** What stands for the picture. */
  S picture();

  /** What was made of it. */
  record Answered<S, T>(S picture, T answer) implements Outcome<S, T> {}

  /**
   * Nothing; the other pictures do not suffer.
   *
   * @param cause an {@link org.resnet4j.core.image.ImageDecodeException} of a picture that is not
   *     sound, a {@link NonFiniteResultException} where the network's result is not, or what a
   *     {@link PictureReader} of the caller's own threw
   */
  record Failed<S, T>(S picture, Exception cause) implements Outcome<S, T> {
    /** Not a record's own, which is linked when it is first called: that may lack memory, too. */
    @Override
    public String toString() {
      return String.join(
          "", "Failed[picture=", String.valueOf(picture), ", cause=", String.valueOf(cause), "]");
    }
  }
}
