package org.resnet4j.cuda.cudnn;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/**
 * What cuDNN says of an algorithm for one convolution. Immutable and thread-safe. Source: {@code
 * cudnnConvolutionFwdAlgoPerf_t}.
 *
 * @param algorithm which; values that this binding does not name are left out of lists
 * @param status 0 if it can be used
 * @param millis measured, or negative if it was not
 * @param workspaceBytes that it needs
 * @param deterministic whether each run gives the same bits
 * @param mathType for {@link ConvolutionDescriptor#setMathType} before a run; values that this
 *     binding does not name are left out of lists
 */
public record AlgorithmResult(
    ForwardAlgorithm algorithm,
    int status,
    float millis,
    long workspaceBytes,
    boolean deterministic,
    MathType mathType) {
  private static final long ALGORITHM = 0;
  private static final long STATUS = 4;
  private static final long TIME = 8;
  private static final long MEMORY = 16;
  private static final long DETERMINISM = 24;
  private static final long MATH_TYPE = 28;

  /** One element of C's array. */
  static final MemoryLayout LAYOUT =
      MemoryLayout.structLayout(
          ValueLayout.JAVA_INT.withName("algo"),
          ValueLayout.JAVA_INT.withName("status"),
          ValueLayout.JAVA_FLOAT.withName("time"),
          MemoryLayout.paddingLayout(4),
          ValueLayout.JAVA_LONG.withName("memory"),
          ValueLayout.JAVA_INT.withName("determinism"),
          ValueLayout.JAVA_INT.withName("mathType"),
          MemoryLayout.sequenceLayout(3, ValueLayout.JAVA_INT).withName("reserved"),
          MemoryLayout.paddingLayout(4));

  /** True if it can be used. */
  public boolean usable() {
    return status == 0;
  }

  /** The same with another workspace. */
  public AlgorithmResult withWorkspaceBytes(long bytes) {
    return new AlgorithmResult(algorithm, status, millis, bytes, deterministic, mathType);
  }

  static List<AlgorithmResult> read(MemorySegment results, int count) {
    List<AlgorithmResult> list = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      MemorySegment result = results.asSlice(i * LAYOUT.byteSize(), LAYOUT.byteSize());
      ForwardAlgorithm algorithm =
          CudnnConstant.named(
              ForwardAlgorithm.values(), result.get(ValueLayout.JAVA_INT, ALGORITHM));
      MathType mathType =
          CudnnConstant.named(MathType.values(), result.get(ValueLayout.JAVA_INT, MATH_TYPE));
      if (algorithm != null && mathType != null) {
        list.add(
            new AlgorithmResult(
                algorithm,
                result.get(ValueLayout.JAVA_INT, STATUS),
                result.get(ValueLayout.JAVA_FLOAT, TIME),
                Workspace.bytes(result.get(ValueLayout.JAVA_LONG, MEMORY)),
                result.get(ValueLayout.JAVA_INT, DETERMINISM) == 1,
                mathType));
      }
    }
    return List.copyOf(list);
  }
}
