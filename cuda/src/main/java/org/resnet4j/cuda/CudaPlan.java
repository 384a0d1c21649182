package org.resnet4j.cuda;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.resnet4j.core.backend.BackendOptions;
import org.resnet4j.core.backend.InsufficientMemoryException;
import org.resnet4j.core.backend.Plan;
import org.resnet4j.core.backend.Session;
import org.resnet4j.core.backend.StepInfo;
import org.resnet4j.core.graph.Graph;
import org.resnet4j.core.stack.StackReserve;
import org.resnet4j.core.tensor.Shape;
import org.resnet4j.cuda.conv.ConvAddresses;
import org.resnet4j.cuda.conv.ConvChoices;
import org.resnet4j.cuda.conv.ConvChooser;
import org.resnet4j.cuda.conv.ConvProblem;
import org.resnet4j.cuda.conv.Declines;
import org.resnet4j.cuda.device.CudaContext;
import org.resnet4j.cuda.driver.Failures;
import org.resnet4j.cuda.driver.Resources;
import org.resnet4j.cuda.lowering.Lowering;
import org.resnet4j.cuda.memory.BatchCut;
import org.resnet4j.cuda.memory.BatchParts;
import org.resnet4j.cuda.memory.DeviceLayout;
import org.resnet4j.cuda.memory.DeviceWeights;
import org.resnet4j.cuda.memory.FullMemory;

/**
 * A lowered graph with its weights on the device, which its sessions share. The weights are
 * released with the last session after {@link #close}, or with the backend.
 */
final class CudaPlan implements Plan {
  private final CudaContext context;
  private final Lowering lowering;
  private final Declines declines;
  private final ConvChoices choices;
  private final List<StepInfo> infos;
  private final DeviceWeights weights;

  /** Sessions, and the plan itself while it is open. */
  private int users = 1;

  private boolean closed;

  private CudaPlan(CudaContext context, Lowering lowering, Graph graph, BackendOptions options) {
    this.context = context;
    this.lowering = lowering;
    this.declines = new Declines(context);
    this.choices =
        context.own(
            new ConvChoices(
                new ConvChooser(context, options.algorithms(), declines), options.tuning()));
    try {
      this.infos = infos();
      this.weights = context.own(DeviceWeights.upload(context, lowering, graph));
    } catch (Throwable e) {
      Failures.closeAfter(e, () -> context.release(choices));
      throw e;
    }
  }

  /**
   * Tries the libraries' ways for every convolution and uploads the weights.
   *
   * @throws InsufficientMemoryException if the device has no room
   */
  static CudaPlan compile(
      CudaContext context, Graph graph, Lowering lowering, BackendOptions options) {
    return context.call(() ->
        FullMemory.explained(
            context.gpu(),
            freeBytes ->
                new InsufficientMemoryException(
                    String.format(
                        Locale.ROOT,
                        "the device has no room for the network's weights and for trying its"
                            + " convolutions: %,d MB are free (nvidia-smi lists what other"
                            + " processes hold)",
                        freeBytes / 1_000_000)),
            () -> new CudaPlan(context, lowering, graph, options)));
  }

  private List<StepInfo> infos() {
    Map<ConvProblem, String> names = new HashMap<>();
    try (ConvChoices.OfBatch single = choices.use(1)) {
      Set<ConvProblem> problems = lowering.problems();
      single.expect(problems);
      problems.forEach(problem -> names.put(problem, name(single, problem)));
    }
    return lowering.infos(problem -> Objects.requireNonNull(names.get(problem)));
  }

  /** What computes a problem for one image, tried on memory of its own. */
  private String name(ConvChoices.OfBatch single, ConvProblem problem) {
    try (Resources owner = new Resources()) {
      return single.get(problem, p -> ConvAddresses.allocate(context, p, owner)).name();
    }
  }

  CudaContext context() {
    return context;
  }

  Lowering lowering() {
    return lowering;
  }

  DeviceWeights weights() {
    return weights;
  }

  ConvChoices choices() {
    return choices;
  }

  @Override
  public List<String> notes() {
    return declines.texts();
  }

  @Override
  public Shape inputShape() {
    return lowering.skeleton().inputShape();
  }

  @Override
  public Shape outputShape() {
    return lowering.skeleton().output().shape();
  }

  @Override
  public List<StepInfo> steps() {
    return infos;
  }

  @Override
  public Session newSession(int maxBatch) {
    return newSession(maxBatch, cut().parts(maxBatch));
  }

  /** How sessions cut their batches. */
  BatchCut cut() {
    return new BatchCut(lowering, context.facts().device());
  }

  /** With parts of any size. */
  Session newSession(int maxBatch, BatchParts parts) {
    DeviceLayout layout = DeviceLayout.of(lowering, parts);
    synchronized (this) {
      if (closed) {
        throw new IllegalStateException("this plan is closed");
      }
      users++;
    }
    try {
      return CudaSession.open(this, maxBatch, layout, parts);
    } catch (Throwable e) {
      leave();
      throw e;
    }
  }

  /** A session has ended. */
  void leave() {
    boolean last;
    synchronized (this) {
      users--;
      last = users == 0;
    }
    if (last) {
      try {
        context.release(weights);
      } finally {
        context.release(choices);
      }
    }
  }

  @Override
  public void close() {
    StackReserve.require();
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
    }
    leave();
  }
}
