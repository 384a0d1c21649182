package org.resnet4j.cuda.cudnn;

import org.resnet4j.cuda.driver.DeviceMemory;
import org.resnet4j.cuda.driver.DeviceRange;

/** A {@link ConvolutionCase} with legacy descriptors and its numbers on the device. */
final class Legacy implements AutoCloseable {
  final OnGpu on;
  final Tensors tensors;
  final ConvolutionDescriptors descriptors;
  final TensorDescriptor biasDescriptor;
  final DeviceMemory x;
  final DeviceMemory w;
  final DeviceMemory residual;
  final DeviceMemory bias;
  final DeviceMemory y;

  Legacy(OnGpu on, ConvolutionCase c) {
    this.on = on;
    GraphSpec spec = c.spec();
    tensors = new Tensors(on.gpu(), spec.type());
    x = tensors.of(c.x());
    w = tensors.of(c.w());
    residual = tensors.of(c.residual());
    bias = tensors.of(c.bias());
    y = tensors.empty(ConvolutionCase.count(c.y()));
    CudnnHandle cudnn = on.handle();
    int perGroup = spec.x().c() / spec.geometry().groups();
    descriptors =
        new ConvolutionDescriptors(
            TensorDescriptor.create(cudnn, spec.type(), spec.x()),
            FilterDescriptor.create(
                cudnn, spec.type(), c.format(), spec.k(), perGroup, spec.r(), spec.s()),
            ConvolutionDescriptor.create(cudnn, spec.geometry(), MathType.FMA_MATH, DataType.FLOAT),
            TensorDescriptor.create(cudnn, spec.type(), c.y()));
    biasDescriptor =
        TensorDescriptor.create(cudnn, spec.type(), TensorShape.nhwc(1, spec.k(), 1, 1));
  }

  ConvolutionDescriptors.Data data() {
    return new ConvolutionDescriptors.Data(x.address(), w.address(), y.address());
  }

  DeviceRange workspace(ForwardAlgorithm algorithm) {
    long bytes = on.handle().workspaceBytes(descriptors, algorithm);
    return bytes == 0 ? DeviceRange.NONE : new DeviceRange(tensors.bytes(bytes).address(), bytes);
  }

  float[] result() {
    on.stream().synchronize();
    return tensors.read(y);
  }

  float[] rounded(float[] values) {
    float[] result = values.clone();
    for (int i = 0; i < result.length; i++) {
      result[i] = tensors.rounded(result[i]);
    }
    return result;
  }

  @Override
  public void close() {
    biasDescriptor.close();
    descriptors.y().close();
    descriptors.convolution().close();
    descriptors.w().close();
    descriptors.x().close();
    tensors.close();
  }
}
