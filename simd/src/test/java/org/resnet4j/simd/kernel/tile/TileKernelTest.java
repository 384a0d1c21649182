package org.resnet4j.simd.kernel.tile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.resnet4j.simd.kernel.layout.BlockedLayout;
import org.resnet4j.simd.kernel.layout.Floor;
import org.resnet4j.simd.machine.VectorWidth;

/**
 * Every generated kernel and {@link ScalarTile} against the loops of {@link TileKernel}'s
 * definition, bit for bit.
 */
class TileKernelTest {
  private static final int GUARD = 64;

  /** To be fetched, from somewhere on. */
  private static final int LINES = 8;

  static Stream<TileSpec> specs() {
    return Stream.of(VectorWidth.values())
        .flatMap(width ->
            Stream.of(1, 2, 4)
                .flatMap(blocks ->
                    Stream.of(1, 3, Tiling.maxRows(width, blocks))
                        .distinct()
                        .flatMap(rows -> variants(width, rows, blocks))));
  }

  private static Stream<TileSpec> variants(VectorWidth width, int rows, int blocks) {
    TileSpec product = TileSpec.product(width, rows, blocks, 16, 1, 16);
    return Stream.of(
        product,
        product.with(true, false),
        product.with(false, true),
        product.with(true, true),
        TileSpec.product(width, rows, blocks, 32, 1, 16),
        TileSpec.product(width, rows, blocks, 1, rows, 16),
        TileSpec.product(width, rows, blocks, 6, 1, 21));
  }

  @ParameterizedTest
  @MethodSource("specs")
  void computesItsDefinitionBitForBit(TileSpec spec) {
    check(spec, TileKernels.define(spec, true), true, 1);
    check(spec, TileKernels.define(spec, true), true, 2);
    check(spec, new ScalarTile(spec, true), true, 1);
    check(spec, new ScalarTile(spec, false), false, 2);
    for (TileKernel kernel : ofMachineCode(spec)) {
      check(spec, kernel, true, 1);
      check(spec, kernel, true, 2);
    }
  }

  /** On a processor that has it, the kernel of machine code; else none. */
  private static List<TileKernel> ofMachineCode(TileSpec spec) {
    return TileKernels.areMachineCode(spec.width()) && TileCode.covers(spec)
        ? List.of(new MachineTile(spec))
        : List.of();
  }

  private static List<TileKernel> fused(TileSpec spec) {
    List<TileKernel> kernels = new ArrayList<>(ofMachineCode(spec));
    kernels.add(TileKernels.define(spec, true));
    kernels.add(new ScalarTile(spec, true));
    return kernels;
  }

  /** Each as if it were computed alone, whoever loops over them. */
  @ParameterizedTest
  @MethodSource("specs")
  void tilesAtEqualDistancesAreThoseOfSingleCalls(TileSpec spec) {
    int tiles = 3;
    SplittableRandom random = new SplittableRandom(7);
    int columns = spec.blocks() * BlockedLayout.BLOCK;
    int[] offsets = {4, 9};
    int aNext = spec.rows() * spec.aRowStride() + 3;
    int bNext = 2 * spec.inner() * columns + 5;
    int cNext = spec.rows() * BlockedLayout.BLOCK + 16;
    float[] a = Problem.random(random, tiles * aNext + spec.inner() * spec.aStep() + 9);
    float[] b = Problem.random(random, tiles * bNext);
    int blockStride = tiles * cNext + 16;
    float[] add = Problem.random(random, spec.blocks() * blockStride);
    float[] bias = Problem.random(random, columns);
    float[] floor = Floor.of(true);
    for (TileKernel kernel : fused(spec)) {
      float[] single = new float[add.length];
      for (int t = 0; t < tiles; t++) {
        int at = t * cNext;
        kernel.run(
            offsets,
            0,
            2,
            a,
            t * aNext,
            b,
            t * bNext,
            single,
            at,
            blockStride,
            add,
            at,
            blockStride,
            bias,
            0,
            floor,
            0,
            0);
      }
      float[] all = new float[add.length];
      kernel.runAll(
          tiles,
          aNext,
          bNext,
          cNext,
          offsets,
          0,
          2,
          a,
          0,
          b,
          0,
          all,
          0,
          blockStride,
          add,
          0,
          blockStride,
          bias,
          0,
          floor,
          0,
          LINES);
      assertThat(all).isEqualTo(single);
    }
  }

