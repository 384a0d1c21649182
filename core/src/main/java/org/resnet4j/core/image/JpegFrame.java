package org.resnet4j.core.image;

/**
 * A JPEG's frame header (SOF segment) of 8-bit samples.
 *
 * @param kind 0 for SOF0 and so on
 * @param data the segment without its length: precision, height, width, count of components, and
 *     for each its id, its sampling (blocks across in the high four bits, down in the low) and its
 *     quantization table
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier within the package, compared by nobody
record JpegFrame(int kind, byte[] data) {
  private static final long BLOCK = 8;

  /**
   * Checks the header.
   *
   * @param kind 0 for SOF0 and so on
   * @throws ImageDecodeException if it is of a kind not supported, or says what JPEG forbids
   */
  static JpegFrame parse(int kind, byte[] data, Source source) throws ImageDecodeException {
    if (kind > 2) {
      throw source.error(
          "this kind of JPEG (SOF%s) is not supported".formatted(kind),
          "save it again as a baseline or progressive JPEG");
    }
    if (data.length < 6) {
      throw source.corrupt("a frame header of wrong length");
    }
    JpegFrame frame = new JpegFrame(kind, data);
    if (data[0] != 8) {
      throw source.error(
          (data[0] & 0xFF) + "-bit JPEG is not supported", "save it again with 8 bits");
    }
    int components = frame.components();
    if (components != 1 && components != 3 && components != 4) {
      throw source.error(
          "a JPEG of " + components + " components is not supported", "save it again as RGB");
    }
    if (data.length != 6 + 3 * components) {
      throw source.corrupt("a frame header of wrong length");
    }
    for (int component = 0; component < components; component++) {
      if (invalid(frame.across(component)) || invalid(frame.down(component))) {
        throw source.corrupt("sampling factors");
      }
    }
    return frame;
  }

  private static boolean invalid(int factor) {
    return factor < 1 || factor > 4;
  }

  /** Whether scans refine each other; else each is whole. */
  boolean isProgressive() {
    return kind == 2;
  }

  int height() {
    return (data[1] & 0xFF) << 8 | (data[2] & 0xFF);
  }

  int width() {
    return (data[3] & 0xFF) << 8 | (data[4] & 0xFF);
  }

  int components() {
    return data[5] & 0xFF;
  }

  int id(int component) {
    return data[6 + 3 * component] & 0xFF;
  }

  private int across(int component) {
    return (data[7 + 3 * component] & 0xFF) >> 4;
  }

  private int down(int component) {
    return data[7 + 3 * component] & 15;
  }

  private int maxAcross() {
    int max = 1;
    for (int component = 0; component < components(); component++) {
      max = Math.max(max, across(component));
    }
    return max;
  }

  private int maxDown() {
    int max = 1;
    for (int component = 0; component < components(); component++) {
      max = Math.max(max, down(component));
    }
    return max;
  }

  /** Whether the luma has full resolution and both others full width and half the height. */
  boolean chromaHalvedInHeightOnly() {
    boolean halved = components() == 3;
    for (int component = 1; halved && component <= 2; component++) {
      halved = across(component) == across(0) && 2 * down(component) == down(0);
    }
    return halved;
  }

  /**
   * How many blocks of 8x8 samples a scan codes: without padding if it has one component, else
   * whole coded units (MCUs) of all of them.
   *
   * @param ids of the scan's components
   */
  long blocks(byte[] ids, Source source) throws ImageDecodeException {
    if (ids.length == 1) {
      int component = indexOf(ids[0], source);
      long columns = ceil((long) width() * across(component), BLOCK * maxAcross());
      return columns * ceil((long) height() * down(component), BLOCK * maxDown());
    }
    int each = 0;
    for (byte id : ids) {
      int component = indexOf(id, source);
      each += across(component) * down(component);
    }
    return each * ceil(width(), BLOCK * maxAcross()) * ceil(height(), BLOCK * maxDown());
  }

  private int indexOf(byte id, Source source) throws ImageDecodeException {
    for (int component = 0; component < components(); component++) {
      if (id(component) == (id & 0xFF)) {
        return component;
      }
    }
    throw source.corrupt("a scan of a component that the frame lacks");
  }

  /** The samples of the picture, of all components at full resolution, padded to whole MCUs. */
  long samples() {
    long across = BLOCK * maxAcross();
    long down = BLOCK * maxDown();
    return components() * across * ceil(width(), across) * down * ceil(height(), down);
  }

  private static long ceil(long value, long unit) {
    return (value + unit - 1) / unit;
  }
}
