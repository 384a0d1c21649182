package org.resnet4j.cuda.conv;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.resnet4j.core.backend.Precision;
import org.resnet4j.core.graph.Window;
import org.resnet4j.cuda.conv.ConvCandidate.EpilogueStep;
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
import org.resnet4j.cuda.cudnn.DataType;
import org.resnet4j.cuda.cudnn.EngineOffer;
import org.resnet4j.cuda.cudnn.FilterDescriptor;
import org.resnet4j.cuda.cudnn.ForwardAlgorithm;
import org.resnet4j.cuda.cudnn.GraphSpec;
import org.resnet4j.cuda.cudnn.HeuristicMode;
import org.resnet4j.cuda.cudnn.MathType;
import org.resnet4j.cuda.cudnn.TensorDescriptor;
import org.resnet4j.cuda.cudnn.TensorFormat;
import org.resnet4j.cuda.cudnn.TensorShape;
import org.resnet4j.cuda.device.Arithmetic;
import org.resnet4j.cuda.device.CudaContext;
import org.resnet4j.cuda.driver.CudaException;
import org.resnet4j.cuda.driver.Resources;

/**
 * In which ways a device's libraries compute a {@link ConvProblem} for a number of images. They are
 * listed method after method as they are asked for, and each is built when it is to be tried, since
 * building one may take a second. Belongs to the device's thread.
 */
public final class ConvCandidates {
  /** Engines and algorithms of one method, the best by the library's own guess. */
  private static final int PER_METHOD = 8;

  private final CudaContext context;
  private final ConvProblem problem;
  private final int images;
  private final long mostWorkspace;
  private final Resources owner;
  private final Declines declines;
  private final DataType type;
  private final TensorShape x;
  private final TensorShape y;
  private final ConvolutionGeometry geometry;

  /**
   * A way, not built yet.
   *
   * @param name the same each time it is listed, and no other's
   * @param builder makes it, its native objects owned by the argument; any status of a library may
   *     mean that it cannot
   */
  record Offer(String name, Function<Resources, ConvCandidate> builder) {}

  /**
   * Describes what is asked.
   *
   * @param mostWorkspace bytes; what needs more is left out
   * @param owner releases what the offers need before they are built
   * @param declines hears of methods that a library does not have
   */
  ConvCandidates(
      CudaContext context,
      ConvProblem problem,
      int images,
      long mostWorkspace,
      Resources owner,
      Declines declines) {
    this.context = context;
    this.problem = problem;
    this.images = images;
    this.mostWorkspace = mostWorkspace;
    this.owner = owner;
    this.declines = declines;
    this.type = Arithmetic.dataType(problem.precision());
    Window window = problem.window();
    this.x = TensorShape.nhwc(images, problem.inChannels(), problem.height(), problem.width());
    this.geometry = ConvolutionGeometry.square(window.padding(), window.stride(), problem.groups());
    this.y = geometry.outputNhwc(x, problem.outChannels(), window.kernel(), window.kernel());
  }

  /** The ways, the one to take unless timing says otherwise first. */
  Iterator<Offer> offers() {
    return ConvMethod.candidates(problem).stream()
        .flatMap(method -> offers(method).stream())
        .iterator();
  }

  private List<Offer> offers(ConvMethod method) {
    try {
      return switch (method) {
        case GRAPH_FUSED -> engines();
        case GEMM_FUSED -> products();
        case LEGACY_FUSED -> algorithms(method, this::fused);
        case GEMM_THEN_EPILOGUE ->
            List.of(
                new Offer(
                    method.name(),
                    natives ->
                        new ConvCandidate.GemmThenEpilogue(
                            natives,
                            context.cublas(),
                            ConvCandidate.gemm(problem, rows()),
                            epilogue())));
        case LEGACY_THEN_EPILOGUE -> algorithms(method, this::plain);
        case OWN_KERNEL ->
            List.of(
                new Offer(
                    method.name(),
                    natives -> new ConvCandidate.OwnKernel(natives, context, problem, images)));
      };
    } catch (CudaException e) {
      declines.add(problem, images, method.name(), e);
      return List.of();
    }
  }

  private ConvCandidate fused(AlgorithmResult result, Resources natives) {
    return new ConvCandidate.LegacyFused(
        natives, context.cudnn(), descriptors(natives), bias(natives), activation(natives), result);
  }

  private ConvCandidate plain(AlgorithmResult result, Resources natives) {
    return new ConvCandidate.LegacyThenEpilogue(
        natives, context.cudnn(), descriptors(natives), result, epilogue());
  }

