package org.resnet4j.core.image.jpeg;

/**
 * A JPEG's frame header (SOF segment) of 8-bit samples, whose length and sampling factors somebody
 * has checked.
 *
 * @param kind 0 for SOF0 and so on
 * @param data the segment without its length: precision, height, width, count of components, and
 *     for each its id, its sampling (blocks across in the high four bits, down in the low) and its
 *     quantization table
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier within the module, compared by nobody
public record FrameHeader(int kind, byte[] data) {
  private static final int FIXED_BYTES = 6;
  private static final int BYTES_PER_COMPONENT = 3;

  /** How long the data of so many components is. */
  public static int length(int components) {
    return FIXED_BYTES + BYTES_PER_COMPONENT * components;
  }

  /** Whether scans refine each other; else each is whole. */
  public boolean isProgressive() {
    return kind == 2;
  }

  /** In pixels. */
  public int height() {
    return (data[1] & 0xFF) << 8 | (data[2] & 0xFF);
  }

  /** In pixels. */
  public int width() {
    return (data[3] & 0xFF) << 8 | (data[4] & 0xFF);
  }

  /** How many there are. */
  public int components() {
    return data[5] & 0xFF;
  }

  /** By which scans name a component. */
  public int id(int component) {
    return value(component, 0);
  }

  /** The component that scans name {@code id}, or -1. */
  public int indexOf(int id) {
    for (int component = 0; component < components(); component++) {
      if (id(component) == id) {
        return component;
      }
    }
    return -1;
  }

  /** How many blocks of a component lie beside each other in a coded unit (MCU). */
  public int across(int component) {
    return value(component, 1) >> 4;
  }

  /** How many blocks of a component lie below each other in a coded unit. */
  public int down(int component) {
    return value(component, 1) & 15;
  }

  /** The number of a component's quantization table. */
  int quantization(int component) {
    return value(component, 2);
  }

  private int value(int component, int index) {
    return data[length(component) + index] & 0xFF;
  }

  int maxAcross() {
    int max = 1;
    for (int component = 0; component < components(); component++) {
      max = Math.max(max, across(component));
    }
    return max;
  }

  int maxDown() {
    int max = 1;
    for (int component = 0; component < components(); component++) {
      max = Math.max(max, down(component));
    }
    return max;
  }

  /** Coded units of all components that lie beside each other. */
  int unitsAcross() {
    return Math.ceilDiv(width(), Component.BLOCK * maxAcross());
  }

  /** Coded units of all components that lie below each other. */
  int unitsDown() {
    return Math.ceilDiv(height(), Component.BLOCK * maxDown());
  }

  /** Whether the colours are as most have them: of full size, half as wide, or half of both. */
  public boolean hasUsualChroma() {
    boolean usual = components() == 3 && across(0) <= 2 && down(0) <= across(0);
    for (int component = 1; usual && component <= 2; component++) {
      usual = across(component) == 1 && down(component) == 1;
    }
    return usual;
  }

  /** Whether a sample of some component covers pixels in part. */
  public boolean hasFractionalSampling() {
    boolean fractional = false;
    for (int component = 0; component < components(); component++) {
      fractional |= maxAcross() % across(component) != 0 || maxDown() % down(component) != 0;
    }
    return fractional;
  }

  /**
   * How many blocks of 8x8 samples a scan codes: without padding if it has one component, else
   * whole coded units of all of them.
   *
   * @param components of the scan
   */
  public long blocks(int... components) {
    if (components.length == 1) {
      return (long) codedAcross(components[0]) * codedDown(components[0]);
    }
    int each = 0;
    for (int component : components) {
      each += across(component) * down(component);
    }
    return (long) each * unitsAcross() * unitsDown();
  }

  /** Blocks beside each other of a component that a scan has alone. */
  int codedAcross(int component) {
    return Math.ceilDiv(width() * across(component), Component.BLOCK * maxAcross());
  }

  /** Blocks below each other of a component that a scan has alone. */
  int codedDown(int component) {
    return Math.ceilDiv(height() * down(component), Component.BLOCK * maxDown());
  }

  /** The samples of the picture, of all components at full resolution, padded to coded units. */
  public long samples() {
    long across = (long) Component.BLOCK * maxAcross() * unitsAcross();
    return components() * across * Component.BLOCK * maxDown() * unitsDown();
  }
}
