package org.resnet4j.core.model;

import org.resnet4j.core.graph.Window;

/** What comes before the first stage. */
public enum Stem {
  /** For pictures of ImageNet's size: 7x7 with stride 2, and max-pooling 3x3 with stride 2. */
  IMAGENET,
  /** For pictures of CIFAR's 32x32: 3x3 with stride 1, and no pooling. */
  CIFAR;

  /** The first convolution's. */
  Window window() {
    return switch (this) {
      case IMAGENET -> new Window(7, 2, 3);
      case CIFAR -> new Window(3, 1, 1);
    };
  }

  /** Whether max-pooling follows. */
  boolean isPooled() {
    return this == IMAGENET;
  }
}
