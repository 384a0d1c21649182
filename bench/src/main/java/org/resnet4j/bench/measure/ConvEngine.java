package org.resnet4j.bench.measure;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.resnet4j.simd.kernel.ConvAlgorithms;
import org.resnet4j.simd.kernel.conv.BoundConv;
import org.resnet4j.simd.kernel.conv.ConvAlgorithm;
import org.resnet4j.simd.kernel.conv.ConvKernel;
import org.resnet4j.simd.kernel.conv.ConvShape;
import org.resnet4j.simd.kernel.layout.BlockedCopy;
import org.resnet4j.simd.kernel.layout.BlockedLayout;
import org.resnet4j.simd.kernel.layout.Parallel;
import org.resnet4j.simd.kernel.layout.Workspace;
import org.resnet4j.simd.machine.VectorWidth;

/** One algorithm for one convolution on random data, the ReLU fused, on the calling thread. */
public final class ConvEngine implements Engine {
  private static final long SEED = 1;

  private final ConvKernel kernel;
  private final int batch;
  private final BlockedLayout y;
  private final int yOffset;
  private final float[] data;
  private final BoundConv bound;

  /** The same data for every algorithm. */
  public ConvEngine(ConvShape shape, ConvAlgorithm algorithm, int batch) {
    this.batch = batch;
    float[] weight = random(SEED, shape.weights());
    kernel = ConvAlgorithms.pack(shape, algorithm, VectorWidth.preferred(), weight, null, true);
    BlockedLayout x =
        new BlockedLayout(
            shape.inChannels(),
            batch,
            shape.height(),
            shape.width(),
            kernel.inputHalo(),
            kernel.inputBlock());
    y = new BlockedLayout(shape.outChannels(), batch, shape.outHeight(), shape.outWidth(), 0);
    yOffset = Math.toIntExact(x.size());
    data = new float[Math.toIntExact(x.size() + y.size())];
    int pixels = shape.inChannels() * shape.height() * shape.width();
    for (int image = 0; image < batch; image++) {
      BlockedCopy.pack(random(SEED + 1 + image, pixels), 0, x, data, 0, image);
    }
    bound = kernel.bind(x, y, null, new Workspace(Parallel.SERIAL));
  }

  /** Values from -1 to 1. */
  public static float[] random(long seed, int count) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextDouble(-1, 1);
    }
    return values;
  }

  /** The algorithm. */
  public ConvAlgorithm algorithm() {
    return kernel.algorithm();
  }

  @Override
  public String name() {
    return kernel.algorithm().name();
  }

  @Override
  public void run() {
    bound.run(batch, data, 0, yOffset, 0);
  }

  /** In the kernels' layout, which is the same for all of them. */
  @Override
  public float[] answer() {
    return Arrays.copyOfRange(data, yOffset, Math.toIntExact(yOffset + y.size()));
  }

  @Override
  public void close() {}
}
