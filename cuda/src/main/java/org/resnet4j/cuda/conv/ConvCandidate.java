package org.resnet4j.cuda.conv;

import org.resnet4j.core.graph.Window;
import org.resnet4j.cuda.cublas.CublasHandle;
import org.resnet4j.cuda.cublas.Gemm;
import org.resnet4j.cuda.cublas.Matmul;
import org.resnet4j.cuda.cublas.MatmulAlgorithm;
import org.resnet4j.cuda.cublas.MatrixType;
import org.resnet4j.cuda.cublas.Operation;
import org.resnet4j.cuda.cudnn.ActivationDescriptor;
import org.resnet4j.cuda.cudnn.AlgorithmResult;
import org.resnet4j.cuda.cudnn.ConvPlan;
import org.resnet4j.cuda.cudnn.ConvolutionDescriptors;
import org.resnet4j.cuda.cudnn.CudnnHandle;
import org.resnet4j.cuda.cudnn.TensorDescriptor;
import org.resnet4j.cuda.device.Arithmetic;
import org.resnet4j.cuda.device.CudaContext;
import org.resnet4j.cuda.driver.DeviceRange;
import org.resnet4j.cuda.driver.Resources;
import org.resnet4j.cuda.kernels.KernelCall;
import org.resnet4j.cuda.kernels.SlidingWindow;

/**
 * One way in which the device's libraries compute a {@link ConvProblem} for a number of images.
 * Belongs to its device's thread.
 */
public sealed interface ConvCandidate {
  /** Its native objects, which whoever had it built closes. */
  Resources natives();

  /** Bytes of workspace that it needs. */
  long workspaceBytes();

  /**
   * Makes it ready to be queued on the context's stream, often.
   *
   * @param owner releases what that takes
   */
  Runnable bind(ConvAddresses at, DeviceRange workspace, Resources owner);

  /** {@link ConvMethod#GRAPH_FUSED}. */
  record Graph(Resources natives, ConvPlan plan) implements ConvCandidate {
    @Override
    public long workspaceBytes() {
      return plan.workspaceBytes();
    }

    @Override
    public Runnable bind(ConvAddresses at, DeviceRange workspace, Resources owner) {
      ConvPlan.Data data = new ConvPlan.Data(at.x(), at.w(), at.residual(), at.typedBias(), at.y());
      return owner.own(plan.bind(data, workspace))::execute;
    }
  }

  /** {@link ConvMethod#LEGACY_FUSED}. */
  record LegacyFused(
      Resources natives,
      CudnnHandle cudnn,
      ConvolutionDescriptors descriptors,
      TensorDescriptor bias,
      ActivationDescriptor activation,
      AlgorithmResult result)
      implements ConvCandidate {
    @Override
    public long workspaceBytes() {
      return result.workspaceBytes();
    }

    @Override
    public Runnable bind(ConvAddresses at, DeviceRange workspace, Resources owner) {
      ConvolutionDescriptors.Data data = new ConvolutionDescriptors.Data(at.x(), at.w(), at.y());
      return () -> {
        descriptors.convolution().setMathType(result.mathType());
        cudnn.convolveFused(
            descriptors,
            data,
            result.algorithm(),
            workspace,
            at.residual(),
            bias,
            at.typedBias(),
            activation);
      };
    }
  }

  /** {@link ConvMethod#LEGACY_THEN_EPILOGUE}. */
  record LegacyThenEpilogue(
      Resources natives,
      CudnnHandle cudnn,
      ConvolutionDescriptors descriptors,
      AlgorithmResult result,
      EpilogueStep epilogue)
      implements ConvCandidate {
    @Override
    public long workspaceBytes() {
      return result.workspaceBytes();
    }

    @Override
    public Runnable bind(ConvAddresses at, DeviceRange workspace, Resources owner) {
      ConvolutionDescriptors.Data data = new ConvolutionDescriptors.Data(at.x(), at.w(), at.y());
      Runnable after = epilogue.bind(at, owner);
      return () -> {
        descriptors.convolution().setMathType(result.mathType());
        cudnn.convolve(descriptors, data, result.algorithm(), workspace);
        after.run();
      };
    }
  }

  /** {@link ConvMethod#GEMM_FUSED}. */
  record GemmFused(Resources natives, Matmul matmul, MatmulAlgorithm algorithm)
      implements ConvCandidate {
    @Override
    public long workspaceBytes() {
      return algorithm.workspaceBytes();
    }

    @Override
    public Runnable bind(ConvAddresses at, DeviceRange workspace, Resources owner) {
      Matmul.Data data = new Matmul.Data(at.w(), at.x(), at.residual(), at.typedBias(), at.y());
      return () -> matmul.run(algorithm, data, workspace);
    }
  }

  /** {@link ConvMethod#GEMM_THEN_EPILOGUE}; cuBLAS has its workspace already. */
  record GemmThenEpilogue(Resources natives, CublasHandle cublas, Gemm gemm, EpilogueStep epilogue)
      implements ConvCandidate {
    @Override
    public long workspaceBytes() {
      return 0;
    }

    @Override
    public Runnable bind(ConvAddresses at, DeviceRange workspace, Resources owner) {
      Runnable after = epilogue.bind(at, owner);
      return () -> {
        cublas.multiply(gemm, 1, at.w(), at.x(), 0, at.y());
        after.run();
      };
    }
  }

  /** {@link ConvMethod#OWN_KERNEL}. */
  record OwnKernel(Resources natives, CudaContext context, ConvProblem problem, int images)
      implements ConvCandidate {
    @Override
    public long workspaceBytes() {
      return 0;
    }

    @Override
    public Runnable bind(ConvAddresses at, DeviceRange workspace, Resources owner) {
      Window window = problem.window();
      KernelCall call =
          new KernelCall.Convolution(
              at.x(),
              at.w(),
              at.bias(),
              at.residual(),
              at.y(),
              images,
              problem.inChannels(),
              problem.outChannels(),
              problem.groups(),
              new SlidingWindow(
                  problem.height(),
                  problem.width(),
                  window.kernel(),
                  window.stride(),
                  window.padding()),
              problem.relu());
      return context.queueing(problem.type(), call, owner);
    }
  }

  /**
   * What follows a plain convolution, in place: bias, residual, ReLU.
   *
   * @param rows images * height * width of the result
   */
  record EpilogueStep(CudaContext context, ConvProblem problem, int rows) {
    Runnable bind(ConvAddresses at, Resources owner) {
      KernelCall call =
          new KernelCall.Epilogue(
              at.y(),
              at.bias(),
              at.residual(),
              at.y(),
              rows,
              problem.outChannels(),
              problem.relu());
      return context.queueing(problem.resultType(), call, owner);
    }
  }

  /**
   * {@code y = x w^T} on row-major matrices, as cuBLAS sees them: column-major, transposed.
   *
   * @param rows of x and y
   */
  static Gemm gemm(ConvProblem problem, int rows) {
    return new Gemm(
        Operation.OP_T,
        Operation.OP_N,
        problem.outChannels(),
        rows,
        problem.inChannels(),
        problem.inChannels(),
        problem.inChannels(),
        problem.outChannels(),
        Arithmetic.matrixType(problem.precision()),
        problem.scores() ? MatrixType.R_32F : Arithmetic.matrixType(problem.precision()),
        Arithmetic.computeType(problem.precision()));
  }
}
