package org.resnet4j.simd.kernel.layout;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Objects;
import org.resnet4j.simd.machine.VectorWidth;

/**
 * Where an activation's values lie: {@code [C/block][N][H + 2*halo][W + 2*halo][block]}. The
 * kernels on vectors write blocks of {@value #BLOCK} floats (oneDNN's nChw16c with the channel
 * block outermost), those on matrix units blocks of {@value #WIDE_BLOCK} bfloat16.
 *
 * <pre>
 *   block 0: channels 0..15          block 1: channels 16..31
 *   +--------------------------+     +--------------------------+
 *   | image 0  0 0 0 0 0 0 0   |     | image 0                  |
 *   |          0 p p p p p 0   |     |                          |   p: one pixel = 16 consecutive values
 *   |          0 p p p p p 0   |     |                          |   0: halo, zeros that a padded convolution reads
 *   |          0 0 0 0 0 0 0   |     |                          |
 *   | image 1  ...             |     | image 1  ...             |
 *   +--------------------------+     +--------------------------+
 * </pre>
 *
 * <p>A first convolution would find 13 of 16 floats empty. For it the image lies pixel-interleaved
 * (NHWC), in a single block of C channels; here C = 3, halo 1:
 *
 * <pre>
 *   0 0 0  0 0 0  0 0 0  0 0 0
 *   0 0 0  r g b  r g b  0 0 0      the S pixels that a kernel row covers: S*C consecutive floats
 *   0 0 0  0 0 0  0 0 0  0 0 0
 * </pre>
 *
 * <p>Strides and indices are {@code int}s, and right if {@link #size} does not exceed an array.
 *
 * <p>Channels beyond C in the last block are zero. A halo as wide as the padding of the
 * convolutions that read the value makes each kernel tap a constant offset: no copy, no branch at
 * the border.
 *
 * @param channels C
 * @param batch N, the images there is room for
 * @param height H
 * @param width W
 * @param halo pixels on each side
 * @param block channels that lie together: {@value #BLOCK}, {@value #WIDE_BLOCK}, or at least C
 */
public record BlockedLayout(int channels, int batch, int height, int width, int halo, int block) {
  /** Channels in the kernels' block: one 512-bit vector, two of 256 bits, four of 128. */
  public static final int BLOCK = 16;

  /** Channels in the block of matrix units: one row of a tile in bfloat16. */
  public static final int WIDE_BLOCK = 32;

  /** Vectors in a channel block. */
  public static int vectors(VectorWidth width) {
    return BLOCK / width.lanes();
  }

  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException if an extent is out of range
   */
  public BlockedLayout {
    if (channels < 1
        || batch < 1
        || height < 1
        || width < 1
        || halo < 0
        || (block != BLOCK && block != WIDE_BLOCK && block < channels)) {
      throw new IllegalArgumentException(
          "impossible layout: "
              + channels
              + " channels, batch "
              + batch
              + ", "
              + height
              + "x"
              + width
              + ", halo "
              + halo
              + ", block "
              + block);
    }
  }

  /** A layout in the kernels' blocks. */
  public BlockedLayout(int channels, int batch, int height, int width, int halo) {
    this(channels, batch, height, width, halo, BLOCK);
  }

  /** Number of the kernels' channel blocks that hold {@code channels}. */
  public static int blocksFor(int channels) {
    return Math.ceilDiv(channels, BLOCK);
  }

  /** Number of channel blocks. */
  public int blocks() {
    return Math.ceilDiv(channels, block);
  }

  /** Values from a pixel to the one below. */
  public int rowStride() {
    return (width + 2 * halo) * block;
  }

  /** Values from an image to the next. */
  public int imageStride() {
    return (height + 2 * halo) * rowStride();
  }

  /** Values from a channel block to the next. */
  public int blockStride() {
    return batch * imageStride();
  }