  private List<Offer> products() {
    FusedGemm spec =
        new FusedGemm(
            ConvCandidate.gemm(problem, rows()), problem.residual(), true, problem.relu());
    boolean tensorCores = Arithmetic.usesTensorCores(problem.precision());
    List<MatmulAlgorithm> algorithms;
    try (Matmul matmul = Matmul.create(context.cublas(), spec)) {
      algorithms = matmul.algorithms(mostWorkspace, tensorCores, PER_METHOD);
    }
    List<Offer> offers = new ArrayList<>();
    for (MatmulAlgorithm algorithm : algorithms) {
      offers.add(
          new Offer(
              ConvMethod.GEMM_FUSED + " algo " + offers.size(),
              natives -> {
                Matmul matmul = natives.own(Matmul.create(context.cublas(), spec));
                return new ConvCandidate.GemmFused(natives, matmul, algorithm);
              }));
    }
    return List.copyOf(offers);
  }

  private List<Offer> engines() {
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
    ConvGraph graph = owner.own(ConvGraph.build(context.cudnn(), spec));
    Map<String, Offer> offers = new LinkedHashMap<>();
    for (HeuristicMode mode : List.of(HeuristicMode.A, HeuristicMode.FALLBACK)) {
      for (EngineOffer engine :
          graph.engines(mode, Arithmetic.unwanted(problem.precision()), PER_METHOD)) {
        if (engine.leastWorkspaceBytes() <= mostWorkspace) {
          // An engine may be listed with other settings again.
          String name = ConvMethod.GRAPH_FUSED + " " + engine.engine().text();
          for (int again = 2; offers.containsKey(name); again++) {
            name = ConvMethod.GRAPH_FUSED + " " + engine.engine().text() + " #" + again;
          }
          offers.put(name, new Offer(name, natives -> graph(engine, natives)));
        }
      }
    }
    return List.copyOf(offers.values());
  }

  private ConvCandidate graph(EngineOffer engine, Resources natives) {
    ConvPlan plan = natives.own(engine.plan());
    if (plan.workspaceBytes() > mostWorkspace) {
      throw new TooMuchWorkspaceException(plan.workspaceBytes());
    }
    return new ConvCandidate.Graph(natives, plan);
  }

  private List<Offer> algorithms(
      ConvMethod method, BiFunction<AlgorithmResult, Resources, ConvCandidate> builder) {
    boolean onlyPrecomputed = method.needsPrecomputedGemm(problem);
    ConvolutionDescriptors d = descriptors(owner);
    return context.cudnn().algorithms(d).stream()
        .filter(AlgorithmResult::usable)
        .filter(AlgorithmResult::deterministic)
        .filter(result -> Arithmetic.allows(problem.precision(), result.mathType()))
        .filter(result ->
            !onlyPrecomputed || result.algorithm() == ForwardAlgorithm.IMPLICIT_PRECOMP_GEMM)
        .flatMap(result -> inItsArithmetic(method, d, result).stream())
        .distinct()
        .filter(result -> result.workspaceBytes() <= mostWorkspace)
        .limit(PER_METHOD)
        .map(result -> new Offer(name(method, result), natives -> builder.apply(result, natives)))
        .toList();
  }

  private static String name(ConvMethod method, AlgorithmResult result) {
    return (method + " " + result.algorithm() + " " + result.mathType())
        .replace("_MATH", "")
        .toLowerCase(Locale.ROOT)
        .replace(method.name().toLowerCase(Locale.ROOT), method.name());
  }

  /**
   * In float32 without tensor cores, also where cuDNN lists it with its default arithmetic; none if
   * cuDNN does not have that.
   */
  private Optional<AlgorithmResult> inItsArithmetic(
      ConvMethod method, ConvolutionDescriptors d, AlgorithmResult result) {
    if (problem.precision() != Precision.FP32) {
      return Optional.of(result);
    }
    AlgorithmResult strict =
        new AlgorithmResult(
            result.algorithm(),
            result.status(),
            result.millis(),
            result.workspaceBytes(),
            result.deterministic(),
            MathType.FMA_MATH);
    try {
      return Optional.of(
          strict.withWorkspaceBytes(context.cudnn().workspaceBytes(d, result.algorithm())));
    } catch (CudaException e) {
      declines.add(problem, images, name(method, strict), e);
      return Optional.empty();
    }
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
