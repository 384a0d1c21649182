package org.resnet4j.simd.kernel.matrix;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;
import org.resnet4j.simd.kernel.conv.ConvShape;
import org.resnet4j.simd.kernel.layout.Bfloat16;
import org.resnet4j.simd.kernel.layout.BlockedLayout;
import org.resnet4j.simd.kernel.layout.Parallel;
import org.resnet4j.simd.kernel.layout.Workspace;
import org.resnet4j.simd.machine.MachineModel;
import org.resnet4j.simd.machinecode.NativeMemory;

/**
 * A convolution of small whole numbers on this process's unit, whose result is exact: what tells a
 * unit, or code, that computes wrongly.
 */
public final class MatrixAnswers {
  /** More channels than a block, and lines that fill no piece. */
  private static final ConvShape SHAPE = new ConvShape(40, 40, 5, 19, 3, 1, 1, 1);

  private static final int HALO = 1;

  private MatrixAnswers() {}

  /** What is wrong with the answer, or empty. */
  public static Optional<String> fault() {
    float[] weight = numbers(SHAPE.weights(), 5, 3);
    float[] bias = numbers(SHAPE.outChannels(), 3, 5);
    BlockedLayout x = layout(SHAPE.inChannels(), HALO);
    BlockedLayout y = layout(SHAPE.outChannels(), 0);
    MatrixConv conv = MatrixConv.pack(MatrixUnit.kind(), SHAPE, false, weight, bias, false, true);
    Workspace workspace = new Workspace(Parallel.SERIAL, MachineModel.GENERIC);
    MatrixConvCall call = conv.bind(x, y, null, workspace);
    workspace.allocate();
    long results = x.size() * Bfloat16.BYTES;
    MemorySegment memory = NativeMemory.allocate(results + y.size() * Float.BYTES);
    for (int c = 0; c < SHAPE.inChannels(); c++) {
      for (int i = 0; i < SHAPE.height(); i++) {
        for (int j = 0; j < SHAPE.width(); j++) {
          int at = x.index(c / x.block(), 0, i, j) + c % x.block();
          memory.setAtIndex(ValueLayout.JAVA_SHORT, at, Bfloat16.round(input(c, i, j)));
        }
      }
    }
    call.run(1, memory, 0, results, 0);
    for (int k = 0; k < SHAPE.outChannels(); k++) {
      for (int i = 0; i < SHAPE.height(); i++) {
        for (int j = 0; j < SHAPE.width(); j++) {
          int at = y.index(k / y.block(), 0, i, j) + k % y.block();
          float found = memory.get(ValueLayout.JAVA_FLOAT, results + (long) at * Float.BYTES);
          float expected = expected(weight, bias, k, i, j);
          if (found != expected) {
            return Optional.of(MatrixUnit.kind() + " gives " + found + ", not " + expected);
          }
        }
      }
    }
    return Optional.empty();
  }

  private static BlockedLayout layout(int channels, int halo) {
    return new BlockedLayout(
        channels, 1, SHAPE.height(), SHAPE.width(), halo, BlockedLayout.WIDE_BLOCK);
  }

  private static float input(int c, int i, int j) {
    return (7 * c + 3 * i + 5 * j) % 11 - 5;
  }

  private static float expected(float[] weight, float[] bias, int k, int i, int j) {
    float sum = bias[k];
    for (int c = 0; c < SHAPE.inChannels(); c++) {
      for (int tap = 0; tap < SHAPE.taps(); tap++) {
        int row = i + tap / SHAPE.kernel() - SHAPE.padding();
        int column = j + tap % SHAPE.kernel() - SHAPE.padding();
        if (row >= 0 && row < SHAPE.height() && column >= 0 && column < SHAPE.width()) {
          sum += input(c, row, column) * weight[(k * SHAPE.inChannels() + c) * SHAPE.taps() + tap];
        }
      }
    }
    return sum;
  }

  /** Whole numbers around zero, with the period {@code 2 * most + 1}. */
  private static float[] numbers(int count, int step, int most) {
    float[] numbers = new float[count];
    for (int i = 0; i < count; i++) {
      numbers[i] = (long) i * step % (2 * most + 1) - most;
    }
    return numbers;
  }
}
