package org.resnet4j.cuda;

import java.lang.foreign.MemorySegment;
import org.resnet4j.cuda.DeviceLayout.Region;
import org.resnet4j.cuda.driver.DeviceMemory;
import org.resnet4j.cuda.driver.PinnedMemory;
import org.resnet4j.cuda.driver.Stream;

/**
 * A session's memory: values on the device, and page-locked copies of input and logits on the host.
 * Belongs to its device's thread but for {@link #input} and {@link #logits}.
 */
final class SessionMemory {
  private final DeviceLayout layout;
  private final DeviceMemory device;
  private final PinnedMemory input;
  private final PinnedMemory logits;

  /**
   * Allocates.
   *
   * @param owner releases it
   * @throws org.resnet4j.cuda.driver.CudaException code 2 if device or host have no room
   */
  SessionMemory(CudaContext context, DeviceLayout layout, Resources owner) {
    this.layout = layout;
    this.device = owner.own(DeviceMemory.allocate(context.gpu(), layout.bytes()));
    this.input = owner.own(PinnedMemory.allocate(context.gpu(), layout.input().bytes()));
    this.logits = owner.own(PinnedMemory.allocate(context.gpu(), layout.logits().bytes()));
  }

  /** What the caller gave, on the host. */
  MemorySegment input() {
    return input.segment();
  }

  /** The result, on the host. */
  MemorySegment logits() {
    return logits.segment();
  }

  /** Device address of the input. */
  long inputAddress() {
    return device.address() + layout.input().offset();
  }

  /** Device address of a step's value. */
  long address(CudaStep step) {
    return device.address() + region(step).offset();
  }

  private Region region(CudaStep step) {
    return step.writesLogits() ? layout.logits() : layout.values().get(step.node().id());
  }

  /** Queues copying the first bytes of the input to the device. */
  void queueUpload(long bytes, Stream stream) {
    device.copyFromAsync(input.segment().asSlice(0, bytes), layout.input().offset(), stream);
  }

  /** Queues copying the first bytes of the logits to the host. */
  void queueDownload(long bytes, Stream stream) {
    device.copyToAsync(logits.segment().asSlice(0, bytes), layout.logits().offset(), stream);
  }

  /** Copies the first bytes of a step's value, which must be complete. */
  void read(CudaStep step, MemorySegment target) {
    device.copyTo(target, region(step).offset());
  }
}