  /** Values in all; may exceed what an array holds. */
  public long size() {
    return (long) blocks() * batch * (height + 2L * halo) * (width + 2L * halo) * block;
  }

  /**
   * Values from the beginning to the end of the first {@code images} images in the last block.
   *
   * @throws IndexOutOfBoundsException if there is no room for them
   */
  public long extent(int images) {
    Objects.checkIndex(images - 1, batch);
    return (blocks() - 1L) * blockStride() + (long) images * imageStride();
  }

  /**
   * Index of pixel {@code (y, x)} in units of values; coordinates down to {@code -halo} address the
   * halo.
   */
  public int index(int channelBlock, int image, int y, int x) {
    return channelBlock * blockStride()
        + image * imageStride()
        + (y + halo) * rowStride()
        + (x + halo) * block;
  }

  /** Whether the pixels of all images form one line without gaps. */
  public boolean isFlat() {
    return halo == 0;
  }

  /** Writes zeros into the halo of the first {@code images} images. */
  public void clearHalo(float[] data, int offset, int images) {
    if (halo == 0) {
      return;
    }
    for (int b = 0; b < blocks(); b++) {
      for (int image = 0; image < images; image++) {
        int start = offset + index(b, image, -halo, -halo);
        int top = halo * rowStride();
        // From the start of the first row's left halo; then each right halo with the next row's
        // left one.
        Arrays.fill(data, start, start + top + halo * block, 0f);
        int gap = start + top + (halo + width) * block;
        for (int y = 0; y < height - 1; y++, gap += rowStride()) {
          Arrays.fill(data, gap, gap + 2 * halo * block, 0f);
        }
        Arrays.fill(data, gap, start + imageStride(), 0f);
      }
    }
  }

  /**
   * Writes zeros into the channels beyond C of the first {@code images} images. Kernels that
   * compute whole blocks leave {@code 0 * infinity} there, which the zero weights of a next layer
   * would not stop.
   */
  public void clearTail(float[] data, int offset, int images) {
    int last = blocks() - 1;
    int used = channels - last * block;
    if (used == block) {
      return;
    }
    for (int image = 0; image < images; image++) {
      for (int y = 0; y < height; y++) {
        int pixel = offset + index(last, image, y, 0);
        for (int x = 0; x < width; x++, pixel += block) {
          Arrays.fill(data, pixel + used, pixel + block, 0f);
        }
      }
    }
  }

  /**
   * {@link #clearHalo(float[], int, int)} in memory beside the heap.
   *
   * @param elementBytes of a value there
   */
  public void clearHalo(MemorySegment data, long elementBytes, int offset, int images) {
    if (halo == 0) {
      return;
    }
    for (int b = 0; b < blocks(); b++) {
      for (int image = 0; image < images; image++) {
        int start = offset + index(b, image, -halo, -halo);
        int gap = start + halo * rowStride() + halo * block;
        fill(data, elementBytes, start, gap);
        gap += width * block;
        for (int y = 0; y < height - 1; y++, gap += rowStride()) {
          fill(data, elementBytes, gap, gap + 2 * halo * block);
        }
        fill(data, elementBytes, gap, start + imageStride());
      }
    }
  }

  /**
   * {@link #clearTail(float[], int, int)} in memory beside the heap.
   *
   * @param elementBytes of a value there
   */
  public void clearTail(MemorySegment data, long elementBytes, int offset, int images) {
    int last = blocks() - 1;
    int used = channels - last * block;
    if (used == block) {
      return;
    }
    for (int image = 0; image < images; image++) {
      for (int y = 0; y < height; y++) {
        int pixel = offset + index(last, image, y, 0);
        for (int x = 0; x < width; x++, pixel += block) {
          fill(data, elementBytes, pixel + used, pixel + block);
        }
      }
    }
  }

  private static void fill(MemorySegment data, long elementBytes, int from, int to) {
    data.asSlice(from * elementBytes, (to - from) * elementBytes).fill((byte) 0);
  }
}
