package org.resnet4j.simd.kernel.matrix;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.resnet4j.simd.kernel.conv.ConvShape;
import org.resnet4j.simd.kernel.layout.Bfloat16;
import org.resnet4j.simd.kernel.layout.BlockedLayout;
import org.resnet4j.simd.kernel.layout.Parallel;
import org.resnet4j.simd.kernel.layout.Workspace;
import org.resnet4j.simd.machine.MachineModel;
import org.resnet4j.simd.machinecode.GuardedMemory;
import org.resnet4j.simd.support.ConvProblem;

/**
 * A convolution on matrix units, with each operand between pages that nobody may touch. The output
 * and what the input has room for beyond the batch are NaN before; halos and room for more images
 * follow from the seed.
 */
final class MatrixRun {
  private static final short NAN = (short) 0x7FC1;

  private final ConvProblem problem;
  private final MatrixConv conv;
  private final BlockedLayout x;
  private final BlockedLayout y;
  private final boolean inPlace;
  private final int resultBytes;
  private final MemorySegment arena;
  private final long xAt;
  private final long residualAt;
  private final long yAt;
  private final BlockedLayout residual;

  /** Packs weights and data. */
  MatrixRun(UnitKind kind, ConvProblem problem, boolean floats) {
    ConvShape shape = problem.shape();
    long seed = problem.seed();
    boolean stem = MatrixConv.isStem(shape) && seed % 3 != 0;
    this.problem = problem;
    this.conv =
        MatrixConv.pack(
            kind, shape, stem, problem.weight(), problem.bias(), problem.relu(), floats);
    int room = problem.batch() + (int) (seed / 3 % 2);
    int wide = seed / 6 % 2 == 0 ? 0 : 1;
    this.x =
        new BlockedLayout(
            shape.inChannels(),
            room,
            shape.height(),
            shape.width(),
            shape.padding() + wide,
            conv.inputBlock());
    int halo = (int) (seed / 12 % 3);
    this.y = output(shape, room, halo);
    this.inPlace = problem.residual() != null && !floats && seed / 36 % 2 == 0;
    this.residual =
        problem.residual() == null
            ? null
            : inPlace ? y : output(shape, room, (int) (seed / 72 % 2));
    this.resultBytes = floats ? Float.BYTES : Bfloat16.BYTES;
    GuardedMemory.Pieces pieces =
        GuardedMemory.map(
            x.size() * Bfloat16.BYTES,
            residual == null || inPlace ? 64 : residual.size() * Bfloat16.BYTES,
            y.size() * resultBytes);
    this.arena = pieces.pages();
    this.xAt = pieces.offsets().get(0);
    this.yAt = pieces.offsets().get(2);
    this.residualAt = inPlace ? yAt : pieces.offsets().get(1);
    poison(xAt, x.size());
    poison(yAt, y.size() * resultBytes / Bfloat16.BYTES);
    if (residual != null && !inPlace) {
      poison(residualAt, residual.size());
    }
    pack(x, xAt, problem.x());
    x.clearHalo(arena.asSlice(xAt, x.size() * Bfloat16.BYTES), Bfloat16.BYTES, 0, room);
    if (residual != null) {
      pack(residual, residualAt, problem.residual());
    }
  }

  private static BlockedLayout output(ConvShape shape, int room, int halo) {
    return new BlockedLayout(
        shape.outChannels(),
        room,
        shape.outHeight(),
        shape.outWidth(),
        halo,
        BlockedLayout.WIDE_BLOCK);
  }

  private void poison(long at, long count) {
    for (long i = 0; i < count; i++) {
      arena.set(ValueLayout.JAVA_SHORT, at + i * Bfloat16.BYTES, NAN);
    }
  }

  private void pack(BlockedLayout layout, long at, float[] values) {
    int plane = layout.height() * layout.width();
    for (int image = 0; image < problem.batch(); image++) {
      for (int c = 0; c < layout.blocks() * layout.block(); c++) {
        for (int p = 0; p < plane; p++) {
          boolean real = c < layout.channels();
          short value =
              real
                  ? Bfloat16.round(values[(image * layout.channels() + c) * plane + p])
                  : (short) 0;
          arena.set(ValueLayout.JAVA_SHORT, at + index(layout, image, c, p) * 2L, value);
        }
      }
    }
  }

  private static int index(BlockedLayout layout, int image, int c, int pixel) {
    int row = pixel / layout.width();
    return layout.index(c / layout.block(), image, row, pixel % layout.width())
        + c % layout.block();
  }

  /** Convolves, and gives NKPQ. */
  float[] run(Parallel parallel) {
    Workspace workspace = new Workspace(parallel, MachineModel.XEON);
    MatrixConvCall call = conv.bind(x, y, residual, workspace);
    workspace.allocate();
    call.run(problem.batch(), arena, xAt, yAt, residualAt);
    float[] results = new float[problem.results()];
    int plane = y.height() * y.width();
    for (int image = 0; image < problem.batch(); image++) {
      for (int k = 0; k < y.channels(); k++) {
        for (int p = 0; p < plane; p++) {
          results[(image * y.channels() + k) * plane + p] = value(index(y, image, k, p));
        }
      }
    }
    return results;
  }

  private float value(int index) {
    return resultBytes == Float.BYTES
        ? arena.get(ValueLayout.JAVA_FLOAT, yAt + (long) index * Float.BYTES)
        : Bfloat16.value(arena.get(ValueLayout.JAVA_SHORT, yAt + (long) index * Bfloat16.BYTES));
  }

  /** That halo and padding channels are zero, and images beyond the batch are untouched. */
  void checkTheRest() {
    for (int b = 0; b < y.blocks(); b++) {
      for (int image = 0; image < y.batch(); image++) {
        for (int row = -y.halo(); row < y.height() + y.halo(); row++) {
          for (int column = -y.halo(); column < y.width() + y.halo(); column++) {
            int at = y.index(b, image, row, column);
            boolean inside = row >= 0 && row < y.height() && column >= 0 && column < y.width();
            for (int c = 0; c < y.block(); c++) {
              float value = value(at + c);
              if (image >= problem.batch()) {
                assertThat(value).as("image beyond the batch").isNaN();
              } else if (!inside || b * y.block() + c >= y.channels()) {
                assertThat(value).as("%s: row %d column %d", y, row, column).isZero();
              }
            }
          }
        }
      }
    }
  }
}
