package org.resnet4j.core.image;

import java.awt.image.Raster;
import org.jspecify.annotations.Nullable;
import org.resnet4j.core.image.jpeg.FrameHeader;
import org.resnet4j.core.image.jpeg.SampleRows;

/** A JPEG's samples as the JDK's reader gives them. */
final class JdkRows implements SampleRows {
  private final Raster raster;
  private final @Nullable TallChroma chroma;
  private final byte[] interleaved;

  JdkRows(Raster raster, FrameHeader frame) {
    this.raster = raster;
    this.chroma = frame.chromaHalvedInHeightOnly() ? new TallChroma(raster) : null;
    this.interleaved = new byte[raster.getWidth() * raster.getNumBands()];
  }

  @Override
  public int width() {
    return raster.getWidth();
  }

  @Override
  public int height() {
    return raster.getHeight();
  }

  @Override
  public int components() {
    return raster.getNumBands();
  }

  @Override
  public void read(int y, byte[][] rows) {
    raster.getDataElements(0, y, width(), 1, interleaved);
    if (chroma != null) {
      chroma.smooth(interleaved, y);
    }
    int components = components();
    for (int component = 0; component < components; component++) {
      byte[] row = rows[component];
      for (int x = 0, at = component; at < interleaved.length; x++, at += components) {
        row[x] = interleaved[at];
      }
    }
  }
}
