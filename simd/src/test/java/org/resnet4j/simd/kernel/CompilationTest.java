package org.resnet4j.simd.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.resnet4j.simd.kernel.tile.TileKernels;
import org.resnet4j.simd.machine.KernelPath;
import org.resnet4j.simd.machine.VectorWidth;
import org.resnet4j.simd.support.ForkedJvm;

/**
 * What the kernels' speed rests on, without a clock: C2 compiles each of them and its code stays,
 * and no vector is boxed, since a box would be an allocation.
 */
@Timeout(300)
class CompilationTest {
  /** Level, class and method, and end of a line of {@code -XX:+PrintCompilation}. */
  private static final Pattern LINE =
      Pattern.compile(
          "\\s*\\d+\\s+\\d+\\s+[%sbn! ]*\\s(\\d)\\s+\\S*\\."
              + "((?:Tile|Grouped)\\d\\S*::run|WinogradF\\d\\S*::(?:in|out)put\\d)"
              + "( @ \\d+)? \\(\\d+ bytes\\)(\\s+made not entrant.*|\\s+COMPILE SKIPPED.*)?");

  private static final String C2 = "4";

  /** Where native access is enabled, tiles are machine code, and a call of it boxes nothing. */
  @Test
  void callsOfMachineCodeAllocateNothing() throws Exception {
    Assumptions.assumeTrue(TileKernels.areMachineCode(VectorWidth.preferred()), "no machine code");
    List<String> lines =
        ForkedJvm.run(
            CompilationProbe.class,
            List.of("-XX:+PrintCompilation", "--enable-native-access=ALL-UNNAMED"));
    assertThat(lines)
        .anyMatch(line -> line.endsWith("bytes=[0, 0, 0, 0, 0, 0, 0, 0]"))
        .noneMatch(line -> line.contains("Tile14x2_512"))
        .anyMatch(line -> line.contains("MachineTile::run"));
  }

  @Test
  void kernelsAreCompiledByC2AndNothingIsBoxed() throws Exception {
    Assumptions.assumeTrue(KernelPath.current() == KernelPath.FMA, "no C2 or no FMA");
    List<String> lines = ForkedJvm.run(CompilationProbe.class, List.of("-XX:+PrintCompilation"));
    assertThat(lines)
        .anyMatch(line -> line.endsWith("bytes=[0, 0, 0, 0, 0, 0, 0, 0]"))
        .noneMatch(line -> line.contains("restricted method")); // which is not enabled here

    Set<String> seen = new HashSet<>();
    Set<String> compiled = new HashSet<>();
    for (String line : lines) {
      Matcher matcher = LINE.matcher(line);
      if (matcher.matches()) {
        String kernel = matcher.group(2);
        seen.add(kernel);
        boolean whole = matcher.group(3) == null; // not a loop entered from the interpreter
        boolean dropped = matcher.group(4) != null;
        assertThat(line).doesNotContain("COMPILE SKIPPED");
        if (whole && matcher.group(1).equals(C2)) {
          boolean _ = dropped ? compiled.remove(kernel) : compiled.add(kernel);
        }
      }
    }
    assertThat(seen)
        .hasSizeGreaterThan(10)
        .anyMatch(kernel -> kernel.startsWith("Tile"))
        .anyMatch(kernel -> kernel.contains("WinogradF4_") && kernel.endsWith("::input0"))
        .anyMatch(kernel -> kernel.contains("WinogradF4X2_") && kernel.endsWith("::output0"))
        .anyMatch(kernel -> kernel.contains("WinogradF2_STRIDE_2_"));
    assertThat(compiled).isEqualTo(seen);
  }
}
