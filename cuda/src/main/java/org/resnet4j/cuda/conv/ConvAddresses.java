package org.resnet4j.cuda.conv;

import org.resnet4j.cuda.device.CudaContext;
import org.resnet4j.cuda.driver.DeviceMemory;
import org.resnet4j.cuda.driver.Resources;

/**
 * Where one convolution's operands lie on the device. The result overlaps no operand.
 *
 * @param x input
 * @param w weights
 * @param bias float32
 * @param typedBias the bias in the type of y, which fused calls want
 * @param residual 0 for none
 * @param y result
 */
public record ConvAddresses(long x, long w, long bias, long typedBias, long residual, long y) {
  /**
   * Memory of undefined contents for one image.
   *
   * @param owner releases it
   */
  public static ConvAddresses allocate(CudaContext context, ConvProblem problem, Resources owner) {
    long element = problem.type().bytes();
    long x =
        DeviceMemory.aligned(
            (long) problem.height() * problem.width() * problem.inChannels() * element);
    long y =
        DeviceMemory.aligned(
            (long) problem.outPixels() * problem.outChannels() * problem.resultType().bytes());
    long w = DeviceMemory.aligned(problem.filterBytes());
    long bias = DeviceMemory.aligned(problem.biasBytes());
    long residual = problem.residual() ? y : 0;
    long at =
        owner.own(DeviceMemory.allocate(context.gpu(), x + w + 2 * bias + residual + y)).address();
    return new ConvAddresses(
        at,
        at + x,
        at + x + w,
        at + x + w + bias,
        problem.residual() ? at + x + w + 2 * bias : 0,
        at + x + w + 2 * bias + residual);
  }
}
