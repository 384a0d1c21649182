package org.resnet4j.simd.machinecode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.resnet4j.simd.kernel.tile.TileKernels;
import org.resnet4j.simd.machine.VectorWidth;

/** Programs at random, with fewer registers than values: what they compute does not tell. */
class VectorValuesTest {
  private static final int LANES = 8;
  private static final int INPUTS = 6;
  private static final int STEPS = 60;
  private static final int TURNS = 2;

  /** What a program computes, and its code beside it. */
  private static final class Program {
    final VectorLoop loop;
    final VectorValues values;
    final List<Integer> numbers = new ArrayList<>();
    final List<float[]> expected = new ArrayList<>();
    int stored;

    Program(int registers) {
      loop = new VectorLoop(LANES * Float.SIZE, registers + 1, List.of(), Register.R10);
      values = loop.values();
    }

    void load(float[] in, int input, boolean constant) {
      Address at = Address.of(Register.RDI, input * LANES * Float.BYTES);
      VectorValues.Writer load = (code, to, _) -> code.vmovups(to, at);
      numbers.add(constant ? values.constant(load) : values.value(load));
      float[] value = new float[LANES];
      System.arraycopy(in, input * LANES, value, 0, LANES);
      expected.add(value);
    }

    /** Twice a value, in a register of its own, less another. */
    void combine(int a, int b, boolean apart) {
      float[] value = new float[LANES];
      for (int lane = 0; lane < LANES; lane++) {
        float x = expected.get(a)[lane];
        float y = expected.get(b)[lane];
        value[lane] = apart ? x + y - y : x - y;
      }
      VectorValues.Writer writer =
          apart
              ? (code, to, from) -> {
                code.vaddps(to, from.get(0), from.get(1));
                code.vsubps(to, to, from.get(1));
              }
              : (code, to, from) -> code.vsubps(to, from.get(0), from.get(1));
      int first = numbers.get(a);
      int second = numbers.get(b);
      numbers.add(
          apart ? values.valueApart(writer, first, second) : values.value(writer, first, second));
      expected.add(value);
    }

    void store(int value) {
      Address at = Address.of(Register.RSI, stored++ * LANES * Float.BYTES);
      values.use((code, _, from) -> code.vmovups(at, from.getFirst()), numbers.get(value));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 4, 7, 15})
  void registersDoNotMatter(int registers) throws Throwable {
    assumeTrue(TileKernels.areMachineCode(VectorWidth.BITS_256), "no machine code");
    for (int seed = 0; seed < 50; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      float[] in = new float[INPUTS * LANES];
      for (int i = 0; i < in.length; i++) {
        in[i] = (float) random.nextDouble(-1, 1);
      }
      Program program = new Program(registers);
      for (int input = 0; input < INPUTS; input++) {
        program.load(in, input, random.nextBoolean());
      }
      for (int step = 0; step < STEPS; step++) {
        int known = program.numbers.size();
        program.combine(random.nextInt(known), random.nextInt(known), random.nextBoolean());
      }
      List<Integer> order = new ArrayList<>();
      for (int value = 0; value < program.numbers.size(); value++) {
        order.add(random.nextInt(order.size() + 1), value);
      }
      order.forEach(program::store);
      float[] out = new float[order.size() * LANES];
      run(program, in, out);
      for (int i = 0; i < out.length; i++) {
        assertThat(out[i]).isEqualTo(program.expected.get(order.get(i / LANES))[i % LANES]);
      }
    }
  }

  /** Turns that do the same. */
  private static void run(Program program, float[] in, float[] out) throws Throwable {
    Code code = program.loop.write(to -> to.mov(Register.RCX, TURNS), Register.RCX, _ -> {});
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment function = ExecutableMemory.map(List.of(code), arena).getFirst();
      HeapCall.handle("aa")
          .invokeExact(function, MemorySegment.ofArray(in), MemorySegment.ofArray(out));
    }
  }

  @Test
  void anInstructionNeedsItsOperandsAtOnce() {
    Program program = new Program(2);
    float[] in = new float[INPUTS * LANES];
    program.load(in, 0, false);
    program.load(in, 1, false);
    program.combine(0, 1, true);
    program.store(0);
    program.store(1);
    program.store(2);
    assertThatThrownBy(program.values::stackBytes)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("more than 2");
  }
}
