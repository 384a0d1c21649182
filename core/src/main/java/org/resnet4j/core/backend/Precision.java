package org.resnet4j.core.backend;

/**
 * How a backend stores weights and activations and multiplies them. Sums are kept in float32;
 * biases are stored in float32 or like weights; a backend's input and output are float32 whatever
 * the precision. BatchNorm is folded in double before weights are rounded.
 *
 * <p>Bits of a significand are counted with the leading one; roundings are to nearest even, but for
 * TF32, where the device may cut off. Never chosen silently: it is {@link #FP32} unless {@link
 * BackendOptions#withPrecision} says otherwise.
 */
public enum Precision {
  /**
   * IEEE binary32 in memory; products are those of the 24-bit significands, as a fused multiply-add
   * takes them.
   */
  FP32,
  /**
   * IEEE binary32 in memory; tensor cores multiply significands of 11 bits, which is binary16's
   * precision with binary32's range. Source: NVIDIA's TensorFloat-32.
   */
  TF32,
  /**
   * IEEE binary16 in memory: significands of 11 bits, infinity above 65504. Products are exact in
   * float32.
   */
  FP16,
  /**
   * The upper half of a binary32 in memory: significands of 8 bits, binary32's range. Products are
   * exact in float32.
   */
  BF16
}
