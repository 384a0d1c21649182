package org.resnet4j.core.model;

/**
 * Where a bottleneck that halves the image puts its stride of 2. Basic blocks know only one place,
 * their first convolution.
 */
public enum StridePlacement {
  /** In the first 1x1, as the paper has it (and Caffe, and Keras). */
  V1,
  /**
   * In the 3x3, as torchvision has it; called "ResNet v1.5" since NVIDIA's and MLPerf's use of it.
   */
  V1_5
}
