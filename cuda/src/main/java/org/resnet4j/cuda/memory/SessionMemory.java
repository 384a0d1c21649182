package org.resnet4j.cuda.memory;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.resnet4j.core.tensor.SampleTable;
import org.resnet4j.cuda.device.CudaContext;
import org.resnet4j.cuda.driver.DeviceMemory;
import org.resnet4j.cuda.driver.DeviceRange;
import org.resnet4j.cuda.driver.Resources;
import org.resnet4j.cuda.driver.Stream;
import org.resnet4j.cuda.lowering.CudaStep;
import org.resnet4j.cuda.memory.DeviceLayout.Region;

/**
 * A session's memory: the values of one part of a batch on the device, and the slots of the parts
 * in flight. Belongs to its device's thread but for what {@link BatchSlot} says.
 */
public final class SessionMemory {
  private final CudaContext context;
  private final Resources owner;
  private final DeviceLayout layout;
  private final DeviceMemory device;
  private final DeviceMemory table;
  private final List<BatchSlot> slots;
  private @Nullable SampleTable tableThere;

  /** The largest so far; smaller ones stay, for graphs that were captured with them. */
  private DeviceRange workspace = DeviceRange.NONE;

  /**
   * Allocates.
   *
   * @param channels of the input
   * @param owner releases it
   * @throws org.resnet4j.cuda.driver.CudaException code 2 if device or host have no room
   */
  public SessionMemory(CudaContext context, DeviceLayout layout, int channels, Resources owner) {
    this.context = context;
    this.owner = owner;
    this.layout = layout;
    this.device = owner.own(DeviceMemory.allocate(context.gpu(), layout.bytes()));
    long tableBytes = (long) channels * SampleTable.SAMPLES * Float.BYTES;
    this.table = owner.own(DeviceMemory.allocate(context.gpu(), tableBytes));
    this.slots =
        IntStream.range(0, layout.inputs().size())
            .mapToObj(slot ->
                new BatchSlot(
                    context, device, layout.inputs().get(slot), layout.logits().get(slot), owner))
            .toList();
  }

  /** Where parts of a batch are on their way. */
  public List<BatchSlot> slots() {
    return slots;
  }

  /** Device address of a step's value. */
  public long address(CudaStep step, BatchSlot slot) {
    return step.writesLogits() ? slot.logitsAddress() : device.address() + value(step).offset();
  }

  private Region value(CudaStep step) {
    return layout.values().get(step.node().id());
  }

  /**
   * Scratch memory that all runs share, since they follow each other on one stream.
   *
   * @throws org.resnet4j.cuda.driver.CudaException code 2 if the device has no room
   */
  public DeviceRange workspace(long bytes) {
    if (bytes > workspace.bytes()) {
      // In powers of two, so that all that were outgrown take no more than the last.
      workspace = context.workspace(Long.highestOneBit(2 * bytes - 1), owner);
    }
    return workspace;
  }

  /** Device address of the table. */
  public long tableAddress() {
    return table.address();
  }

  /** Copies a table to the device, unless it is there; no run may be in flight. */
  public void use(SampleTable wanted, Stream stream) {
    if (wanted.equals(tableThere)) {
      return;
    }
    tableThere = null;
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment values = arena.allocate(table.bytes(), Float.BYTES).copyFrom(wanted.values());
      table.copyFromAsync(values, 0, stream);
      stream.synchronize();
    }
    tableThere = wanted;
  }

  /** Copies the first bytes of a step's value, which must be complete. */
  public void read(CudaStep step, BatchSlot slot, MemorySegment target) {
    device.copyTo(target, address(step, slot) - device.address());
  }
}
