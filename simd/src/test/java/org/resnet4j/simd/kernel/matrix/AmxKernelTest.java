package org.resnet4j.simd.kernel.matrix;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.resnet4j.simd.machinecode.Code;
import org.resnet4j.simd.machinecode.Instruction;

/** What holds of every kernel's code, on any machine. */
class AmxKernelTest {
  private static final Set<String> SCRATCH =
      Set.of("rax", "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10", "r11");

  static Stream<MatrixKernelSpec> specs() {
    return MatrixKernels.specs().stream();
  }

  /** What System V gives to the caller: saved before and restored after. */
  @ParameterizedTest
  @MethodSource("specs")
  void keepsTheCallersRegisters(MatrixKernelSpec spec) {
    List<String> texts = texts(spec);
    List<String> saved = new ArrayList<>();
    List<String> restored = new ArrayList<>();
    for (String text : texts) {
      if (text.startsWith("push ")) {
        assertThat(restored).isEmpty();
        saved.addFirst(text.substring(5));
      } else if (text.startsWith("pop ")) {
        restored.add(text.substring(4));
      }
    }
    assertThat(restored).isEqualTo(saved);
    for (String text : texts) {
      String written = written(text);
      if (!written.isEmpty()) {
        assertThat(SCRATCH.contains(written) || saved.contains(written)).as(text).isTrue();
      }
    }
    assertThat(texts).noneMatch(text -> written(text).equals("rsp"));
  }

  /** The general register that an instruction changes, beside the stack's own. */
  private static String written(String text) {
    String[] words = text.split("[ ,]");
    boolean changes = List.of("mov", "movsxd", "lea", "add", "dec").contains(words[0]);
    return changes && words[1].startsWith("r") ? words[1] : "";
  }

  @ParameterizedTest
  @MethodSource("specs")
  void givesUpTheTilesOnTheOnlyWayOut(MatrixKernelSpec spec) {
    List<String> texts = texts(spec);
    assertThat(texts).filteredOn(text -> text.equals("ret")).hasSize(1);
    assertThat(texts.getLast()).isEqualTo("ret");
    int release = texts.indexOf("tilerelease");
    assertThat(release).isPositive();
    assertThat(texts.get(release + 1)).isEqualTo("vzeroupper");
    assertThat(texts.subList(release, texts.size()))
        .noneMatch(text -> text.startsWith("j") || text.contains("tmm"));
    assertThat(texts.subList(0, release)).filteredOn(text -> text.contains("ldtilecfg")).hasSize(1);
  }

  @ParameterizedTest
  @MethodSource("specs")
  void usesTheSecondPiecesTilesOnlyIfThereIsOne(MatrixKernelSpec spec) {
    boolean used =
        texts(spec).stream()
            .anyMatch(
                text -> text.contains("tmm2") || text.contains("tmm3") || text.contains("tmm5"));
    assertThat(used).isEqualTo(spec.pieces() == 2);
  }

  private static List<String> texts(MatrixKernelSpec spec) {
    Code code = AmxKernel.of(spec);
    assertThat(code.listing().lines()).hasSize(code.instructions().size());
    return code.instructions().stream().map(Instruction::text).toList();
  }
}
