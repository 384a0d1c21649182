package org.resnet4j.cuda;

import java.util.ArrayList;
import java.util.List;
import org.resnet4j.core.backend.Precision;
import org.resnet4j.core.graph.Window;
import org.resnet4j.cuda.ConvCandidate.EpilogueStep;
import org.resnet4j.cuda.cublas.CublasStatus;
import org.resnet4j.cuda.cublas.FusedGemm;
import org.resnet4j.cuda.cublas.Matmul;
import org.resnet4j.cuda.cublas.MatmulAlgorithm;
import org.resnet4j.cuda.cudnn.ActivationDescriptor;
import org.resnet4j.cuda.cudnn.ActivationMode;
import org.resnet4j.cuda.cudnn.AlgorithmResult;
import org.resnet4j.cuda.cudnn.ConvGraph;
import org.resnet4j.cuda.cudnn.ConvPlan;
import org.resnet4j.cuda.cudnn.ConvolutionDescriptor;
import org.resnet4j.cuda.cudnn.ConvolutionDescriptors;
import org.resnet4j.cuda.cudnn.ConvolutionGeometry;
import org.resnet4j.cuda.cudnn.CudnnHandle;
import org.resnet4j.cuda.cudnn.CudnnStatus;
import org.resnet4j.cuda.cudnn.DataType;
import org.resnet4j.cuda.cudnn.FilterDescriptor;
import org.resnet4j.cuda.cudnn.ForwardAlgorithm;
import org.resnet4j.cuda.cudnn.GraphSpec;
import org.resnet4j.cuda.cudnn.HeuristicMode;
import org.resnet4j.cuda.cudnn.MathType;
import org.resnet4j.cuda.cudnn.TensorDescriptor;
import org.resnet4j.cuda.cudnn.TensorFormat;
import org.resnet4j.cuda.cudnn.TensorShape;
import org.resnet4j.cuda.driver.CudaException;
import org.resnet4j.cuda.driver.Resources;

/**
 * Asks a device's libraries in which ways they compute a {@link ConvProblem} for a number of
 * images. Belongs to the device's thread.
 */
final class ConvCandidates {
  /** Plans and algorithms of one method, the best by the library's own guess. */
  private static final int PER_METHOD = 3;

  private final CudaContext context;
  private final ConvProblem problem;
  private final int images;
  private final long mostWorkspace;
  private final Resources owner;
  private final DataType type;
  private final TensorShape x;
  private final TensorShape y;
  private final ConvolutionGeometry geometry;

  /**
   * Describes what is asked.
   *
   * @param mostWorkspace bytes; what needs more is left out
   * @param owner releases the candidates' native objects
   */
  ConvCandidates(
      CudaContext context, ConvProblem problem, int images, long mostWorkspace, Resources owner) {
    this.context = context;
    this.problem = problem;
    this.images = images;
    this.mostWorkspace = mostWorkspace;
    this.owner = owner;
    this.type = Arithmetic.dataType(problem.precision());
    Window window = problem.window();
    this.x = TensorShape.nhwc(images, problem.inChannels(), problem.height(), problem.width());
    this.geometry = ConvolutionGeometry.square(window.padding(), window.stride(), problem.groups());
    this.y = geometry.outputNhwc(x, problem.outChannels(), window.kernel(), window.kernel());
  }

  /**
   * The ways, the one to take unless timing says otherwise first.
   *
   * @throws IllegalStateException if there is none, not even the plain convolution
   */
  List<ConvCandidate> all() {
    List<ConvCandidate> all =
        ConvMethod.candidates(problem).stream()
            .flatMap(method -> of(method).stream())
            .map(ConvCandidate.class::cast)
            .toList();
    if (all.isEmpty()) {
      throw new IllegalStateException(
          "cuDNN " + context.cudnn().cudnn().versionText() + " computes no " + problem);
    }
    return all;
  }

  private List<? extends ConvCandidate> of(ConvMethod method) {
    try {
      return switch (method) {
        case GRAPH_FUSED -> graphs();
        case GEMM_FUSED -> products();
        case LEGACY_FUSED -> algorithms(method).stream().map(this::fused).toList();
        case GEMM_THEN_EPILOGUE ->
            List.of(
                new ConvCandidate.GemmThenEpilogue(
                    natives(),
                    context.cublas(),
                    ConvCandidate.gemm(problem, rows(), false),
                    epilogue()));
        case LEGACY_THEN_EPILOGUE -> algorithms(method).stream().map(this::plain).toList();
      };
    } catch (CudaException e) {
      if (isDeclined(e)) {
        return List.of();
      }
      throw e;
    }
  }

  /** Whether a library cannot do what it was asked; another way may. */
  static boolean isDeclined(CudaException e) {
    return e.function().startsWith("cublas")
        ? e.code() == CublasStatus.NOT_SUPPORTED.value()
        : e.function().startsWith("cudnn") && CudnnStatus.isDeclined(e.code());
  }

