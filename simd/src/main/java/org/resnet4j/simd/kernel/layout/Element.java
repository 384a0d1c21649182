package org.resnet4j.simd.kernel.layout;

/** What an activation consists of. */
public enum Element {
  /** IEEE binary32, for the kernels on vectors. */
  FLOAT32(Float.BYTES, BlockedLayout.BLOCK),
  /** The upper half of one, for matrix units. */
  BFLOAT16(Bfloat16.BYTES, BlockedLayout.WIDE_BLOCK);

  private final int bytes;
  private final int block;

  Element(int bytes, int block) {
    this.bytes = bytes;
    this.block = block;
  }

  /** Bytes of one. */
  public int bytes() {
    return bytes;
  }

  /** Channels that lie together, 64 bytes of them. */
  public int block() {
    return block;
  }
}
