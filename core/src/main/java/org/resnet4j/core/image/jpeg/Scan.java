package org.resnet4j.core.image.jpeg;

/**
 * Walks the blocks of a scan in the order in which they are coded: line by line if it has one
 * component, else by coded units of all (ITU-T T.81, A.2).
 */
public final class Scan {
  /** libjpeg's limit, and the standard's (B.2.3). */
  private static final int MAX_BLOCKS = 10;

  private static final int RESTART_MARKERS = 8;

  private final FrameHeader frame;
  private final ScanComponent[] components;
  private final int restartInterval;
  private final BitInput in;
  private final BlockDecoder blocks;
  private int left;
  private int restarts;

  /**
   * A scan.
   *
   * @param restartInterval in coded units, 0 for none
   */
  Scan(
      FrameHeader frame,
      ScanComponent[] components,
      int restartInterval,
      BitInput in,
      BlockDecoder blocks)
      throws JpegFaultException {
    this.frame = frame;
    this.components = components;
    this.restartInterval = restartInterval;
    this.in = in;
    this.blocks = blocks;
    int count = 0;
    for (ScanComponent each : components) {
      count += each.component.across * each.component.down;
    }
    if (components.length > 1 && count > MAX_BLOCKS) {
      throw new JpegFaultException("more than 10 blocks in a coded unit");
    }
  }

  /** Decodes them all; returns where the marker behind them is. */
  int decode() throws JpegFaultException {
    left = restartInterval;
    begin();
    if (components.length == 1) {
      single(components[0]);
    } else {
      interleaved();
    }
    return in.finish();
  }

  private void single(ScanComponent component) throws JpegFaultException {
    int index = frame.indexOf(component.component.id);
    int across = frame.codedAcross(index);
    int down = frame.codedDown(index);
    for (int row = 0; row < down; row++) {
      for (int column = 0; column < across; column++) {
        count();
        blocks.decode(component, row, column);
      }
    }
  }

  private void interleaved() throws JpegFaultException {
    int across = frame.unitsAcross();
    int down = frame.unitsDown();
    for (int unitRow = 0; unitRow < down; unitRow++) {
      for (int unit = 0; unit < across; unit++) {
        count();
        for (ScanComponent component : components) {
          unit(component, unitRow, unit);
        }
      }
    }
  }

  private void unit(ScanComponent component, int unitRow, int unit) throws JpegFaultException {
    int across = component.component.across;
    int down = component.component.down;
    for (int y = 0; y < down; y++) {
      for (int x = 0; x < across; x++) {
        blocks.decode(component, unitRow * down + y, unit * across + x);
      }
    }
  }

  private void count() throws JpegFaultException {
    if (restartInterval > 0) {
      if (left == 0) {
        in.restart(restarts++ % RESTART_MARKERS);
        begin();
        left = restartInterval;
      }
      left--;
    }
  }

  private void begin() {
    for (ScanComponent component : components) {
      component.previousDc = 0;
    }
    blocks.begin();
  }
}
