package org.resnet4j.cuda.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.resnet4j.cuda.driver.LaunchShape;

/** The PTX texts, executed, against plain loops: every bit, but those of a NaN. */
class PtxExecutionTest {
  static Stream<KernelCase> cases() {
    return Arrays.stream(ElementType.values()).flatMap(type -> KernelCase.all(type).stream());
  }

  /** One channel a thread, and as many as it can. */
  @ParameterizedTest
  @MethodSource("cases")
  void computesWhatItSays(KernelCase test) {
    check(test, 1);
    int lanes =
        test.call().apply(Collections.nCopies(test.buffers().size(), 0L)).lanes(test.type());
    if (lanes > 1) {
      check(test, lanes);
    }
  }

  @Test
  void vectorsAreTriedOfEveryKernelThatHasThem() {
    for (ElementType type : ElementType.values()) {
      assertThat(
              KernelCase.all(type).stream()
                  .map(test -> test.call().apply(Collections.nCopies(test.buffers().size(), 0L)))
                  .filter(call -> call.lanes(type) > 1)
                  .map(KernelCall::kernel)
                  .distinct())
          .as("%s", type)
          .containsExactlyInAnyOrderElementsOf(
              Arrays.stream(Kernel.values()).filter(Kernel::hasVectors).toList());
    }
  }

  private static void check(KernelCase test, int lanes) {
    PtxMachine machine = new PtxMachine();
    List<byte[]> buffers = test.buffers().stream().map(byte[]::clone).toList();
    List<Long> addresses = new ArrayList<>();
    buffers.forEach(buffer -> addresses.add(machine.map(buffer)));
    KernelCall call = test.call().apply(addresses);

    String ptx = call.kernel().ptx(test.type(), lanes);
    machine.launch(entry(ptx), call.arguments(), call.shape(lanes));

    assertThat(Numbers.decode(test.targetType(), buffers.get(test.target())))
        .containsExactly(Numbers.kept(test.targetType(), test.expected()));
    for (int i = 0; i < buffers.size(); i++) {
      if (i != test.target()) {
        assertThat(buffers.get(i)).isEqualTo(test.buffers().get(i));
      }
    }
  }

  @Test
  void everyHalfAndBfloatIsKeptAndEveryRoundingIsRight() {
    for (ElementType type : ElementType.values()) {
      float[] numbers = new float[1 << 16];
      for (int i = 0; i < numbers.length; i++) {
        numbers[i] = Float.intBitsToFloat(i << 16 | (i * 0x9E37 & 0xFFFF));
      }
      byte[] target = new byte[numbers.length * type.bytes()];
      PtxMachine machine = new PtxMachine();
      KernelCall call =
          new KernelCall.Input(
              machine.map(Numbers.encode(ElementType.F32, numbers)),
              machine.map(target),
              1,
              numbers.length,
              1,
              1);
      machine.launch(entry(Kernel.INPUT.ptx(type, 1)), call.arguments(), call.shape(1));
      assertThat(Numbers.decode(type, target)).containsExactly(Numbers.kept(type, numbers));
    }
  }

  @Test
  void memoryIsBounded() {
    PtxMachine machine = new PtxMachine();
    long source = machine.map(new byte[4 * 11]);
    long target = machine.map(new byte[4 * 12]);
    KernelCall call = new KernelCall.Input(source, target, 1, 12, 1, 1);
    assertThatThrownBy(() ->
            machine.launch(
                entry(Kernel.INPUT.ptx(ElementType.F32, 1)), call.arguments(), call.shape(1)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("outside of memory");
  }

  @Test
  void anInstructionThatItDoesNotKnowIsAnError() {
    String text = ".visible .entry odd() { .reg .b32 %a; mov.u32 %a, 1; popc.b32 %a, %a; ret; }";
    assertThatThrownBy(() ->
            new PtxMachine().launch(entry(text), List.of(), new LaunchShape(1, 1, 1, 1, 1, 1)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("unknown instruction popc.b32");
  }

  private static PtxProgram.Entry entry(String ptx) {
    return PtxProgram.parse(ptx).entries().getFirst();
  }
}