  /** One candidate's. */
  private Resources natives() {
    return owner.own(new Resources());
  }

  private ConvCandidate.LegacyFused fused(AlgorithmResult result) {
    Resources natives = natives();
    return new ConvCandidate.LegacyFused(
        natives, context.cudnn(), descriptors(natives), bias(natives), activation(natives), result);
  }

  private ConvCandidate.LegacyThenEpilogue plain(AlgorithmResult result) {
    Resources natives = natives();
    return new ConvCandidate.LegacyThenEpilogue(
        natives, context.cudnn(), descriptors(natives), result, epilogue());
  }

  private List<ConvCandidate.GemmFused> products() {
    FusedGemm spec =
        new FusedGemm(
            ConvCandidate.gemm(problem, rows(), false), problem.residual(), true, problem.relu());
    boolean tensorCores = Arithmetic.usesTensorCores(problem.precision());
    List<MatmulAlgorithm> algorithms;
    try (Matmul matmul = Matmul.create(context.cublas(), spec)) {
      algorithms = matmul.algorithms(mostWorkspace, tensorCores, PER_METHOD);
    }
    return algorithms.stream()
        .map(algorithm -> {
          Resources natives = natives();
          Matmul matmul = natives.own(Matmul.create(context.cublas(), spec));
          return new ConvCandidate.GemmFused(natives, matmul, algorithm);
        })
        .toList();
  }

  private List<ConvCandidate.Graph> graphs() {
    int kernel = problem.window().kernel();
    GraphSpec spec =
        new GraphSpec(
            type,
            x,
            problem.outChannels(),
            kernel,
            kernel,
            geometry,
            problem.residual(),
            true,
            problem.relu());
    List<ConvCandidate.Graph> candidates = new ArrayList<>();
    try (ConvGraph graph = ConvGraph.build(context.cudnn(), spec)) {
      for (HeuristicMode mode : List.of(HeuristicMode.A, HeuristicMode.FALLBACK)) {
        if (candidates.isEmpty()) {
          for (ConvPlan plan :
              graph.plans(mode, Arithmetic.unwanted(problem.precision()), PER_METHOD)) {
            Resources natives = natives();
            natives.own(plan);
            if (plan.workspaceBytes() <= mostWorkspace) {
              candidates.add(new ConvCandidate.Graph(natives, plan));
            }
          }
        }
      }
    }
    return List.copyOf(candidates);
  }

  private List<AlgorithmResult> algorithms(ConvMethod method) {
    boolean onlyPrecomputed = method.needsPrecomputedGemm(problem);
    ConvolutionDescriptors d = descriptors(owner);
    return context.cudnn().algorithms(d).stream()
        .filter(AlgorithmResult::usable)
        .filter(AlgorithmResult::deterministic)
        .filter(result -> Arithmetic.allows(problem.precision(), result.mathType()))
        .filter(result ->
            !onlyPrecomputed || result.algorithm() == ForwardAlgorithm.IMPLICIT_PRECOMP_GEMM)
        .map(result -> problem.precision() == Precision.FP32 ? strict(d, result) : result)
        .distinct()
        .filter(result -> result.workspaceBytes() <= mostWorkspace)
        .limit(PER_METHOD)
        .toList();
  }

  /** An algorithm without tensor cores, also where cuDNN lists it with its default arithmetic. */
  private AlgorithmResult strict(ConvolutionDescriptors d, AlgorithmResult result) {
    return new AlgorithmResult(
        result.algorithm(),
        result.status(),
        result.millis(),
        context.cudnn().workspaceBytes(d, result.algorithm()),
        result.deterministic(),
        MathType.FMA_MATH);
  }

  private ConvolutionDescriptors descriptors(Resources natives) {
    CudnnHandle cudnn = context.cudnn();
    int kernel = problem.window().kernel();
    return new ConvolutionDescriptors(
        natives.own(TensorDescriptor.create(cudnn, type, x)),
        natives.own(
            FilterDescriptor.create(
                cudnn,
                type,
                TensorFormat.NHWC,
                problem.outChannels(),
                problem.inChannelsPerGroup(),
                kernel,
                kernel)),
        natives.own(
            ConvolutionDescriptor.create(
                cudnn, geometry, Arithmetic.mathType(problem.precision()), DataType.FLOAT)),
        natives.own(TensorDescriptor.create(cudnn, type, y)));
  }

  private TensorDescriptor bias(Resources natives) {
    TensorShape channels = TensorShape.nhwc(1, problem.outChannels(), 1, 1);
    return natives.own(TensorDescriptor.create(context.cudnn(), type, channels));
  }

  private ActivationDescriptor activation(Resources natives) {
    ActivationMode mode = problem.relu() ? ActivationMode.RELU : ActivationMode.IDENTITY;
    return natives.own(ActivationDescriptor.create(context.cudnn(), mode));
  }

  private EpilogueStep epilogue() {
    return new EpilogueStep(context, problem, rows());
  }

  private int rows() {
    return images * y.h() * y.w();
  }
}
