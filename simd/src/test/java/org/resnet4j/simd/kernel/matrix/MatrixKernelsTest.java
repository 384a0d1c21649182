package org.resnet4j.simd.kernel.matrix;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.resnet4j.simd.machinecode.Code;
import org.resnet4j.simd.machinecode.Instruction;

/** What holds of every kernel's code, on any machine. */
class MatrixKernelsTest {
  private static final Set<String> SCRATCH =
      Set.of("rax", "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10", "r11");

  static List<MatrixKernelSpec> specs() {
    List<MatrixKernelSpec> specs = new ArrayList<>();
    for (boolean begins : new boolean[] {false, true}) {
      for (boolean residual : new boolean[] {false, true}) {
        for (int units : new int[] {1, 8, 32}) {
          int ahead = MatrixKernelSpec.aheadFor(units);
          for (int pieces = 1; pieces <= 2; pieces++) {
            specs.add(spec(UnitKind.AMX, 0, pieces, 0, begins, false, false, false, ahead));
            specs.add(spec(UnitKind.AMX, 0, pieces, 0, begins, true, residual, true, ahead));
            specs.add(spec(UnitKind.AMX, 0, pieces, 0, begins, true, residual, false, ahead));
          }
          for (int rows : new int[] {1, 7, 12}) {
            specs.add(spec(UnitKind.AVX512, rows, 1, 64, begins, false, false, false, ahead));
            specs.add(spec(UnitKind.AVX512, rows, 1, 16, begins, true, residual, true, ahead));
            specs.add(spec(UnitKind.AVX512, rows, 1, 128, begins, true, residual, false, ahead));
          }
        }
      }
    }
    return specs.stream().distinct().toList();
  }

  private static MatrixKernelSpec spec(
      UnitKind kind,
      int rows,
      int pieces,
      int pixelStride,
      boolean begins,
      boolean ends,
      boolean residual,
      boolean floats,
      int ahead) {
    return new MatrixKernelSpec(
        kind, rows, pieces, pixelStride, begins, ends, residual, floats, ahead);
  }

  static List<MatrixKernelSpec> tiled() {
    return specs().stream().filter(spec -> spec.kind() == UnitKind.AMX).toList();
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
  void leavesNoUpperHalvesToItsCaller(MatrixKernelSpec spec) {
    List<String> texts = texts(spec);
    int last = texts.indexOf("vzeroupper");
    assertThat(last).isPositive();
    assertThat(texts.subList(last + 1, texts.size()))
        .allMatch(text -> text.startsWith("pop ") || text.equals("ret"));
  }

  @ParameterizedTest
  @MethodSource("tiled")
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
  @MethodSource("tiled")
  void usesTheSecondPiecesTilesOnlyIfThereIsOne(MatrixKernelSpec spec) {
    boolean used =
        texts(spec).stream()
            .anyMatch(
                text -> text.contains("tmm2") || text.contains("tmm3") || text.contains("tmm5"));
    assertThat(used).isEqualTo(spec.pieces() == 2);
  }

  private static List<String> texts(MatrixKernelSpec spec) {
    Code code = MatrixKernels.code(spec);
    assertThat(code.listing().lines().filter(line -> !line.endsWith(":")))
        .hasSize(code.instructions().size());
    return code.instructions().stream().map(Instruction::text).toList();
  }
}
