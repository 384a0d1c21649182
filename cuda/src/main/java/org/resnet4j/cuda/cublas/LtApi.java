package org.resnet4j.cuda.cublas;

import static org.resnet4j.cuda.cublas.CublasFunctions.*;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import org.resnet4j.cuda.driver.DeviceRange;
import org.resnet4j.cuda.library.NativeCalls;
import org.resnet4j.cuda.library.NativeFunction;

/**
 * cuBLASLt's functions, one method each. A {@code long} is a handle, a descriptor, a device address
 * or a size in bytes; a status other than success is a {@link
 * org.resnet4j.cuda.driver.CudaException}. Immutable; different threads may use different
 * descriptors. Source: NVIDIA, cuBLASLt API reference.
 */
record LtApi(NativeCalls calls) {
  long createMatmul(ComputeType type) {
    return calls.created(CREATE_MATMUL, type.value(), MatrixType.R_32F.value());
  }

  void destroyMatmul(long descriptor) {
    calls.call(DESTROY_MATMUL, descriptor);
  }

  void set(long descriptor, MatmulAttribute attribute, CublasConstant constant) {
    setInt32(SET_MATMUL, descriptor, attribute, constant.value());
  }

  void setAddress(long descriptor, MatmulAttribute attribute, long address) {
    setInt64(SET_MATMUL, descriptor, attribute, address);
  }

  long createLayout(MatrixType type, long rows, long columns, long ld) {
    return calls.created(CREATE_LAYOUT, type.value(), rows, columns, ld);
  }

  void destroyLayout(long layout) {
    calls.call(DESTROY_LAYOUT, layout);
  }

  long createPreference() {
    return calls.created(CREATE_PREFERENCE);
  }

  void destroyPreference(long preference) {
    calls.call(DESTROY_PREFERENCE, preference);
  }

  void setInt32(long preference, PreferenceAttribute attribute, int number) {
    setInt32(SET_PREFERENCE, preference, attribute, number);
  }

  void setInt64(long preference, PreferenceAttribute attribute, long number) {
    setInt64(SET_PREFERENCE, preference, attribute, number);
  }

  private void setInt32(NativeFunction set, long object, CublasConstant attribute, int number) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment value = arena.allocateFrom(ValueLayout.JAVA_INT, number);
      calls.call(set, object, attribute.value(), value, value.byteSize());
    }
  }

  private void setInt64(NativeFunction set, long object, CublasConstant attribute, long number) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment value = arena.allocateFrom(ValueLayout.JAVA_LONG, number);
      calls.call(set, object, attribute.value(), value, value.byteSize());
    }
  }

  /**
   * Layouts of a product's matrices.
   *
   * @param c of C and D
   */
  record Layouts(long a, long b, long c) {}

  List<MatmulAlgorithm> getHeuristic(
      long handle, long descriptor, Layouts layouts, long preference, int most) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment results = arena.allocate(MatmulAlgorithm.LAYOUT, most);
      MemorySegment returned = arena.allocate(ValueLayout.JAVA_INT);
      calls.call(
          GET_HEURISTIC,
          handle,
          descriptor,
          layouts.a(),
          layouts.b(),
          layouts.c(),
          layouts.c(),
          preference,
          most,
          results,
          returned);
      return MatmulAlgorithm.read(results, returned.get(ValueLayout.JAVA_INT, 0));
    }
  }

  void matmul(
      long handle,
      long descriptor,
      Matmul.Data data,
      Layouts layouts,
      float beta,
      MatmulAlgorithm algorithm,
      DeviceRange workspace,
      long stream) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment scales = arena.allocateFrom(ValueLayout.JAVA_FLOAT, 1, beta);
      MemorySegment opaque = arena.allocate(algorithm.opaque().byteSize(), Long.BYTES);
      opaque.copyFrom(algorithm.opaque());
      calls.call(
          MATMUL,
          handle,
          descriptor,
          scales,
          data.a(),
          layouts.a(),
          data.b(),
          layouts.b(),
          scales.asSlice(Float.BYTES),
          data.c(),
          layouts.c(),
          data.d(),
          layouts.c(),
          opaque,
          workspace.address(),
          workspace.bytes(),
          stream);
    }
  }
}
