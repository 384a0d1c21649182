package org.resnet4j.simd.kernel.matrix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.resnet4j.core.backend.InsufficientMemoryException;
import org.resnet4j.simd.kernel.conv.ConvShape;
import org.resnet4j.simd.kernel.layout.Bfloat16;
import org.resnet4j.simd.kernel.layout.BlockedLayout;
import org.resnet4j.simd.kernel.layout.Parallel;
import org.resnet4j.simd.kernel.layout.Workspace;
import org.resnet4j.simd.machine.MachineModel;
import org.resnet4j.simd.machinecode.GuardedMemory;
import org.resnet4j.simd.machinecode.NativeMemory;
import org.resnet4j.simd.support.ConvCases;
import org.resnet4j.simd.support.ConvProblem;
import org.resnet4j.simd.support.GuardedRun;
import org.resnet4j.simd.support.IntegerOracle;
import org.resnet4j.simd.support.NetworkShapes;

/**
 * Convolutions on matrix units on integers: products and sums are exact, the result is rounded
 * once, and not a bit may differ. Operands, weights and tables lie between pages that nobody may
 * touch.
 */
class MatrixConvTest {
  private static final int PER_TEST = 50;

  @BeforeAll
  static void needsTheUnit() {
    MatrixUnits.require();
  }

  @TestFactory
  Stream<DynamicTest> tails() {
    return seeded("tails", 800, ConvCases::tail);
  }

  @TestFactory
  Stream<DynamicTest> stems() {
    return seeded("stems", 300, ConvCases::stem);
  }

  @TestFactory
  Stream<DynamicTest> groups() {
    return seeded("groups", 200, ConvCases::groupedTail);
  }

  private static Stream<DynamicTest> seeded(
      String what, int count, IntFunction<ConvProblem> problem) {
    return IntStream.range(0, count / PER_TEST)
        .mapToObj(i ->
            dynamicTest(
                what + " from seed " + i * PER_TEST,
                () ->
                    IntStream.range(i * PER_TEST, (i + 1) * PER_TEST)
                        .mapToObj(problem)
                        .forEach(MatrixConvTest::exact)));
  }

  @TestFactory
  Stream<DynamicTest> networks() {
    List<ConvShape> shapes = NetworkShapes.all();
    return IntStream.range(0, shapes.size())
        .mapToObj(i ->
            dynamicTest(
                "few pixels " + shapes.get(i),
                () -> ConvCases.reduced(shapes.get(i), i).forEach(MatrixConvTest::exact)));
  }

  private static void exact(ConvProblem problem) {
    float[] expected = new IntegerOracle(problem).expected();
    boolean floats = problem.residual() == null && problem.seed() % 5 == 0;
    if (!floats) {
      for (int i = 0; i < expected.length; i++) {
        expected[i] = Bfloat16.value(Bfloat16.round(expected[i]));
      }
    }
    for (UnitKind kind : MatrixUnits.all()) {
      GuardedMemory.during(() -> {
        MatrixRun run = new MatrixRun(kind, problem, floats);
        float[] y = run.run(problem.seed() % 2 == 0 ? Parallel.SERIAL : GuardedRun.BACKWARDS);
        for (int i = 0; i < y.length; i++) {
          if (y[i] != expected[i]) {
            assertThat(y[i])
                .as("%s, %s, seed %d, index %d", kind, problem.shape(), problem.seed(), i)
                .isEqualTo(expected[i]);
          }
        }
        run.checkTheRest();
      });
    }
  }

  /** Machine code would write there. */
  @Test
  void aLayoutBeyondTheArenaIsRefused() {
    ConvShape shape = new ConvShape(32, 32, 4, 4, 1, 1, 0, 1);
    BlockedLayout layout = new BlockedLayout(32, 2, 4, 4, 0, BlockedLayout.WIDE_BLOCK);
    float[] weight = new float[shape.weights()];
    MatrixConv conv = MatrixConv.pack(MatrixUnit.kind(), shape, false, weight, null, false, false);
    Workspace workspace = new Workspace(Parallel.SERIAL, MachineModel.GENERIC);
    MatrixConvCall call = conv.bind(layout, layout, layout, workspace);
    workspace.allocate();
    long bytes = layout.size() * Bfloat16.BYTES;
    MemorySegment arena = NativeMemory.allocate(3 * bytes);
    call.run(2, arena, 0, bytes, 2 * bytes);
    call.run(1, arena, 0, bytes, 5 * bytes / 2);
    assertRefused(() -> call.run(2, arena, 2 * bytes + 2, 0, 0));
    assertRefused(() -> call.run(2, arena, 0, 2 * bytes + 2, 0));
    assertRefused(() -> call.run(2, arena, 0, bytes, 5 * bytes / 2));
    assertRefused(() -> call.run(2, arena, 0, -2, bytes));
    assertRefused(() -> call.run(3, arena, 0, bytes, bytes));
    assertRefused(() -> call.run(0, arena, 0, bytes, bytes));
  }

  private static void assertRefused(ThrowableAssert.ThrowingCallable call) {
    assertThatThrownBy(call).isInstanceOf(IndexOutOfBoundsException.class);
  }

  /** A channel takes the room of 32: 2 GB for these 9 MB. */
  @Test
  void refusesWeightsThatHaveNoRoom() {
    ConvShape shape = new ConvShape(1, 1, 1, 1, 1500, 1, 750, 1);
    float[] weight = new float[1500 * 1500];
    for (UnitKind kind : UnitKind.values()) {
      assertThatThrownBy(() -> MatrixConv.pack(kind, shape, false, weight, null, false, false))
          .isInstanceOf(InsufficientMemoryException.class)
          .hasMessageStartingWith(
              "the weights of a 1500x1500 convolution of 1 to 1 channels take 4,608 MB as the");
    }
  }
}
