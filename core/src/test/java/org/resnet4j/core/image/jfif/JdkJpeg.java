package org.resnet4j.core.image.jfif;

import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryUsage;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.MemoryCacheImageInputStream;
import org.jspecify.annotations.Nullable;
import org.resnet4j.core.image.jpeg.FrameHeader;

/** A JPEG's samples by libjpeg 6b, which is in the JDK. */
final class JdkJpeg {
  private final Raster raster;
  private final @Nullable TallChroma chroma;
  private final byte[] interleaved;

  private JdkJpeg(Raster raster, FrameHeader frame) {
    this.raster = raster;
    this.chroma = halvesChromaInHeightOnly(frame) ? new TallChroma(raster) : null;
    this.interleaved = new byte[raster.getWidth() * raster.getNumBands()];
  }

  /** Null if it cannot be decoded, or with a warning of more than bytes behind the last pixel. */
  static @Nullable JdkJpeg decode(JpegSegments jpeg) {
    List<String> warnings = new ArrayList<>();
    makeRoom();
    ImageReader reader = ImageIO.getImageReadersByFormatName("jpeg").next();
    try {
      reader.addIIOReadWarningListener((origin, warning) -> warnings.add(warning));
      reader.setInput(
          new MemoryCacheImageInputStream(new ByteArrayInputStream(jpeg.pixels())), true, true);
      // Unlike read, this converts nothing: no ICC profile, no guess about CMYK.
      Raster raster = reader.readRaster(0, null);
      warnings.removeIf(warning -> warning.contains("extraneous bytes before marker 0xd9"));
      return warnings.isEmpty() ? new JdkJpeg(raster, jpeg.frame()) : null;
    } catch (IOException | RuntimeException _) {
      return null;
    } finally {
      reader.dispose();
    }
  }

  /**
   * When libjpeg warns, the JDK makes a string while it holds arrays that some collectors wait for;
   * if the heap is full at that moment, it hangs (JDK 25).
   */
  private static void makeRoom() {
    for (MemoryPoolMXBean pool : ManagementFactory.getMemoryPoolMXBeans()) {
      MemoryUsage usage = pool.getUsage();
      if (pool.getName().contains("Eden") && usage.getUsed() > usage.getCommitted() / 2) {
        System.gc();
      }
    }
  }

  int width() {
    return raster.getWidth();
  }

  int height() {
    return raster.getHeight();
  }

  int components() {
    return raster.getNumBands();
  }

  void read(int y, byte[][] rows) {
    raster.getDataElements(0, y, width(), 1, interleaved);
    if (chroma != null) {
      chroma.smooth(interleaved, y);
    }
    for (int component = 0; component < components(); component++) {
      for (int x = 0; x < width(); x++) {
        rows[component][x] = interleaved[x * components() + component];
      }
    }
  }

  /** Whether the luma has full resolution and both others full width and half the height. */
  static boolean halvesChromaInHeightOnly(FrameHeader frame) {
    return frame.components() == 3
        && IntStream.of(1, 2)
            .allMatch(component ->
                frame.across(component) == frame.across(0)
                    && 2 * frame.down(component) == frame.down(0));
  }
}
