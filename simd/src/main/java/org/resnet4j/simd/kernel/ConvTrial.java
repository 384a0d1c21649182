package org.resnet4j.simd.kernel;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.resnet4j.simd.kernel.conv.BoundConv;
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
 * A convolution of random numbers with a ReLU, for whoever times an algorithm. As in a network,
 * activations and scratch memory are in the caches and weights are not: each run takes another copy
 * of them, and before a copy's turn comes again the others have driven it out. Not thread-safe.
 */
public final class ConvTrial {
  /** Weights between two runs on the same copy: those of a network, and more than most caches. */
  public static final long NETWORK_BYTES = 64L << 20;

  /** Small weights are soon read, wherever they lie. */
  private static final int MAX_COPIES = 64;

  private static final long SEED = 1;

  private final ConvAlgorithm algorithm;
  private final BoundConv[] copies;
  private final int batch;
  private final float[] data;
  private final int xAt;
  private final int yAt;
  private final int yFloats;
  private int round;

  private ConvTrial(
      ConvAlgorithm algorithm,
      BoundConv[] copies,
      int batch,
      float[] data,
      int xAt,
      int yAt,
      int yFloats) {
    this.algorithm = algorithm;
    this.copies = copies;
    this.batch = batch;
    this.data = data;
    this.xAt = xAt;
    this.yAt = yAt;
    this.yFloats = yFloats;
  }

  /**
   * A trial for each of some algorithms, on the same numbers and in the same memory, as far as they
   * read the same layout.
   *
   * @param batch images of a run
   * @param otherBytes of weights between two runs on the same copy, if the trials run in turns; 0
   *     for one copy, which stays in the caches if it is small enough
   * @throws IllegalArgumentException if an algorithm cannot compute the shape
   * @throws ArithmeticException if activations exceed an array
   */
  public static List<ConvTrial> of(
      ConvShape shape,
      List<ConvAlgorithm> algorithms,
      VectorWidth width,
      int batch,
      Parallel parallel,
      long otherBytes) {
    float[] weight = random(SEED, shape.weights());
    List<ConvKernel> kernels =
        algorithms.stream().map(each -> pack(shape, each, width, weight)).toList();
    List<BlockedLayout> inputs =
        kernels.stream().map(kernel -> input(shape, kernels, kernel, batch)).distinct().toList();
    BlockedLayout y =
        new BlockedLayout(shape.outChannels(), batch, shape.outHeight(), shape.outWidth(), 0);
    int[] inputAt = new int[inputs.size()];
    int yAt = CacheLine.FIRST;
    for (int i = 0; i < inputAt.length; i++) {
      inputAt[i] = yAt;
      yAt = Math.toIntExact(yAt + inputs.get(i).size());
    }
    int yFloats = Math.toIntExact(y.size());
    float[] data = new float[Math.addExact(yAt, yFloats)];
    int pixels = Math.toIntExact((long) shape.inChannels() * shape.height() * shape.width());
    for (int image = 0; image < batch; image++) {
      float[] numbers = random(SEED + 1 + image, pixels);
      for (int i = 0; i < inputAt.length; i++) {
        BlockedCopy.pack(numbers, 0, inputs.get(i), data, inputAt[i], image);
      }
    }
    Workspace workspace = new Workspace(parallel, MachineModel.current());
    int count = copies(kernels, otherBytes);
    List<ConvTrial> trials = new ArrayList<>();
    for (ConvKernel kernel : kernels) {
      BlockedLayout x = input(shape, kernels, kernel, batch);
      BoundConv[] copies = new BoundConv[count];
      for (int copy = 0; copy < count; copy++) {
        ConvKernel own = copy == 0 ? kernel : pack(shape, kernel.algorithm(), width, weight);
        copies[copy] = own.bind(x, y, null, workspace);
      }
      int xAt = inputAt[inputs.indexOf(x)];
      trials.add(new ConvTrial(kernel.algorithm(), copies, batch, data, xAt, yAt, yFloats));
    }
    workspace.allocate();
    return List.copyOf(trials);
  }

  private static ConvKernel pack(
      ConvShape shape, ConvAlgorithm algorithm, VectorWidth width, float[] weight) {
    return ConvAlgorithms.pack(shape, algorithm, width, weight, null, true);
  }

  /** With the largest halo, so that most kernels read the same. */
  private static BlockedLayout input(
      ConvShape shape, List<ConvKernel> kernels, ConvKernel kernel, int batch) {
    int halo = kernels.stream().mapToInt(ConvKernel::inputHalo).max().orElse(0);
    return new BlockedLayout(
        shape.inChannels(), batch, shape.height(), shape.width(), halo, kernel.inputBlock());
  }

  /** Enough that all but the largest kernel's copy add up to {@code otherBytes}. */
  private static int copies(List<ConvKernel> kernels, long otherBytes) {
    if (otherBytes == 0) {
      return 1;
    }
    long all = 0;
    long largest = 0;
    for (ConvKernel kernel : kernels) {
      long bytes = kernel.weightFloats() * Float.BYTES;
      all += bytes;
      largest = Math.max(largest, bytes);
    }
    return (int) Math.clamp(Math.ceilDiv(otherBytes + largest, all), 1L, MAX_COPIES);
  }

  private static float[] random(long seed, int count) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextDouble(-1, 1);
    }
    return values;
  }

  /** What it tries. */
  public ConvAlgorithm algorithm() {
    return algorithm;
  }

  /** Convolves all images with the next copy of the weights. */
  public void run() {
    copies[round].run(batch, data, xAt, yAt, 0);
    round = round + 1 < copies.length ? round + 1 : 0;
  }

  /**
   * What the last run has computed, of this trial or another that was made with it; in blocks of
   * {@link BlockedLayout#BLOCK} channels, without halo.
   */
  public float[] answer() {
    return Arrays.copyOfRange(data, yAt, yAt + yFloats);
  }
}
