package org.resnet4j.cuda.kernels;

import java.util.List;
import org.resnet4j.cuda.driver.LaunchShape;

/**
 * A kernel with its arguments: what a launcher needs, so that no two arguments can be mixed up.
 * Addresses are of device memory, sizes in elements, layouts row-major with the last index fastest;
 * T is the {@link ElementType} that the launcher chooses. Nothing is said of the memory behind an
 * address: the caller owns it and keeps it until the kernel has run. Immutable.
 *
 * <p>Counts below 1, a tensor of 2^31 rows or more, and sizes that contradict each other are
 * refused with {@link IllegalArgumentException}.
 *
 * <p>Rounding: computed in float32, each operation rounded once, and once more where T is narrower.
 *
 * <p>Source: what {@code torch.nn.functional}'s operators of these names compute; {@link Epilogue}
 * is cuDNN's {@code cudnnConvolutionBiasActivationForward} without its convolution.
 */
public sealed interface KernelCall {
  /** Whose arguments these are. */
  Kernel kernel();

  /** In the order and of the types of {@link Kernel#parameters}. */
  List<Number> arguments();

  /** Rows of the target: all its indexes but the last. */
  int rows();

  /** Channels of the target: its last index. */
  int channels();

  /**
   * How many channels a thread can compute: several where the kernel can, every row has whole
   * vectors of them, and all arrays begin where a vector may.
   */
  default int lanes(ElementType type) {
    boolean aligned =
        arguments().stream()
            .allMatch(each -> !(each instanceof Long at) || at % PtxAccess.VECTOR_BYTES == 0);
    return kernel().hasVectors() && channels() % type.lanes() == 0 && aligned ? type.lanes() : 1;
  }

  /** The grid that covers the target with threads of so many channels. */
  default LaunchShape shape(int lanes) {
    return Grid.covering(rows(), channels() / lanes);
  }

  /**
   * {@code target[n][pixel][c] = c < sourceChannels ? source[n][c][pixel] : 0}.
   *
   * @param source float32 [images][sourceChannels][pixels]
   * @param target T [images][pixels][channels], not the source
   */
  record Input(long source, long target, int images, int pixels, int sourceChannels, int channels)
      implements KernelCall {
    public Input {
      Counts.positive(images, pixels, sourceChannels, channels);
      Counts.product(images, pixels);
      Counts.require(
          sourceChannels <= channels, () -> sourceChannels + " channels do not fit " + channels);
    }

    @Override
    public Kernel kernel() {
      return Kernel.INPUT;
    }

    @Override
    public int rows() {
      return images * pixels;
    }

    @Override
    public List<Number> arguments() {
      return List.of(source, target, rows(), channels, pixels, sourceChannels);
    }
  }

  /**
   * {@code target[row][c] = c < sourceChannels ? table[c][source[row][c]] : 0}.
   *
   * @param source bytes [rows][sourceChannels]
   * @param table float32 [sourceChannels][256]
   * @param target T [rows][channels]
   * @param rows images * height * width
   */
  record InputSamples(
      long source, long table, long target, int rows, int sourceChannels, int channels)
      implements KernelCall {
    public InputSamples {
      Counts.positive(rows, sourceChannels, channels);
      Counts.require(
          sourceChannels <= channels, () -> sourceChannels + " channels do not fit " + channels);
    }

    @Override
    public Kernel kernel() {
      return Kernel.INPUT_U8;
    }

    @Override
    public List<Number> arguments() {
      return List.of(source, table, target, rows, channels, sourceChannels);
    }
  }

  /**
   * {@code target = max(source + bias + residual, relu ? 0 : -infinity)}, summed in this order; NaN
   * stays NaN.
   *
   * @param source T [rows][channels]
   * @param bias float32 [channels]
   * @param residual T [rows][channels], or 0 for none
   * @param target T [rows][channels]; may be the source or the residual
   * @param rows images * height * width
   */
  record Epilogue(
      long source, long bias, long residual, long target, int rows, int channels, boolean relu)
      implements KernelCall {
    public Epilogue {
      Counts.positive(rows, channels);
    }

    @Override
    public Kernel kernel() {
      return Kernel.EPILOGUE;
    }

    @Override
    public List<Number> arguments() {
      float floor = relu ? 0 : Float.NEGATIVE_INFINITY;
      return List.of(source, bias, residual, target, rows, channels, floor);
    }
  }

