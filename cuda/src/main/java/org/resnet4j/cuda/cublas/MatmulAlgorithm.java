package org.resnet4j.cuda.cublas;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/**
 * An algorithm for the product that it was listed for. Immutable and thread-safe. Source: {@code
 * cublasLtMatmulHeuristicResult_t}.
 *
 * @param opaque a {@code cublasLtMatmulAlgo_t}
 * @param workspaceBytes that it needs
 */
public record MatmulAlgorithm(MemorySegment opaque, long workspaceBytes) {
  private static final long OPAQUE_BYTES = 64;
  private static final long WORKSPACE = 64;
  private static final long STATE = 72;

  /** One element of C's array. */
  static final MemoryLayout LAYOUT =
      MemoryLayout.structLayout(
          MemoryLayout.sequenceLayout(OPAQUE_BYTES / Long.BYTES, ValueLayout.JAVA_LONG)
              .withName("algo"),
          ValueLayout.JAVA_LONG.withName("workspaceSize"),
          ValueLayout.JAVA_INT.withName("state"),
          ValueLayout.JAVA_FLOAT.withName("wavesCount"),
          MemoryLayout.sequenceLayout(4, ValueLayout.JAVA_INT).withName("reserved"));

  /** Those that can be used. */
  static List<MatmulAlgorithm> read(MemorySegment results, int count) {
    List<MatmulAlgorithm> list = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      MemorySegment result = results.asSlice(i * LAYOUT.byteSize(), LAYOUT.byteSize());
      if (result.get(ValueLayout.JAVA_INT, STATE) == CublasStatus.SUCCESS.value()) {
        byte[] opaque = result.asSlice(0, OPAQUE_BYTES).toArray(ValueLayout.JAVA_BYTE);
        list.add(
            new MatmulAlgorithm(
                MemorySegment.ofArray(opaque).asReadOnly(),
                result.get(ValueLayout.JAVA_LONG, WORKSPACE)));
      }
    }
    return List.copyOf(list);
  }
}
