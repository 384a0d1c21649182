package org.resnet4j.cuda.memory;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.resnet4j.core.graph.Graph;
import org.resnet4j.core.graph.Op;
import org.resnet4j.core.tensor.Tensor;
import org.resnet4j.cuda.conv.ConvProblem;
import org.resnet4j.cuda.conv.FilterPacking;
import org.resnet4j.cuda.device.CudaContext;
import org.resnet4j.cuda.driver.DeviceMemory;
import org.resnet4j.cuda.driver.Failures;
import org.resnet4j.cuda.driver.Stream;
import org.resnet4j.cuda.kernels.ElementType;
import org.resnet4j.cuda.lowering.CudaStep;
import org.resnet4j.cuda.lowering.CudaStep.ConvStep;
import org.resnet4j.cuda.lowering.CudaStep.LogitsStep;
import org.resnet4j.cuda.lowering.Lowering;

/**
 * The packed parameters of all steps in one block of device memory. Belongs to its device's thread.
 */
public final class DeviceWeights implements AutoCloseable {
  /**
   * Where a step's parameters lie, as offsets.
   *
   * @param filter KRSC
   * @param bias float32
   * @param typedBias in the type of the filter; the same as {@code bias} if that is float32
   */
  private record Offsets(long filter, long bias, long typedBias) {}

  private final Stream stream;
  private final DeviceMemory memory;
  private final List<Offsets> offsets;

  private DeviceWeights(Stream stream, DeviceMemory memory, List<Offsets> offsets) {
    this.stream = stream;
    this.memory = memory;
    this.offsets = offsets;
  }

  /**
   * Packs and uploads.
   *
   * @param graph with the values of the lowered steps' nodes
   * @throws org.resnet4j.cuda.driver.CudaException code 2 if the device has no room
   */
  public static DeviceWeights upload(CudaContext context, Lowering lowering, Graph graph) {
    List<Offsets> offsets = new ArrayList<>();
    long end = 0;
    for (CudaStep step : lowering.steps()) {
      long filter = end;
      long bias = DeviceMemory.aligned(filter + filterBytes(step));
      long typedBias = bias;
      end = DeviceMemory.aligned(bias + biasBytes(step));
      if (typed(step)) {
        typedBias = end;
        end = DeviceMemory.aligned(typedBias + biasBytes(step));
      }
      offsets.add(new Offsets(filter, bias, typedBias));
    }
    DeviceMemory memory = DeviceMemory.allocate(context.gpu(), Math.max(end, 1));
    DeviceWeights weights = new DeviceWeights(context.stream(), memory, List.copyOf(offsets));
    try {
      for (int i = 0; i < lowering.steps().size(); i++) {
        weights.upload(lowering.steps().get(i), offsets.get(i), graph);
      }
      return weights;
    } catch (Throwable e) {
      Failures.closeAfter(e, weights);
      throw e;
    }
  }

  private static long filterBytes(CudaStep step) {
    return step instanceof ConvStep conv ? conv.problem().filterBytes() : 0;
  }

  private static long biasBytes(CudaStep step) {
    return step.weightBytes() - filterBytes(step);
  }

  /** Whether fused calls want the bias in another type than the kernels. */
  private static boolean typed(CudaStep step) {
    return step instanceof ConvStep conv && conv.problem().resultType() != ElementType.F32;
  }

  private void upload(CudaStep step, Offsets at, Graph graph) {
    Op op = graph.nodes().get(step.node().id()).op();
    switch (step) {
      case ConvStep conv -> upload(conv.problem(), at, weight(op), bias(op), typed(step));
      case LogitsStep _ -> {
        try (Arena arena = Arena.ofConfined()) {
          copy(arena.allocate(step.weightBytes()), at.bias());
        }
      }
      case CudaStep.InputStep _, CudaStep.MaxPoolStep _, CudaStep.AveragePoolStep _ -> {}
    }
  }

  private static Tensor weight(Op op) {
    return switch (op) {
      case Op.Conv conv -> conv.weight();
      case Op.Linear linear -> linear.weight();
      default -> throw new IllegalArgumentException(op + " has no weight");
    };
  }

  private static @Nullable Tensor bias(Op op) {
    return switch (op) {
      case Op.Conv conv -> conv.bias();
      case Op.Linear linear -> linear.bias();
      default -> throw new IllegalArgumentException(op + " has no bias");
    };
  }

  private void upload(
      ConvProblem problem, Offsets at, Tensor weight, @Nullable Tensor bias, boolean typed) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment filter = arena.allocate(problem.filterBytes());
      FilterPacking.filter(problem, weight, filter);
      copy(filter, at.filter());
      MemorySegment floats = arena.allocate(problem.biasBytes());
      FilterPacking.bias(problem, bias, floats);
      copy(floats, at.bias());
      if (typed) {
        ElementType type = problem.type();
        MemorySegment narrow = arena.allocate((long) problem.outChannels() * type.bytes());
        for (int k = 0; k < problem.outChannels(); k++) {
          type.set(narrow, k, ElementType.F32.get(floats, k));
        }
        copy(narrow, at.typedBias());
      }
    }
  }

  /**
   * Copies and waits. On the stream of the kernels: a synchronous copy is on another one, and may
   * return before the last of its data has arrived.
   */
  private void copy(MemorySegment source, long offset) {
    memory.copyFromAsync(source, offset, stream);
    stream.synchronize();
  }

  /** Device address of a step's filter. */
  public long filter(int step) {
    return memory.address() + offsets.get(step).filter();
  }

  /** Device address of a step's bias in float32. */
  public long bias(int step) {
    return memory.address() + offsets.get(step).bias();
  }

  /** Device address of a step's bias in the type of its filter. */
  public long typedBias(int step) {
    return memory.address() + offsets.get(step).typedBias();
  }

  /** Frees. Idempotent. */
  @Override
  public void close() {
    memory.close();
  }
}
