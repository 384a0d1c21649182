package org.resnet4j.core.image.jpeg;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A component of a frame: its geometry, and what the scans so far have told of it. */
public final class Component {
  static final int BLOCK = 8;
  static final int COEFFICIENTS = BLOCK * BLOCK;

  /** The coefficients behind the first of which libjpeg-turbo guesses what is missing. */
  private static final int SMOOTHED = 9;

  final int id;

  /** Blocks of a coded unit (MCU). */
  final int across;

  final int down;

  /** How many pixels a sample covers. */
  final int pixelsAcross;

  final int pixelsDown;

  /** In samples, without padding. */
  final int width;

  final int height;

  /** In blocks of whole MCUs. */
  final int blocksAcross;

  final int blocksDown;

  private byte @Nullable [] samples;
  private final int quantization;

  /** The factors as they were at the first scan, in natural order. */
  private int @Nullable [] factors;

  /** Of each block in natural order; of a progressive picture. */
  private short @Nullable [] coefficients;

  /** By index in zigzag order: how many low bits are still to come, -1 for all. */
  private final int[] missingBits = new int[COEFFICIENTS];

  /** A component of a frame without {@link FrameHeader#hasFractionalSampling}. */
  Component(FrameHeader frame, int index) throws JpegFaultException {
    this.id = frame.id(index);
    this.across = frame.across(index);
    this.down = frame.down(index);
    this.pixelsAcross = frame.maxAcross() / across;
    this.pixelsDown = frame.maxDown() / down;
    this.width = Math.ceilDiv(frame.width(), pixelsAcross);
    this.height = Math.ceilDiv(frame.height(), pixelsDown);
    this.blocksAcross = frame.unitsAcross() * across;
    this.blocksDown = frame.unitsDown() * down;
    this.quantization = frame.quantization(index);
    long size = (long) blocksAcross * blocksDown * COEFFICIENTS;
    if (size > Integer.MAX_VALUE - 8) {
      throw new JpegFaultException("too many samples");
    }
    Arrays.fill(missingBits, -1);
  }

  int stride() {
    return blocksAcross * BLOCK;
  }

  private int size() {
    return blocksAcross * blocksDown * COEFFICIENTS;
  }

  /** Rows of {@link #stride} samples, padded to whole MCUs; taken when the first are made. */
  byte[] samples() {
    byte[] made = samples;
    if (made == null) {
      made = new byte[size()];
      samples = made;
    }
    return made;
  }

  /** The store for the coefficients, from the first call on. */
  short[] stored() {
    short[] store = coefficients;
    if (store == null) {
      store = new short[size()];
      coefficients = store;
    }
    return store;
  }

  /** Makes the samples of the coefficients, if these are stored. */
  void transform(InverseDct dct) {
    short[] store = coefficients;
    if (store == null) {
      return;
    }
    for (int row = 0; row < blocksDown; row++) {
      for (int column = 0; column < blocksAcross; column++) {
        dct.transform(store, block(row, column), this, row, column);
      }
    }
    coefficients = null;
  }

  /** Where a block's coefficients are stored. */
  int block(int row, int column) {
    return (row * blocksAcross + column) * COEFFICIENTS;
  }

  int[] factors() {
    return Objects.requireNonNull(factors);
  }

  /** Takes the factors from the tables as they are before the component's first scan. */
  void keepFactors(int[] @Nullable [] tables) throws JpegFaultException {
    if (factors == null) {
      factors = quantization < tables.length ? tables[quantization] : null;
    }
    if (factors == null) {
      throw new JpegFaultException("a quantization table that is not there");
    }
  }

  /** Notes what a scan of a progressive frame has; it may have whole coefficients once more. */
  void note(ScanHeader scan) throws JpegFaultException {
    boolean inOrder = scan.first() == 0 || missingBits[0] >= 0;
    for (int k = scan.first(); k <= scan.last(); k++) {
      inOrder &= Math.max(missingBits[k], 0) == scan.before();
      missingBits[k] = scan.after();
    }
    if (!inOrder) {
      throw new JpegFaultException("the order of its scans");
    }
  }

  /** Notes the only scan of a sequential frame that may have the component. */
  void noteWhole() throws JpegFaultException {
    if (missingBits[0] >= 0) {
      throw new JpegFaultException("two scans of a component");
    }
    Arrays.fill(missingBits, 0);
  }

  /** Refuses what libjpeg would smooth, since it lacks low frequencies (jdcoefct.c). */
  void requireComplete() throws JpegFaultException {
    boolean complete = missingBits[0] >= 0;
    for (int k = 1; k <= SMOOTHED; k++) {
      complete &= missingBits[k] == 0;
    }
    if (!complete) {
      throw new JpegFaultException("missing scans");
    }
  }
}
