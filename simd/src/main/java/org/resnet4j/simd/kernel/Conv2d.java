package org.resnet4j.simd.kernel;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.resnet4j.core.stack.AmpleStack;
import org.resnet4j.simd.kernel.conv.ConvAlgorithm;
import org.resnet4j.simd.kernel.conv.ConvKernel;
import org.resnet4j.simd.kernel.conv.ConvShape;
import org.resnet4j.simd.kernel.layout.BlockedCopy;
import org.resnet4j.simd.kernel.layout.BlockedLayout;
import org.resnet4j.simd.kernel.layout.Parallel;
import org.resnet4j.simd.kernel.layout.Workspace;
import org.resnet4j.simd.machine.CacheLine;
import org.resnet4j.simd.machine.MachineModel;
import org.resnet4j.simd.machine.VectorWidth;

/**
 * A convolution layer on NCHW arrays, for use without a graph: {@code y = relu(conv(x, w) + bias)},
 * the last two optional.
 *
 * <p>Weights are packed once by {@link #pack}. A call converts to the kernels' blocked layout and
 * back; the engine, which keeps activations blocked from the first layer to the last, does not pay
 * for that.
 *
 * <p>Immutable and thread-safe. Rounding: see {@link ConvAlgorithm}'s constants; results do not
 * depend on batch, threads or vector width. Inputs, weights and biases of a magnitude below
 * 2<sup>-100</sup> count as zero, and so does a ReLU's result.
 */
public final class Conv2d {
  private final ConvKernel kernel;

  private Conv2d(ConvKernel kernel) {
    this.kernel = kernel;
  }

  /**
   * Packs weights for an algorithm.
   *
   * @param weight OIHW, {@code [K, C/groups, R, S]}; not kept
   * @param bias {@code [K]} or null
   * @param relu whether negative results become 0
   * @throws IllegalArgumentException if an array has another length than the shape says, or the
   *     algorithm cannot compute the shape
   */
  public static Conv2d pack(
      ConvShape shape,
      ConvAlgorithm algorithm,
      VectorWidth width,
      float[] weight,
      float @Nullable [] bias,
      boolean relu) {
    Objects.requireNonNull(width, "width"); // an algorithm's packing may not ask for it
    return AmpleStack.run(new Packing(shape, algorithm, width, weight, bias, relu));
  }

  private record Packing(
      ConvShape shape,
      ConvAlgorithm algorithm,
      VectorWidth width,
      float[] weight,
      float @Nullable [] bias,
      boolean relu)
      implements AmpleStack.Call<Conv2d, RuntimeException> {
    @Override
    public Conv2d run() {
      return new Conv2d(ConvAlgorithms.pack(shape, algorithm, width, weight, bias, relu));
    }
  }

  /** The algorithm the weights are packed for. */
  public ConvAlgorithm algorithm() {
    return kernel.algorithm();
  }

  /**
   * Convolves.
   *
   * @param batch N, at least 1
   * @param x NCHW, at least {@code N*C*H*W} floats
   * @param y receives {@code N*K*P*Q} floats; must not be {@code x}
   * @throws IndexOutOfBoundsException if an array is too short
   * @throws IllegalArgumentException if batch is less than 1 or the working memory exceeds an array
   */
  public void run(int batch, float[] x, float[] y, Parallel parallel) {
    ConvShape shape = kernel.shape();
    BlockedLayout in =
        new BlockedLayout(
            shape.inChannels(),
            batch,
            shape.height(),
            shape.width(),
            kernel.inputHalo(),
            kernel.inputBlock());
    BlockedLayout out =
        new BlockedLayout(shape.outChannels(), batch, shape.outHeight(), shape.outWidth(), 0);
    long floats = CacheLine.FIRST + in.size() + out.size();
    if (floats > Integer.MAX_VALUE - 8) {
      throw new IllegalArgumentException(
          "batch " + batch + " needs " + floats + " floats of working memory, more than an array");
    }
    int inFloats = shape.inChannels() * shape.height() * shape.width();
    int outFloats = shape.outChannels() * shape.outHeight() * shape.outWidth();
    Objects.checkFromIndexSize(0, batch * inFloats, x.length);
    Objects.checkFromIndexSize(0, batch * outFloats, y.length);
    float[] data = new float[(int) floats];
    for (int image = 0; image < batch; image++) {
      BlockedCopy.pack(x, image * inFloats, in, data, CacheLine.FIRST, image);
    }
    int yAt = CacheLine.FIRST + (int) in.size();
    kernel
        .bind(in, out, null, new Workspace(parallel, MachineModel.current()))
        .run(batch, data, CacheLine.FIRST, yAt, 0);
    for (int image = 0; image < batch; image++) {
      BlockedCopy.unpack(out, data, yAt, image, y, image * outFloats);
    }
  }
}
