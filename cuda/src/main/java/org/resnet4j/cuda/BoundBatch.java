package org.resnet4j.cuda;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.resnet4j.core.graph.Node;
import org.resnet4j.core.tensor.Shape;
import org.resnet4j.cuda.conv.ConvAddresses;
import org.resnet4j.cuda.conv.ConvCandidate;
import org.resnet4j.cuda.conv.ConvChoices;
import org.resnet4j.cuda.device.CudaContext;
import org.resnet4j.cuda.driver.DeviceRange;
import org.resnet4j.cuda.driver.Event;
import org.resnet4j.cuda.driver.Failures;
import org.resnet4j.cuda.driver.Graph;
import org.resnet4j.cuda.driver.Resources;
import org.resnet4j.cuda.kernels.ElementType;
import org.resnet4j.cuda.kernels.KernelCall;
import org.resnet4j.cuda.lowering.CudaStep;
import org.resnet4j.cuda.lowering.CudaStep.AveragePoolStep;
import org.resnet4j.cuda.lowering.CudaStep.ConvStep;
import org.resnet4j.cuda.lowering.CudaStep.InputStep;
import org.resnet4j.cuda.lowering.CudaStep.LogitsStep;
import org.resnet4j.cuda.lowering.CudaStep.MaxPoolStep;
import org.resnet4j.cuda.lowering.InputForm;
import org.resnet4j.cuda.memory.BatchSlot;
import org.resnet4j.cuda.memory.DeviceWeights;
import org.resnet4j.cuda.memory.SessionMemory;

/**
 * A plan's steps for one number of images on a slot of a session's memory: convolutions chosen,
 * addresses fixed, everything from the uploaded input to the download of the logits captured as one
 * CUDA graph for each form of input that is used. Belongs to its device's thread.
 */
final class BoundBatch implements AutoCloseable {
  private final CudaPlan plan;
  private final CudaContext context;
  private final SessionMemory memory;
  private final BatchSlot slot;
  private final int images;
  private final Resources resources = new Resources();
  private final ConvChoices.OfBatch choices;
  private final Map<InputForm, Captured> captured = new EnumMap<>(InputForm.class);

  /** After the input's step, in order. */
  private final List<Runnable> queueing = new ArrayList<>();

  /**
   * What is done for a form of input.
   *
   * @param input queues its first step
   * @param graph of all steps and the download
   */
  private record Captured(Runnable input, Graph graph) {}

  /**
   * Chooses and binds; overwrites values.
   *
   * @throws org.resnet4j.cuda.driver.CudaException if the device or a library fails; nothing is
   *     left behind
   */
  BoundBatch(CudaPlan plan, SessionMemory memory, BatchSlot slot, int images) {
    this.plan = plan;
    this.context = plan.context();
    this.memory = memory;
    this.slot = slot;
    this.images = images;
    this.choices = resources.own(plan.choices().use(images));
    try {
      DeviceRange workspace = choose();
      for (int i = 1; i < steps().size(); i++) {
        queueing.add(bind(i, workspace));
      }
    } catch (Throwable e) {
      Failures.closeAfter(e, resources);
      throw e;
    }
  }

  /**
   * Captures the run of a form of input, if that has not been done; overwrites values.
   *
   * @throws org.resnet4j.cuda.driver.CudaException if the device or a library fails; this can be
   *     used on
   */
  void prepare(InputForm form) {
    if (captured.containsKey(form)) {
      return;
    }
    Resources owner = new Resources();
    try {
      Runnable input = bindInput(form, owner);
      // Once before, since the first call of a library may do what a capture forbids.
      slot.queueUpload(bytes(form), context.stream());
      queueAll(input);
      context.stream().synchronize();
      Graph graph = owner.own(context.stream().capture(() -> queueAll(input)));
      captured.put(form, new Captured(input, graph));
    } catch (Throwable e) {
      Failures.closeAfter(e, owner);
      throw e;
    }
    resources.own(owner);
  }

  private Runnable bindInput(InputForm form, Resources owner) {
    InputStep step = (InputStep) steps().getFirst();
    int pixels = pixels(step.node());
    int channels = step.node().shape().channels();
    long target = memory.address(step, slot);
    KernelCall call =
        switch (form) {
          case FLOATS ->
              new KernelCall.Input(
                  slot.inputAddress(), target, images, pixels, channels, step.channels());
          case SAMPLES ->
              new KernelCall.InputSamples(
                  slot.inputAddress(),
                  memory.tableAddress(),
                  target,
                  images * pixels,
                  channels,
                  step.channels());
        };
    return context.queueing(plan.lowering().type(step), call, owner);
  }

