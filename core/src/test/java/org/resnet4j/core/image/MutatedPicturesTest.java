package org.resnet4j.core.image;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

/** Thousands of pictures with bytes that were changed by chance. */
class MutatedPicturesTest {
  private static final String[] SEEDS = {
    "jpeg-420.jpg", "jpeg-progressive.jpg", "jpeg-icc.jpg", "jpeg-grey.jpg", "jpeg-cmyk.jpg",
    "jpeg-440.jpg", "jpeg-exif-6.jpg", "png-rgb.png", "png-rgb-adam7.png", "png-palette4.png",
    "png-grey16.png", "png-grey1-adam7.png", "png-rgba.png", "png-exif-6.png"
  };

  private static final int MUTATIONS = 10_000;
  private static final long SEED = 1;
  private static final DecodeOptions TURNED = DecodeOptions.DEFAULT.withApplyExif(true);
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  /** Processor time and all that a decode allocates: neither depends on what else runs. */
  @Test
  void mutationsEndInAPictureOrADecodeException() throws IOException {
    List<byte[]> seeds = seeds();
    SplittableRandom random = new SplittableRandom(SEED);
    long[] nanos = new long[MUTATIONS];
    long peak = 0;
    int decoded = 0;
    for (int i = 0; i < MUTATIONS; i++) {
      byte[] mutant = mutated(seeds.get(i % seeds.size()).clone(), random);
      long bytesBefore = THREADS.getCurrentThreadAllocatedBytes();
      long before = THREADS.getCurrentThreadCpuTime();
      decoded += isPicture(mutant, i) ? 1 : 0;
      nanos[i] = THREADS.getCurrentThreadCpuTime() - before;
      peak = Math.max(peak, THREADS.getCurrentThreadAllocatedBytes() - bytesBefore);
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
    assertThat(decoded).as("mutants that are still pictures").isBetween(500, 9_500);
    assertThat(p99).as("99th percentile, ms").isLessThan(50);
    assertThat(peakMegabytes).as("allocated by one decode, MB").isLessThan(64);
  }

  private static boolean isPicture(byte[] mutant, int number) {
    try {
      ImageDecoder.decode(mutant, "mutant", TURNED);
      return true;
    } catch (ImageDecodeException expected) {
      assertThat(expected.getMessage()).startsWith("mutant: ").doesNotContain("\n");
      return false;
    } catch (RuntimeException | Error e) {
      throw new AssertionError("mutant " + number + " of seed " + SEED, e);
    }
  }

  private static List<byte[]> seeds() throws IOException {
    List<byte[]> seeds = new ArrayList<>();
    for (String name : SEEDS) {
      seeds.add(Goldens.bytes("pictures/" + name));
    }
    for (String format : List.of("bmp", "gif")) {
      ByteArrayOutputStream picture = new ByteArrayOutputStream();
      ImageIO.write(new BufferedImage(37, 29, BufferedImage.TYPE_INT_RGB), format, picture);
      seeds.add(picture.toByteArray());
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
