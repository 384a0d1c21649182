package org.resnet4j.cuda.cudnn;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import org.resnet4j.cuda.driver.CudaException;
import org.resnet4j.cuda.driver.DeviceRange;
import org.resnet4j.cuda.driver.GpuThread;
import org.resnet4j.cuda.driver.NativeHandle;
import org.resnet4j.cuda.driver.Stream;

/**
 * A cuDNN handle whose work goes to one stream. Calls queue work and return; memory must live until
 * the stream has run it. Every method throws {@link CudaException} with cuDNN's status. Owns one
 * native object; belongs to its {@link GpuThread}, as all that is made for it. Source: {@code
 * cudnnHandle_t}.
 */
public final class CudnnHandle implements AutoCloseable {
  /** An algorithm may be listed once for each arithmetic that the descriptor allows. */
  private static final int RESULTS = 2 * ForwardAlgorithm.values().length;

  private static final MemorySegment ONE = constant(1);
  private static final MemorySegment ZERO = constant(0);

  private final Cudnn cudnn;
  private final LegacyApi api;
  private final NativeHandle handle;

  private CudnnHandle(Cudnn cudnn, NativeHandle handle) {
    this.cudnn = cudnn;
    this.api = cudnn.legacy();
    this.handle = handle;
  }

  /** Creates, on the stream's thread; the stream must outlive it. */
  public static CudnnHandle create(Cudnn cudnn, Stream stream) {
    cudnn.parts();
    long queue = stream.handle();
    return new CudnnHandle(
        cudnn,
        NativeHandle.create(
            stream.gpu(),
            "cuDNN handle",
            cudnn::create,
            cudnn::destroy,
            created -> cudnn.setStream(created, queue)));
  }

  /** The library behind it. */
  public Cudnn cudnn() {
    return cudnn;
  }

  GpuThread gpu() {
    return handle.gpu();
  }

  long value() {
    return handle.value();
  }

  /** N, C, H, W of the result. */
  public int[] outputDimensions(ConvolutionDescriptors d) {
    return api.getConvolution2dForwardOutputDim(
        d.convolution().handle(), d.x().handle(), d.w().handle());
  }

  /** Algorithms, the usable first, by cuDNN's guess of their speed. */
  public List<AlgorithmResult> algorithms(ConvolutionDescriptors d) {
    return api.getConvolutionForwardAlgorithm(
        value(), d.x().handle(), d.w().handle(), d.convolution().handle(), d.y().handle(), RESULTS);
  }

  /**
   * Algorithms, those that fit the workspace first, by measured speed. Runs them and overwrites the
   * result; forbidden while the stream is captured.
   */
  public List<AlgorithmResult> measure(
      ConvolutionDescriptors d, ConvolutionDescriptors.Data data, DeviceRange workspace) {
    return api.findConvolutionForwardAlgorithmEx(
        value(),
        d.x().handle(),
        data.x(),
        d.w().handle(),
        data.w(),
        d.convolution().handle(),
        d.y().handle(),
        data.y(),
        RESULTS,
        workspace.address(),
        workspace.bytes());
  }

  /** Bytes of workspace that the algorithm needs. */
  public long workspaceBytes(ConvolutionDescriptors d, ForwardAlgorithm algorithm) {
    return api.getConvolutionForwardWorkspaceSize(
        value(),
        d.x().handle(),
        d.w().handle(),
        d.convolution().handle(),
        d.y().handle(),
        algorithm);
  }

  /** {@code y = conv(x, w)}. */
  public void convolve(
      ConvolutionDescriptors d,
      ConvolutionDescriptors.Data data,
      ForwardAlgorithm algorithm,
      DeviceRange workspace) {
    api.convolutionForward(
        value(),
        ONE,
        d.x().handle(),
        data.x(),
        d.w().handle(),
        data.w(),
        d.convolution().handle(),
        algorithm,
        workspace.address(),
        workspace.bytes(),
        ZERO,
        d.y().handle(),
        data.y());
  }

  /**
   * {@code y = activation(conv(x, w) + residual + bias)}. {@link ActivationMode#IDENTITY} needs
   * {@link ForwardAlgorithm#IMPLICIT_PRECOMP_GEMM}.
   *
   * @param residual device address with the result's descriptor, which may be the result's own; 0
   *     for none
   * @param bias one number per channel: dimensions 1, K, 1, 1
   * @param biasData its device address
   */
  public void convolveFused(
      ConvolutionDescriptors d,
      ConvolutionDescriptors.Data data,
      ForwardAlgorithm algorithm,
      DeviceRange workspace,
      long residual,
      TensorDescriptor bias,
      long biasData,
      ActivationDescriptor activation) {
    api.convolutionBiasActivationForward(
        value(),
        ONE,
        d.x().handle(),
        data.x(),
        d.w().handle(),
        data.w(),
        d.convolution().handle(),
        algorithm,
        workspace.address(),
        workspace.bytes(),
        residual == 0 ? ZERO : ONE,
        d.y().handle(),
        residual == 0 ? data.y() : residual,
        bias.handle(),
        biasData,
        activation.handle(),
        d.y().handle(),
        data.y());
  }

  /** {@code y = pool(x)}. */
  public void pool(
      PoolingDescriptor pooling, TensorDescriptor x, long xData, TensorDescriptor y, long yData) {
    api.poolingForward(value(), pooling.handle(), ONE, x.handle(), xData, ZERO, y.handle(), yData);
  }

  /** Destroys. Idempotent. */
  @Override
  public void close() {
    handle.close();
  }

  private static MemorySegment constant(float value) {
    return Arena.global().allocateFrom(ValueLayout.JAVA_FLOAT, value).asReadOnly();
  }
}