  private List<CudaStep> steps() {
    return plan.lowering().steps();
  }

  /** Chooses for every distinct convolution; the workspace that serves them all in turn. */
  private DeviceRange choose() {
    long bytes = 0;
    choices.expect(plan.lowering().problems());
    for (int i = 0; i < steps().size(); i++) {
      if (steps().get(i) instanceof ConvStep conv) {
        bytes = Math.max(bytes, candidate(i, conv).workspaceBytes());
      }
    }
    return memory.workspace(bytes);
  }

  private ConvCandidate candidate(int index, ConvStep conv) {
    return choices.get(conv.problem(), _ -> addresses(index, conv)).candidate();
  }

  private ConvAddresses addresses(int index, ConvStep conv) {
    List<Integer> inputs = conv.node().inputs();
    DeviceWeights weights = plan.weights();
    return new ConvAddresses(
        value(inputs.getFirst()),
        weights.filter(index),
        weights.bias(index),
        weights.typedBias(index),
        conv.problem().residual() ? value(inputs.get(1)) : 0,
        memory.address(conv, slot));
  }

  /** Device address of a node's value. */
  private long value(int node) {
    return memory.address(steps().get(node), slot);
  }

  private Runnable bind(int index, DeviceRange workspace) {
    CudaStep step = steps().get(index);
    Node node = step.node();
    return switch (step) {
      case InputStep _ -> throw new IllegalStateException(node.name() + " is bound by its form");
      case ConvStep conv ->
          candidate(index, conv).bind(addresses(index, conv), workspace, resources);
      case MaxPoolStep pool ->
          kernel(
              plan.lowering().type(step),
              new KernelCall.MaxPool(
                  value(node.inputs().getFirst()),
                  memory.address(step, slot),
                  images,
                  pool.channels(),
                  pool.window()));
      case AveragePoolStep pool -> {
        int source = node.inputs().getFirst();
        yield kernel(
            plan.lowering().type(step),
            new KernelCall.AveragePool(
                value(source),
                memory.address(step, slot),
                images,
                pixels(steps().get(source).node()),
                pool.channels()));
      }
      case LogitsStep logits ->
          kernel(
              plan.lowering().type(steps().get(node.id())),
              new KernelCall.Logits(
                  value(node.id()),
                  plan.weights().bias(index),
                  memory.address(step, slot),
                  images * pixels(node),
                  logits.channels(),
                  logits.pitch()));
    };
  }

  private static int pixels(Node node) {
    Shape shape = node.shape();
    return shape.height() * shape.width();
  }

  private Runnable kernel(ElementType type, KernelCall call) {
    return context.queueing(type, call, resources);
  }

  private long bytes(InputForm form) {
    return images * form.bytes(plan.inputShape());
  }

  private Captured captured(InputForm form) {
    return Objects.requireNonNull(captured.get(form));
  }

  private void queueAll(Runnable input) {
    input.run();
    queueing.forEach(Runnable::run);
    queueDownload();
  }

  private void queueDownload() {
    slot.queueDownload(images * plan.outputShape().size() * Float.BYTES, context.stream());
  }

  /**
   * Queues all for the slot's input, whose upload goes on beside the work of another slot.
   *
   * @param form prepared
   */
  void queueApart(InputForm form) {
    slot.queueUpload(bytes(form), context.uploads(), context.stream());
    captured(form).graph().launch(context.stream());
    slot.queued(context.stream());
  }

  /**
   * Runs all and waits.
   *
   * @param form prepared
   */
  void run(InputForm form) {
    slot.queueUpload(bytes(form), context.stream());
    captured(form).graph().launch(context.stream());
    context.stream().synchronize();
  }

  /**
   * Runs step after step on prepared floats, each timed, and waits.
   *
   * @param observer sees each step when its value is complete
   */
  void run(StepObserver observer) {
    try (Event start = Event.create(context.gpu());
        Event end = Event.create(context.gpu())) {
      slot.queueUpload(bytes(InputForm.FLOATS), context.stream());
      Runnable input = captured(InputForm.FLOATS).input();
      for (int i = 0; i < steps().size(); i++) {
        start.record(context.stream());
        (i == 0 ? input : queueing.get(i - 1)).run();
        end.record(context.stream());
        end.synchronize();
        observer.ran(i, Math.round(end.millisSince(start) * 1e6));
      }
      queueDownload();
      context.stream().synchronize();
    }
  }

  /** Called on the device's thread. */
  interface StepObserver {
    /** A step is done. */
    void ran(int step, long nanos);
  }

  /** Releases. Idempotent. */
  @Override
  public void close() {
    resources.close();
  }
}
