package org.resnet4j.simd;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.resnet4j.simd.kernel.conv.ConvAlgorithm;
import org.resnet4j.simd.kernel.conv.ConvShape;
import org.resnet4j.simd.machine.KernelPath;
import org.resnet4j.simd.machine.VectorWidth;

class AlgorithmCacheTest {
  private static final ConvShape SHAPE = new ConvShape(64, 64, 56, 56, 3, 1, 1, 1);
  private static final ConvShape OTHER = new ConvShape(64, 64, 28, 56, 3, 1, 1, 1);
  private static final List<ConvAlgorithm> CANDIDATES =
      List.of(ConvAlgorithm.IMPLICIT_GEMM, ConvAlgorithm.WINOGRAD_2X2);
  private static final ConvAlgorithm FASTEST = ConvAlgorithm.WINOGRAD_2X2;

  @TempDir private Path folder;
  private Path file;

  @BeforeEach
  void inAFolderThatIsNotThereYet() {
    file = folder.resolve("cache").resolve("resnet4j").resolve("algorithms.tsv");
  }

  private static Conditions on(String cpu, VectorWidth width, int threads) {
    return new Conditions(cpu, KernelPath.FMA, width, threads);
  }

  private AlgorithmCache cache(int threads) {
    return new AlgorithmCache(file, on("Some CPU @ 2 GHz", VectorWidth.BITS_512, threads));
  }

  @Test
  void anotherProcessFindsWhatWasPut() throws IOException {
    cache(2).put(SHAPE, CANDIDATES, FASTEST);
    cache(2).put(OTHER, CANDIDATES, ConvAlgorithm.IMPLICIT_GEMM);
    assertThat(cache(2).find(SHAPE, CANDIDATES)).contains(FASTEST);
    assertThat(cache(2).find(OTHER, CANDIDATES)).contains(ConvAlgorithm.IMPLICIT_GEMM);
    assertThat(Files.readAllLines(file))
        .contains(
            AlgorithmCache.VERSION
                + "\tSome CPU @ 2 GHz\tFMA\t512\t2\t64,64,56,56,3,1,1,1"
                + "\tIMPLICIT_GEMM,WINOGRAD_2X2\tWINOGRAD_2X2");
    try (Stream<Path> left = Files.list(file.getParent())) {
      assertThat(left).containsExactly(file);
    }
  }

  @Test
  void anAnswerHoldsForItsConditionsAlone() {
    cache(2).put(SHAPE, CANDIDATES, FASTEST);
    assertThat(cache(1).find(SHAPE, CANDIDATES)).isEmpty();
    for (Conditions other :
        List.of(
            on("Another CPU", VectorWidth.BITS_512, 2),
            on("Some CPU @ 2 GHz", VectorWidth.BITS_256, 2),
            new Conditions("Some CPU @ 2 GHz", KernelPath.SCALAR, VectorWidth.BITS_512, 2))) {
      assertThat(new AlgorithmCache(file, other).find(SHAPE, CANDIDATES)).isEmpty();
    }
    assertThat(cache(2).find(OTHER, CANDIDATES)).isEmpty();
    assertThat(cache(2).find(SHAPE, List.of(FASTEST, ConvAlgorithm.WINOGRAD_4X4))).isEmpty();
  }

  @Test
  void aNameWithTabsAndLinesIsOneColumn() {
    Conditions odd = on("a\tb\n c", VectorWidth.BITS_128, 1);
    new AlgorithmCache(file, odd).put(SHAPE, CANDIDATES, FASTEST);
    assertThat(new AlgorithmCache(file, odd).find(SHAPE, CANDIDATES)).contains(FASTEST);
  }

  @Test
  void aDamagedFileIsEmptyAndIsReplaced() throws IOException {
    cache(2).put(SHAPE, CANDIDATES, FASTEST);
    String sound = Files.readString(file);
    List<byte[]> damaged =
        List.of(
            new byte[0],
            new byte[] {(byte) 0xff, 0, '\t', '\n'},
            sound.substring(0, sound.length() - 9).getBytes(StandardCharsets.UTF_8),
            sound.replaceFirst("^\\d+", "0").getBytes(StandardCharsets.UTF_8),
            sound.replace("FMA", "").getBytes(StandardCharsets.UTF_8),
            "x".repeat(2 << 20).concat("\n" + sound).getBytes(StandardCharsets.UTF_8));
    for (byte[] bytes : damaged) {
      Files.write(file, bytes);
      assertThat(cache(2).find(SHAPE, CANDIDATES)).isEmpty();
      cache(2).put(SHAPE, CANDIDATES, FASTEST);
      assertThat(file).hasContent(sound);
    }
  }

  @Test
  void goesOnWhereNothingCanBeWritten() throws IOException {
    Path taken = Files.writeString(folder.resolve("taken"), "");
    for (Path impossible : new Path[] {taken.resolve("below"), folder, null}) {
      AlgorithmCache cache = new AlgorithmCache(impossible, on("CPU", VectorWidth.BITS_512, 1));
      cache.put(SHAPE, CANDIDATES, FASTEST);
      assertThat(cache.find(SHAPE, CANDIDATES)).isEmpty();
    }
    try (Stream<Path> left = Files.list(folder)) {
      assertThat(left).containsExactly(taken);
    }
  }

  @Test
  void liesWhereThePropertySaysOrInTheUsersCache() {
    String home = folder.toString();
    Path usual = Path.of("resnet4j", "algorithms.tsv");
    assertThat(AlgorithmCacheFile.locate("x/y", home, home)).isEqualTo(Path.of("x", "y"));
    assertThat(AlgorithmCacheFile.locate(null, home, "?")).isEqualTo(folder.resolve(usual));
    assertThat(AlgorithmCacheFile.locate(null, null, home))
        .isEqualTo(folder.resolve(".cache").resolve(usual));
    assertThat(AlgorithmCacheFile.locate(null, "relative", home))
        .isEqualTo(folder.resolve(".cache").resolve(usual));
    assertThat(AlgorithmCacheFile.locate("", home, home)).isNull();
    assertThat(AlgorithmCacheFile.locate("\0", home, home)).isNull();
    assertThat(AlgorithmCacheFile.locate(null, null, "?")).isNull();
    assertThat(AlgorithmCacheFile.locate(null, null, null)).isNull();
  }
}
