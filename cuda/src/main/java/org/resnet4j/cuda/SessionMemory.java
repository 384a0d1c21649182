package org.resnet4j.cuda;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.stream.IntStream;
import org.resnet4j.cuda.DeviceLayout.Region;
import org.resnet4j.cuda.driver.DeviceMemory;
import org.resnet4j.cuda.driver.Resources;

/**
 * A session's memory: the values of one part of a batch on the device, and the slots of the parts
 * in flight. Belongs to its device's thread but for what {@link BatchSlot} says.
 */
final class SessionMemory {
  private final DeviceLayout layout;
  private final DeviceMemory device;
  private final List<BatchSlot> slots;

  /**
   * Allocates.
   *
   * @param owner releases it
   * @throws org.resnet4j.cuda.driver.CudaException code 2 if device or host have no room
   */
  SessionMemory(CudaContext context, DeviceLayout layout, Resources owner) {
    this.layout = layout;
    this.device = owner.own(DeviceMemory.allocate(context.gpu(), layout.bytes()));
    this.slots =
        IntStream.range(0, layout.inputs().size())
            .mapToObj(slot ->
                new BatchSlot(
                    context, device, layout.inputs().get(slot), layout.logits().get(slot), owner))
            .toList();
  }

  /** Where parts of a batch are on their way. */
  List<BatchSlot> slots() {
    return slots;
  }

  /** Device address of a step's value. */
  long address(CudaStep step, BatchSlot slot) {
    return step.writesLogits() ? slot.logitsAddress() : device.address() + value(step).offset();
  }

  private Region value(CudaStep step) {
    return layout.values().get(step.node().id());
  }

  /** Copies the first bytes of a step's value, which must be complete. */
  void read(CudaStep step, BatchSlot slot, MemorySegment target) {
    device.copyTo(target, address(step, slot) - device.address());
  }
}
