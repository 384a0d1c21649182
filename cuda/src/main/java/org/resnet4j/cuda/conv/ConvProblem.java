package org.resnet4j.cuda.conv;

import org.resnet4j.core.backend.Precision;
import org.resnet4j.core.graph.Window;
import org.resnet4j.cuda.device.Precisions;
import org.resnet4j.cuda.kernels.ElementType;

/**
 * A convolution as the device sees it: {@code y = relu(conv(x, w) + bias + residual)}, whatever the
 * batch. x is NHWC, w is KRSC, both in the precision's type, as is y unless it is scores; the bias
 * is float32. Two layers with equal problems are served by the same method.
 *
 * @param inChannels C in memory, added ones included
 * @param outChannels K
 * @param height H of the input
 * @param width W of the input
 * @param window R = S, stride and padding
 * @param groups divides C and K
 * @param residual whether a value of y's shape is added
 * @param relu whether negative results become 0
 * @param precision of the products
 * @param scores whether y is float32 whatever the precision, since scores rounded to a narrower
 *     type would tie
 */
public record ConvProblem(
    int inChannels,
    int outChannels,
    int height,
    int width,
    Window window,
    int groups,
    boolean residual,
    boolean relu,
    Precision precision,
    boolean scores) {
  public ConvProblem {
    if (groups < 1 || inChannels % groups != 0 || outChannels % groups != 0) {
      throw new IllegalArgumentException(
          groups + " groups do not divide " + inChannels + " or " + outChannels + " channels");
    }
  }

  /**
   * A layer of {@code outChannels} sums over all of a 1x1 image's channels.
   *
   * @param scores whether it is the last
   */
  public static ConvProblem linear(
      int inChannels, int outChannels, Precision precision, boolean scores) {
    Window point = new Window(1, 1, 0);
    return new ConvProblem(
        inChannels, outChannels, 1, 1, point, 1, false, false, precision, scores);
  }

  /** For people, such as {@code 64 to 128, 3x3/2 pad 1 on 56x56, 32 groups + residual + relu}. */
  String text() {
    return "%s to %s, %s on %sx%s%s%s%s%s"
        .formatted(
            inChannels,
            outChannels,
            window,
            height,
            width,
            groups == 1 ? "" : ", " + groups + " groups",
            residual ? " + residual" : "",
            relu ? " + relu" : "",
            scores ? ", scores" : "");
  }

  /** How x, w and residual are stored. */
  public ElementType type() {
    return Precisions.elementType(precision);
  }

  /** How y is stored. */
  public ElementType resultType() {
    return scores ? ElementType.F32 : type();
  }

  /** C/groups. */
  public int inChannelsPerGroup() {
    return inChannels / groups;
  }

  /** K/groups. */
  int outChannelsPerGroup() {
    return outChannels / groups;
  }

  /** Whether it is a product of the matrix of pixels by channels with that of the weights. */
  boolean isGemm() {
    return window.kernel() == 1 && window.stride() == 1 && groups == 1;
  }

  /** Whether each group's channels begin and end between the vectors that engines load. */
  boolean isAligned() {
    int multiple = Precisions.channelMultiple(precision);
    return inChannelsPerGroup() % multiple == 0 && outChannelsPerGroup() % multiple == 0;
  }

  /** Pixels of one image of y. */
  int outPixels() {
    return window.outputExtent(height) * window.outputExtent(width);
  }

  /** Bytes of w. */
  public long filterBytes() {
    int taps = window.kernel() * window.kernel();
    return (long) outChannels * taps * inChannelsPerGroup() * type().bytes();
  }

  /** Bytes of the bias. */
  public long biasBytes() {
    return (long) outChannels * Float.BYTES;
  }
}
