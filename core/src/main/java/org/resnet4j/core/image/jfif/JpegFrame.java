package org.resnet4j.core.image.jfif;

import org.resnet4j.core.image.ImageDecodeException;
import org.resnet4j.core.image.jpeg.FrameHeader;
import org.resnet4j.core.image.source.Source;

/** Checks what a JPEG says of its frame. */
final class JpegFrame {
  private static final int MAX_FACTOR = 4;

  /** libjpeg's limit of a side in pixels (jmorecfg.h). */
  private static final int MAX_EXTENT = 65_500;

  private JpegFrame() {}

  /**
   * Checks a frame header.
   *
   * @param kind 0 for SOF0 and so on
   * @param data the segment without its length
   * @throws ImageDecodeException if it is of a kind not supported, or says what JPEG forbids
   */
  static FrameHeader parse(int kind, byte[] data, Source source) throws ImageDecodeException {
    if (kind > 2) {
      throw source.error(
          "this kind of JPEG (SOF%s) is not supported".formatted(kind),
          "save it again as a baseline or progressive JPEG");
    }
    if (data.length < FrameHeader.length(0)) {
      throw source.corrupt("a frame header of wrong length");
    }
    FrameHeader frame = new FrameHeader(kind, data);
    if (data[0] != 8) {
      throw source.error(
          (data[0] & 0xFF) + "-bit JPEG is not supported", "save it again with 8 bits");
    }
    int components = frame.components();
    if (components != 1 && components != 3 && components != 4) {
      throw source.error(
          "a JPEG of " + components + " components is not supported", "save it again as RGB");
    }
    if (data.length != FrameHeader.length(components)) {
      throw source.corrupt("a frame header of wrong length");
    }
    for (int component = 0; component < components; component++) {
      if (invalid(frame.across(component)) || invalid(frame.down(component))) {
        throw source.corrupt("sampling factors");
      }
    }
    return frame;
  }

  /** Refuses what the format allows and libjpeg does not decode either. */
  static void requireDecodable(FrameHeader frame, Source source) throws ImageDecodeException {
    if (frame.width() > MAX_EXTENT || frame.height() > MAX_EXTENT) {
      throw source.error(
          "a JPEG of more than %s pixels in a side is not supported".formatted(MAX_EXTENT),
          "save it smaller");
    }
    if (frame.hasFractionalSampling()) {
      throw source.error(
          "fractional sampling of a JPEG's colours is not supported",
          "save it again as an ordinary JPEG or PNG");
    }
  }

  private static boolean invalid(int factor) {
    return factor < 1 || factor > MAX_FACTOR;
  }

  /** How many blocks a scan codes that names its components so. */
  static long blocks(FrameHeader frame, byte[] ids, Source source) throws ImageDecodeException {
    int[] components = new int[ids.length];
    for (int i = 0; i < ids.length; i++) {
      components[i] = frame.indexOf(ids[i] & 0xFF);
      if (components[i] < 0) {
        throw source.corrupt("a scan of a component that the frame lacks");
      }
    }
    return frame.blocks(components);
  }
}