  /**
   * {@code target[n][c]} is the mean over the pixels of {@code source[n][pixel][c]}: in float32 for
   * each p below 8 the sums of 64 of the pixels p, p + 8, ... and of these, then the sum of all, in
   * order, divided.
   *
   * @param source T [images][pixels][channels]
   * @param target T [images][channels]
   */
  record AveragePool(long source, long target, int images, int pixels, int channels)
      implements KernelCall {
    public AveragePool {
      Counts.positive(images, pixels, channels);
    }

    @Override
    public Kernel kernel() {
      return Kernel.AVERAGE_POOL;
    }

    @Override
    public int rows() {
      return images;
    }

    @Override
    public LaunchShape shape(int lanes) {
      return Grid.sharing(images, channels / lanes);
    }

    @Override
    public List<Number> arguments() {
      return List.of(source, target, images, channels, pixels);
    }
  }

  /**
   * {@code target[n][p][q][c]} is the maximum of {@code source[n][y][x][c]} over the pixels of a
   * window of the image; NaN wins.
   *
   * @param source T [images][height][width][channels]
   * @param target T [images][targetHeight][targetWidth][channels], not the source
   */
  record MaxPool(long source, long target, int images, int channels, SlidingWindow window)
      implements KernelCall {
    public MaxPool {
      Counts.positive(images, channels);
      Counts.require(
          window.padding() <= window.kernel() / 2, // else windows without pixels
          () -> "padding " + window.padding() + " of a window of " + window.kernel());
      Counts.product(images, window.height(), window.width());
      Counts.product(images, window.targetHeight(), window.targetWidth());
    }

    @Override
    public Kernel kernel() {
      return Kernel.MAX_POOL;
    }

    @Override
    public int rows() {
      return images * window.targetHeight() * window.targetWidth();
    }

    @Override
    public List<Number> arguments() {
      return List.of(
          source,
          target,
          rows(),
          channels,
          window.height(),
          window.width(),
          window.targetHeight(),
          window.targetWidth(),
          window.kernel(),
          window.stride(),
          window.padding());
    }
  }

  /**
   * {@code target[n][p][q][k] = max(sum + bias[k] + residual[n][p][q][k], relu ? 0 : -infinity)}
   * with the sum over a window's pixels in the image and the channels of k's group, in order in
   * float32, each product and sum rounded once; NaN stays NaN.
   *
   * @param source T [images][height][width][sourceChannels]
   * @param filter T [channels][kernel][kernel][sourceChannels / groups]
   * @param bias float32 [channels]
   * @param residual T, of the target's shape, or 0 for none
   * @param target T [images][targetHeight][targetWidth][channels], no operand
   * @param groups divides both counts of channels
   */
  record Convolution(
      long source,
      long filter,
      long bias,
      long residual,
      long target,
      int images,
      int sourceChannels,
      int channels,
      int groups,
      SlidingWindow window,
      boolean relu)
      implements KernelCall {
    public Convolution {
      Counts.positive(images, sourceChannels, channels, groups);
      Counts.require(
          sourceChannels % groups == 0 && channels % groups == 0,
          () -> groups + " groups of " + sourceChannels + " and " + channels + " channels");
      Counts.product(images, window.height(), window.width());
      Counts.product(images, window.targetHeight(), window.targetWidth());
      Counts.product(channels, window.kernel(), window.kernel());
    }

    @Override
    public Kernel kernel() {
      return Kernel.CONVOLUTION;
    }

    @Override
    public int rows() {
      return images * window.targetHeight() * window.targetWidth();
    }

    @Override
    public List<Number> arguments() {
      return List.of(
          source,
          filter,
          bias,
          residual,
          target,
          rows(),
          channels,
          window.height(),
          window.width(),
          window.targetHeight(),
          window.targetWidth(),
          window.kernel(),
          window.stride(),
          window.padding(),
          sourceChannels,
          sourceChannels / groups,
          channels / groups,
          relu ? 0f : Float.NEGATIVE_INFINITY);
    }
  }

  /**
   * {@code target[n][c] = source[n * pitch + c] + bias[c]} in float32.
   *
   * @param source T [images][pitch]
   * @param bias float32 [channels]
   * @param target float32 [images][channels]; may be the source if that is float32 and the pitch is
   *     the number of channels
   */
  record Logits(long source, long bias, long target, int images, int channels, int pitch)
      implements KernelCall {
    public Logits {
      Counts.positive(images, channels, pitch);
      Counts.require(
          channels <= pitch, () -> channels + " channels do not fit a pitch of " + pitch);
    }

    @Override
    public Kernel kernel() {
      return Kernel.LOGITS;
    }

    @Override
    public int rows() {
      return images;
    }

    @Override
    public List<Number> arguments() {
      return List.of(source, bias, target, images, channels, pitch);
    }
  }
}
