package org.resnet4j.cuda.memory;

import java.lang.foreign.MemorySegment;
import org.resnet4j.cuda.device.CudaContext;
import org.resnet4j.cuda.driver.DeviceMemory;
import org.resnet4j.cuda.driver.Event;
import org.resnet4j.cuda.driver.PinnedMemory;
import org.resnet4j.cuda.driver.Resources;
import org.resnet4j.cuda.driver.Stream;
import org.resnet4j.cuda.memory.DeviceLayout.Region;

/**
 * Where a part of a batch is on its way: its input and logits, on the device and page-locked on the
 * host. Belongs to the device's thread but for {@link #input} and {@link #logits}.
 */
public final class BatchSlot {
  private final DeviceMemory device;
  private final Region inputRegion;
  private final Region logitsRegion;
  private final PinnedMemory input;
  private final PinnedMemory logits;
  private final Event uploaded;
  private final Event done;

  /**
   * Allocates on the host.
   *
   * @param owner releases it
   * @throws org.resnet4j.cuda.driver.CudaException code 2 if the host has no room
   */
  BatchSlot(
      CudaContext context,
      DeviceMemory device,
      Region inputRegion,
      Region logitsRegion,
      Resources owner) {
    this.device = device;
    this.inputRegion = inputRegion;
    this.logitsRegion = logitsRegion;
    this.input = owner.own(PinnedMemory.allocate(context.gpu(), inputRegion.bytes()));
    this.logits = owner.own(PinnedMemory.allocate(context.gpu(), logitsRegion.bytes()));
    this.uploaded = owner.own(Event.create(context.gpu()));
    this.done = owner.own(Event.create(context.gpu()));
  }

  /** What the caller gave, on the host. */
  public MemorySegment input() {
    return input.segment();
  }

  /** The result, on the host. */
  public MemorySegment logits() {
    return logits.segment();
  }

  /** Device address of the input. */
  public long inputAddress() {
    return device.address() + inputRegion.offset();
  }

  /** Device address of the logits. */
  long logitsAddress() {
    return device.address() + logitsRegion.offset();
  }

  /** Queues copying the first bytes of the input to the device. */
  public void queueUpload(long bytes, Stream stream) {
    device.copyFromAsync(input.segment().asSlice(0, bytes), inputRegion.offset(), stream);
  }

  /** The same on a stream of its own, for which {@code stream} waits. */
  public void queueUpload(long bytes, Stream uploads, Stream stream) {
    queueUpload(bytes, uploads);
    uploaded.record(uploads);
    stream.waitFor(uploaded);
  }

  /** Queues copying the first bytes of the logits to the host. */
  public void queueDownload(long bytes, Stream stream) {
    device.copyToAsync(logits.segment().asSlice(0, bytes), logitsRegion.offset(), stream);
  }

  /** The work queued so far is what {@link #await} waits for. */
  public void queued(Stream stream) {
    done.record(stream);
  }

  /** Waits for the logits; then the slot is free. */
  public void await() {
    done.synchronize();
  }
}
