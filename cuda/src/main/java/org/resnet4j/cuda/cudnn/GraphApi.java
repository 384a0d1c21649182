package org.resnet4j.cuda.cudnn;

import static org.resnet4j.cuda.cudnn.CudnnFunctions.*;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.resnet4j.cuda.library.NativeCalls;

/**
 * cuDNN's graph API, whose C functions say "backend", one method each with C's order of arguments.
 * A {@code long} is a handle, a descriptor, a device address or a size in bytes; a {@code
 * MemorySegment} is host memory; a status other than success is a {@link
 * org.resnet4j.cuda.driver.CudaException}. Immutable; different threads may use different cuDNN
 * handles. Source: NVIDIA, cuDNN API reference, {@code cudnn_graph} library.
 */
record GraphApi(NativeCalls calls) {
  long backendCreateDescriptor(DescriptorType type) {
    return calls.written(BACKEND_CREATE, type.value());
  }

  void backendDestroyDescriptor(long descriptor) {
    calls.call(BACKEND_DESTROY, descriptor);
  }

  void backendSetAttribute(
      long descriptor, Attribute attribute, AttributeType type, long count, MemorySegment values) {
    calls.call(BACKEND_SET, descriptor, attribute.value(), type.value(), count, values);
  }

  /** Returns how many elements there are, which may be more than requested. */
  long backendGetAttribute(
      long descriptor,
      Attribute attribute,
      AttributeType type,
      long requested,
      MemorySegment values) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment count = arena.allocate(ValueLayout.JAVA_LONG);
      calls.call(
          BACKEND_GET, descriptor, attribute.value(), type.value(), requested, count, values);
      return count.get(ValueLayout.JAVA_LONG, 0);
    }
  }

  void backendFinalize(long descriptor) {
    calls.call(BACKEND_FINALIZE, descriptor);
  }

  void backendExecute(long handle, long plan, long variantPack) {
    calls.call(BACKEND_EXECUTE, handle, plan, variantPack);
  }
}
