package org.resnet4j.core.image.jpeg;

/** The samples of a decoded JPEG at full resolution, row by row. */
public final class JpegSamples {
  private final FrameHeader frame;
  private final Upsampling[] components;

  private JpegSamples(FrameHeader frame, Component[] components) {
    this.frame = frame;
    this.components = new Upsampling[components.length];
    for (int i = 0; i < components.length; i++) {
      this.components[i] = new Upsampling(components[i]);
    }
  }

  /**
   * Decodes all scans, whatever their number, and makes samples of them once.
   *
   * @param frame the file's, without {@link FrameHeader#hasFractionalSampling}
   * @param jpeg a file whose segments have been walked to EOI, which is its end
   * @throws JpegFaultException if it has a fault or is not complete
   */
  public static JpegSamples decode(FrameHeader frame, byte[] jpeg) throws JpegFaultException {
    return new JpegSamples(frame, new ScanReader(frame, jpeg).read());
  }

  /** In pixels, at least 1. */
  public int width() {
    return frame.width();
  }

  /** In pixels, at least 1. */
  public int height() {
    return frame.height();
  }

  /** How many samples a pixel has. */
  public int components() {
    return components.length;
  }

  /**
   * Reads a row.
   *
   * @param y from 0
   * @param rows of each component a row, of at least {@code width() + 1} bytes
   */
  public void read(int y, byte[][] rows) {
    for (int i = 0; i < components.length; i++) {
      components[i].read(y, rows[i]);
    }
  }
}
