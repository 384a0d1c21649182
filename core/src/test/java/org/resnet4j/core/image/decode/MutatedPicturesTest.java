package org.resnet4j.core.image.decode;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.resnet4j.core.image.DecodeOptions;
import org.resnet4j.core.image.Goldens;
import org.resnet4j.core.image.ImageDecodeException;
import org.resnet4j.core.image.PngBytes;

/** Thousands of pictures with bytes that were changed by chance. */
class MutatedPicturesTest {
  private static final String[] SEEDS = {
    "jpeg-420.jpg",
    "jpeg-progressive.jpg",
    "jpeg-icc.jpg",
    "jpeg-grey.jpg",
    "jpeg-cmyk.jpg",
    "jpeg-440.jpg",
    "jpeg-exif-6.jpg",
    "png-rgb.png",
    "png-rgb-adam7.png",
    "png-palette4.png",
    "png-grey16.png",
    "png-grey1-adam7.png",
    "png-rgba.png",
    "png-exif-6.png",
    "gif-palette.gif",
    "gif-interlaced.gif",
    "gif-small-transparent.gif",
    "gif-full-table.gif",
    "bmp-24.bmp",
    "bmp-4.bmp",
    "bmp-rle8.bmp",
    "bmp-rle4.bmp",
    "bmp-565.bmp",
    "bmp-os2-4.bmp",
    "tiff-rgb-lzw.tif",
    "tiff-rgb-deflate-tiles.tif",
    "tiff-rgb-pack-bits-planes.tif",
    "tiff-palette4.tif",
    "tiff-rgb16-big.tif",
    "tiff-cmyk.tif",
    "webp-lossy.webp",
    "webp-lossless-alpha.webp",
    "webp-small-frame.webp",
    "webp-exif-6.webp"
  };

  private static final int MUTATIONS = 20_000;
  private static final long SEED = 1;
  private static final DecodeOptions TURNED = DecodeOptions.DEFAULT.withApplyExif(true);
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  /**
   * Processor time and what a decode allocates beside the picture: neither depends on what else
   * runs.
   */
  @Test
  void mutationsEndInAPictureOrADecodeException() {
    List<byte[]> seeds = seeds();
    SplittableRandom random = new SplittableRandom(SEED);
    long[] nanos = new long[MUTATIONS];
    long peak = 0;
    int decoded = 0;
    for (int i = 0; i < MUTATIONS; i++) {
      byte[] mutant = mutated(seeds.get(i % seeds.size()).clone(), random);
      long bytesBefore = THREADS.getCurrentThreadAllocatedBytes();
      long before = THREADS.getCurrentThreadCpuTime();
      int picture = pictureBytes(mutant, i);
      nanos[i] = THREADS.getCurrentThreadCpuTime() - before;
      peak = Math.max(peak, THREADS.getCurrentThreadAllocatedBytes() - bytesBefore - picture);
      decoded += picture > 0 ? 1 : 0;
    }
    Arrays.sort(nanos);
    double p99 = nanos[MUTATIONS * 99 / 100] / 1e6;
    double peakMegabytes = peak / 1e6;
    System.out.printf(
        Locale.ROOT,
        "R27: %d mutations, 0 other throwables, p99 %.1f ms, peak %.1f MB%n",
        MUTATIONS,
        p99,
        peakMegabytes);
    assertThat(decoded).as("mutants that are still pictures").isBetween(1_000, 19_000);
    assertThat(p99).as("99th percentile, ms").isLessThan(50);
    assertThat(peakMegabytes).as("allocated by one decode beside its picture, MB").isLessThan(64);
  }

  /** The size of the picture in it: a small frame may lie on a large screen. */
  private static int pictureBytes(byte[] mutant, int number) {
    try {
      return ImageDecoder.decode(mutant, "mutant", TURNED).data().length;
    } catch (ImageDecodeException expected) {
      assertThat(expected.getMessage()).startsWith("mutant: ").doesNotContain("\n");
      return 0;
    } catch (RuntimeException | Error e) {
      throw new AssertionError("mutant " + number + " of seed " + SEED, e);
    }
  }

  private static List<byte[]> seeds() {
    List<byte[]> seeds = new ArrayList<>();
    for (String name : SEEDS) {
      seeds.add(Goldens.bytes("pictures/" + name));
    }
    return seeds;
  }

  private static byte[] mutated(byte[] bytes, SplittableRandom random) {
    int edits = 1 + random.nextInt(4);
    for (int edit = 0; edit < edits; edit++) {
      int range = random.nextInt(3) > 0 ? Math.min(bytes.length, 200) : bytes.length;
      int value = random.nextInt(3) == 0 ? 0xFF : random.nextInt(256);
      bytes[random.nextInt(range)] = (byte) value;
    }
    boolean png = (bytes[0] & 0xFF) == 0x89;
    if (png && random.nextInt(4) > 0) {
      PngBytes.repairChecksums(bytes);
    }
    return random.nextInt(5) == 0 ? Arrays.copyOf(bytes, random.nextInt(bytes.length)) : bytes;
  }
}