  /** An address holds 32 bits, and a convolution may have any stride. */
  @ParameterizedTest
  @CsvSource({
    "BITS_512, 1, 2",
    "BITS_512, 2, 2",
    "BITS_512, 14, 2",
    "BITS_256, 1, 2",
    "BITS_256, 6, 1"
  })
  void tilesThatAreTooLongForAnAddressAreCompiledByTheJvm(VectorWidth width, int rows, int blocks) {
    for (int stride = 1 << 20; stride > 0; stride <<= 1) {
      TileSpec spec = TileSpec.product(width, rows, blocks, stride, 1, 16);
      assertThat(TileCode.covers(spec)).isEqualTo((long) rows * stride + 16 <= 1 << 28);
      if (TileCode.covers(spec)) {
        assertThat(TileCode.of(spec, 0).listing()).doesNotContain("rax-2"); // around
      } else {
        assertThat(TileKernels.get(spec)).isNotInstanceOf(MachineTile.class);
      }
    }
  }

  /** As when a program is unloaded with its copy of this library. */
  @Test
  @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void codeIsGivenBackWithItsKernel() throws Exception {
    Assumptions.assumeTrue(TileKernels.areMachineCode(VectorWidth.preferred()), "no machine code");
    long before = executableBytes();
    List<MachineTile> kernels = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      kernels.add(new MachineTile(TileSpec.product(VectorWidth.preferred(), 2, 1, 16, 1, 16)));
    }
    long during = executableBytes();
    assertThat(during).isGreaterThanOrEqualTo(before + 50 * 4096);
    kernels.clear();
    while (executableBytes() > (before + during) / 2) {
      System.gc();
      Thread.sleep(10);
    }
  }

  /** Of memory that has no file and may be executed, not written. */
  private static long executableBytes() throws IOException {
    long bytes = 0;
    for (String line : Files.readAllLines(Path.of("/proc/self/maps"))) {
      String[] fields = line.strip().split(" +", -1);
      if (fields.length == 5 && fields[1].equals("r-xp")) {
        String[] range = fields[0].split("-", -1);
        bytes += Long.parseLong(range[1], 16) - Long.parseLong(range[0], 16);
      }
    }
    return bytes;
  }

  /** What machine code would not notice. */
  @ParameterizedTest
  @EnumSource(names = {"BITS_256", "BITS_512"})
  void tilesBesideTheirArraysAreRefused(VectorWidth width) {
    Assumptions.assumeTrue(TileKernels.areMachineCode(width), "no machine code");
    TileSpec spec = TileSpec.product(width, 2, 2, 16, 1, 16).with(true, true);
    MachineTile kernel = new MachineTile(spec);
    int[] offsets = {0, 16};
    float[] a = new float[48];
    float[] b = new float[2 * 16 * 32];
    float[] c = new float[64];
    float[] bias = new float[32];
    float[] floor = Floor.of(true);
    kernel.run(offsets, 0, 2, a, 0, b, 0, c, 0, 32, c, 0, 32, bias, 0, floor, 0, 0);
    for (int wrong = 0; wrong < 10; wrong++) {
      int at = wrong;
      assertThatThrownBy(() ->
              kernel.run(
                  offsets,
                  0,
                  at == 0 ? 3 : 2,
                  a,
                  at == 1 ? 1 : at == 2 ? -1 : 0,
                  b,
                  at == 3 ? 1 : 0,
                  c,
                  at == 4 ? 1 : 0,
                  at == 5 ? 33 : 32,
                  c,
                  at == 6 ? -1 : 0,
                  at == 7 ? 33 : 32,
                  bias,
                  at == 8 ? 1 : 0,
                  at == 9 ? new float[31] : floor,
                  0,
                  0))
          .as("%s", at)
          .isInstanceOf(IndexOutOfBoundsException.class);
    }
    int[] next = new int[3];
    for (int wrong = 0; wrong < 4; wrong++) {
      Arrays.fill(next, 0);
      if (wrong < 3) {
        next[wrong] = 1;
      } else {
        next[0] = -1;
      }
      assertThatThrownBy(() ->
              kernel.runAll(
                  2, next[0], next[1], next[2], offsets, 0, 2, a, 0, b, 0, c, 0, 32, c, 0, 32, bias,
                  0, floor, 0, 0))
          .as("%s", Arrays.toString(next))
          .isInstanceOfAny(IndexOutOfBoundsException.class, IllegalArgumentException.class);
    }
  }

  /** A run of terms that is too long to follow each other in the code. */
  @Test
  void runsMayBeOfAnyLength() {
    for (int inner : new int[] {1, 31, 33, 47, 64, 256}) {
      TileSpec spec = TileSpec.product(VectorWidth.BITS_512, 3, 2, 5, 1, inner);
      for (TileKernel kernel : fused(spec)) {
        check(spec, kernel, true, inner);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void multipliesAndAddsWhereThereIsNoFma(VectorWidth width) {
    TileSpec spec = TileSpec.product(width, 2, 1, 16, 1, 16);
    check(spec, TileKernels.define(spec, false), false, 2);
  }

  /** Long enough for C2 to take over: what it compiles must give the interpreter's bits. */
  @ParameterizedTest
  @EnumSource
  void givesTheSameBitsWhenCompiled(VectorWidth width) {
    TileSpec spec = TileSpec.product(width, Tiling.maxRows(width, 1), 1, 16, 1, 16);
    TileKernel kernel = TileKernels.define(spec, true);
    for (int i = 0; i < 20_000; i++) {
      run(kernel, Problem.of(spec, 3));
    }
    check(spec, kernel, true, 3);
  }

  @Test
  void resultsDoNotDependOnWidthRowsOrBlocks() {
    Problem problem = Problem.of(TileSpec.product(VectorWidth.BITS_512, 3, 1, 16, 1, 16), 4);
    float[] expected = null;
    for (VectorWidth width : VectorWidth.values()) {
      TileSpec spec = TileSpec.product(width, 3, 1, 16, 1, 16);
      float[] c = run(TileKernels.define(spec, true), problem);
      expected = expected == null ? c : expected;
      assertThat(c).isEqualTo(expected);
    }
  }

  private static void check(TileSpec spec, TileKernel kernel, boolean fused, long seed) {
    Problem problem = Problem.of(spec, seed);
    assertThat(run(kernel, problem)).isEqualTo(problem.expected(spec, fused));
  }

  /** What is added lies elsewhere. */
  private static float[] run(TileKernel kernel, Problem p) {
    float[] c = p.c.clone();
    run(kernel, p, c, p.add, 3, p.cBlockStride + 16);
    return c;
  }

  private static void run(
      TileKernel kernel, Problem p, float[] c, float[] add, int addAt, int addBlockStride) {
    kernel.run(
        p.offsets,
        1,
        p.offsets.length,
        p.a,
        0,
        p.b,
        0,
        c,
        GUARD,
        p.cBlockStride,
        add,
        addAt,
        addBlockStride,
        p.bias,
        5,
        p.floor,
        1,
        LINES);
  }

  @ParameterizedTest
  @EnumSource
  void addsToWhatItOverwrites(VectorWidth width) {
    TileSpec spec = TileSpec.product(width, 3, 2, 16, 1, 16).with(true, true);
    Problem p = Problem.of(spec, 6);
    for (TileKernel kernel : fused(spec)) {
      float[] c = p.c.clone();
      for (int block = 0; block < 2; block++) {
        int from = 3 + block * (p.cBlockStride + 16);
        System.arraycopy(p.add, from, c, GUARD + block * p.cBlockStride, 3 * 16);
      }
      run(kernel, p, c, c, GUARD, p.cBlockStride);
      assertThat(c).isEqualTo(p.expected(spec, true));
    }
  }

  /** NaN is not below a ReLU's floor, infinities are ordered, and tiny numbers are dropped. */
  @ParameterizedTest
  @EnumSource
  void theFloorStopsNoNan(VectorWidth width) {
    float[] values = {
      Float.NaN, 1, -1, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, 0, 0x1p-100f, 0x1p-101f
    };
    float[] raised = {Float.NaN, 1, 0, Float.POSITIVE_INFINITY, 0, 0, 0x1p-100f, 0};
    TileSpec spec = TileSpec.product(width, 1, 1, 16, 1, 16).with(true, true);
    float[] zeros = new float[16 * 16];
    for (TileKernel kernel : fused(spec)) {
      for (boolean relu : new boolean[] {true, false}) {
        float[] c = Arrays.copyOf(values, 16);
        float[] floor = Floor.of(relu);
        kernel.run(new int[1], 0, 1, zeros, 0, zeros, 0, c, 0, 16, c, 0, 16, zeros, 0, floor, 0, 0);
        assertThat(Arrays.copyOf(c, values.length)).isEqualTo(relu ? raised : values);
      }
    }
  }

  /**
   * Operands; entry 0 of the table is skipped, so that {@code from} matters; C has guards on both
   * sides.
   */
  private record Problem(
      int[] offsets,
      float[] a,
      float[] b,
      float[] c,
      int cBlockStride,
      float[] add,
      float[] bias,
      float[] floor) {
    static Problem of(TileSpec spec, long seed) {
      SplittableRandom random = new SplittableRandom(seed);
      int columns = spec.blocks() * BlockedLayout.BLOCK;
      int span = (spec.rows() - 1) * spec.aRowStride() + (spec.inner() - 1) * spec.aStep() + 1;
      int[] offsets = {0, 5, span + 7, 2};
      int cBlockStride = spec.rows() * BlockedLayout.BLOCK + 32;
      return new Problem(
          offsets,
          random(random, 2 * span + 16),
          random(random, 3 * spec.inner() * columns),
          random(random, spec.blocks() * cBlockStride + 2 * GUARD),
          cBlockStride,
          random(random, spec.blocks() * (cBlockStride + 16) + 3),
          random(random, columns + 5),
          Floor.of(seed % 2 == 0));
    }

    private static float[] random(SplittableRandom random, int size) {
      float[] values = new float[size];
      for (int i = 0; i < size; i++) {
        values[i] = (float) random.nextDouble(-1, 1);
      }
      return values;
    }

    float[] expected(TileSpec spec, boolean fused) {
      float[] result = c.clone();
      int columns = spec.blocks() * BlockedLayout.BLOCK;
      for (int i = 0; i < spec.rows(); i++) {
        for (int j = 0; j < columns; j++) {
          float sum = spec.epilogue() ? bias[5 + j] : 0f;
          int k = 0;
          for (int q = 1; q < offsets.length; q++) {
            for (int u = 0; u < spec.inner(); u++, k++) {
              float x = a[offsets[q] + i * spec.aRowStride() + u * spec.aStep()];
              float y = b[k * columns + j];
              sum = fused ? Math.fma(x, y, sum) : x * y + sum;
            }
          }
          int at = j / 16 * cBlockStride + i * 16 + j % 16;
          if (spec.accumulate()) {
            sum += add[3 + j / 16 * (cBlockStride + 16) + i * 16 + j % 16];
          }
          result[GUARD + at] = spec.epilogue() ? Math.max(sum, floor[0]) : sum;
        }
      }
      return result;
    }
  }

  @Test
  void namesSayWhatAKernelIs() {
    TileSpec spec = TileSpec.product(VectorWidth.BITS_512, 14, 2, 16, 1, 16);
    assertThat(spec.className()).isEqualTo("Tile14x2_512_r16_s1_u16");
    assertThat(TileKernels.get(spec)).isSameAs(TileKernels.get(spec));
    assertThat(TileKernels.get(spec)).isInstanceOf(TileKernel.class);
  }
}
