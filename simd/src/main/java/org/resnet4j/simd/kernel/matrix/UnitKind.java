package org.resnet4j.simd.kernel.matrix;

import org.resnet4j.simd.machinecode.Tile;

/** The units that multiply matrices of bfloat16, and how many pixels they take at a time. */
public enum UnitKind {
  /** Intel's AMX: two pieces of 16 pixels, whose products with 32 channels are four tiles. */
  AMX("AMX matrix units", Tile.ROWS, 2),
  /**
   * AVX-512 BF16: a piece of 12 pixels, whose products with 32 channels take 24 of 32 vector
   * registers.
   */
  AVX512("AVX-512 BF16 vectors", 12, 1);

  private final String text;
  private final int rows;
  private final int pieces;

  UnitKind(String text, int rows, int pieces) {
    this.text = text;
    this.rows = rows;
    this.pieces = pieces;
  }

  /** For people. */
  public String text() {
    return text;
  }

  /** Most pixels of a piece. */
  int rows() {
    return rows;
  }

  /** Most pieces that are computed together. */
  int pieces() {
    return pieces;
  }
}
