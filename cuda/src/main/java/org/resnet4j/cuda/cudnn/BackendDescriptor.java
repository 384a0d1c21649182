package org.resnet4j.cuda.cudnn;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import org.resnet4j.cuda.driver.CudaException;
import org.resnet4j.cuda.driver.GpuThread;
import org.resnet4j.cuda.driver.NativeHandle;

/**
 * An object of cuDNN's graph API: attributes are set, then it is finished, then others may refer to
 * it and results may be read. Every method throws {@link CudaException} with cuDNN's status. Owns
 * one native object; belongs to its {@link GpuThread}. Source: {@code cudnnBackendDescriptor_t}.
 */
final class BackendDescriptor implements AutoCloseable {
  private final GraphApi api;
  private final NativeHandle handle;

  private BackendDescriptor(GraphApi api, NativeHandle handle) {
    this.api = api;
    this.handle = handle;
  }

  static BackendDescriptor create(CudnnHandle cudnn, DescriptorType type) {
    GraphApi api = cudnn.cudnn().graph();
    return new BackendDescriptor(
        api,
        NativeHandle.create(
            cudnn.gpu(),
            type.cName(),
            () -> api.backendCreateDescriptor(type),
            api::backendDestroyDescriptor,
            _ -> {}));
  }

  long handle() {
    return handle.value();
  }

  BackendDescriptor setInt64(Attribute attribute, long... values) {
    return setLongs(attribute, AttributeType.INT64, values);
  }

  BackendDescriptor set(Attribute attribute, DataType type) {
    return setInt(attribute, AttributeType.DATA_TYPE, type);
  }

  BackendDescriptor set(Attribute attribute, ConvolutionMode mode) {
    return setInt(attribute, AttributeType.CONVOLUTION_MODE, mode);
  }

  BackendDescriptor set(Attribute attribute, PointwiseMode mode) {
    return setInt(attribute, AttributeType.POINTWISE_MODE, mode);
  }

  BackendDescriptor set(Attribute attribute, HeuristicMode mode) {
    return setInt(attribute, AttributeType.HEUR_MODE, mode);
  }

  BackendDescriptor set(Attribute attribute, boolean value) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment element = arena.allocateFrom(ValueLayout.JAVA_BYTE, (byte) (value ? 1 : 0));
      return set(attribute, AttributeType.BOOLEAN, 1, element);
    }
  }

  BackendDescriptor setFloat(Attribute attribute, float value) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment element = arena.allocateFrom(ValueLayout.JAVA_FLOAT, value);
      return set(attribute, AttributeType.FLOAT, 1, element);
    }
  }

  BackendDescriptor set(Attribute attribute, CudnnHandle cudnn) {
    return setLongs(attribute, AttributeType.HANDLE, cudnn.value());
  }

  BackendDescriptor set(Attribute attribute, BackendDescriptor... descriptors) {
    return setLongs(
        attribute,
        AttributeType.BACKEND_DESCRIPTOR,
        Arrays.stream(descriptors).mapToLong(BackendDescriptor::handle).toArray());
  }

  BackendDescriptor setAddresses(Attribute attribute, long... addresses) {
    return setLongs(attribute, AttributeType.VOID_PTR, addresses);
  }

  /** After this, attributes cannot be set any more. */
  BackendDescriptor finish() {
    api.backendFinalize(handle());
    return this;
  }

  long getInt64(Attribute attribute) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment element = arena.allocate(ValueLayout.JAVA_LONG);
      api.backendGetAttribute(handle(), attribute, AttributeType.INT64, 1, element);
      return element.get(ValueLayout.JAVA_LONG, 0);
    }
  }

  /** Values of an enumeration, at most {@code limit}. */
  int[] getInts(Attribute attribute, AttributeType type, int limit) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment elements = arena.allocate(ValueLayout.JAVA_INT, limit);
      long count = api.backendGetAttribute(handle(), attribute, type, limit, elements);
      return elements.asSlice(0, Math.min(count, limit) * 4).toArray(ValueLayout.JAVA_INT);
    }
  }

  /** How many descriptors there are to read. */
  int count(Attribute attribute) {
    long count =
        api.backendGetAttribute(
            handle(), attribute, AttributeType.BACKEND_DESCRIPTOR, 0, MemorySegment.NULL);
    return Math.toIntExact(count);
  }

  /** Fills descriptors made by the caller; returns how many. */
  int get(Attribute attribute, BackendDescriptor... into) {
    try (Arena arena = Arena.ofConfined()) {
      long[] handles = Arrays.stream(into).mapToLong(BackendDescriptor::handle).toArray();
      MemorySegment elements = arena.allocateFrom(ValueLayout.JAVA_LONG, handles);
      long count =
          api.backendGetAttribute(
              handle(), attribute, AttributeType.BACKEND_DESCRIPTOR, into.length, elements);
      return (int) Math.min(count, into.length);
    }
  }

  /** Destroys. Idempotent. */
  @Override
  public void close() {
    handle.close();
  }

  private BackendDescriptor setLongs(Attribute attribute, AttributeType type, long... values) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment elements = arena.allocateFrom(ValueLayout.JAVA_LONG, values);
      return set(attribute, type, values.length, elements);
    }
  }

  private BackendDescriptor setInt(Attribute attribute, AttributeType type, CudnnConstant value) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment element = arena.allocateFrom(ValueLayout.JAVA_INT, value.value());
      return set(attribute, type, 1, element);
    }
  }

  private BackendDescriptor set(
      Attribute attribute, AttributeType type, long count, MemorySegment elements) {
    api.backendSetAttribute(handle(), attribute, type, count, elements);
    return this;
  }
}
