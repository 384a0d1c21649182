package org.resnet4j.core.image.jpeg;

/** A decoded JPEG. */
public final class JpegSamples implements SampleRows {
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
   * @param frame the file's
   * @param jpeg a file whose segments have been walked to EOI, which is its end
   * @throws UnusualJpegException if it has a fault, is not complete, or is of a rare kind
   */
  public static JpegSamples decode(FrameHeader frame, byte[] jpeg) throws UnusualJpegException {
    return new JpegSamples(frame, new ScanReader(frame, jpeg).read());
  }

  @Override
  public int width() {
    return frame.width();
  }

  @Override
  public int height() {
    return frame.height();
  }

  @Override
  public int components() {
    return components.length;
  }

  @Override
  public void read(int y, byte[][] rows) {
    for (int i = 0; i < components.length; i++) {
      components[i].read(y, rows[i]);
    }
  }
}
