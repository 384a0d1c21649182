package org.resnet4j.core.model;

/** The two residual blocks of the paper's figure 5. */
public enum Block {
  /** Two 3x3 convolutions. */
  BASIC(1),
  /** 1x1 down to the block's width, 3x3, 1x1 up to four times the planes. */
  BOTTLENECK(4);

  private final int expansion;

  Block(int expansion) {
    this.expansion = expansion;
  }

  /** Output channels of the block per plane. */
  public int expansion() {
    return expansion;
  }
}
