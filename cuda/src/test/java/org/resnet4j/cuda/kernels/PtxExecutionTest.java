package org.resnet4j.cuda.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
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

  @ParameterizedTest
  @MethodSource("cases")
  void computesWhatItSays(KernelCase test) {
    PtxMachine machine = new PtxMachine();
    List<byte[]> buffers = test.buffers().stream().map(byte[]::clone).toList();
    List<Long> addresses = new ArrayList<>();
    buffers.forEach(buffer -> addresses.add(machine.map(buffer)));
    KernelCall call = test.call().apply(addresses);

    machine.launch(entry(call.kernel().ptx(test.type())), call.arguments(), call.shape());

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
      machine.launch(entry(Kernel.INPUT.ptx(type)), call.arguments(), call.shape());
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
                entry(Kernel.INPUT.ptx(ElementType.F32)), call.arguments(), call.shape()))
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
