package org.resnet4j.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What speaks for a class, drawn over the picture. */
class ExplainCommandTest {
  private static final Path SNEAKER = Run.SAMPLES.resolve("00.png");

  @TempDir Path folder;

  @Test
  void drawsTheMapOfTheMostProbableClassOrOfAnother() throws IOException {
    Path heat = folder.resolve("heat.png");
    String out = Run.of("explain", SNEAKER, "-o", heat, "--backend", "simd").succeeded().out();
    assertThat(out).contains("  Sneaker ", "written  " + heat + ": what speaks for 'Sneaker' (9");
    BufferedImage sneaker = ImageIO.read(heat.toFile());
    BufferedImage plain = ImageIO.read(SNEAKER.toFile());
    assertThat(sneaker.getWidth()).isEqualTo(plain.getWidth() * 9); // 28 pixels are too few to see
    assertThat(sneaker.getHeight()).isEqualTo(plain.getHeight() * 9);
    Path other = folder.resolve("other.png");
    Run.of("explain", SNEAKER, "-o", other, "--class", "ankle BOOT", "--backend", "simd")
        .succeeded();
    Path third = folder.resolve("third.png");
    Run.of("explain", SNEAKER, "-o", third, "--class", "9", "--backend", "simd").succeeded();
    assertThat(other).hasSameBinaryContentAs(third);
    assertThat(Files.mismatch(heat, other)).isNotEqualTo(-1);
  }

  @Test
  void whatCannotBeDoneIsRefusedInALine() throws IOException {
    Path heat = folder.resolve("heat.png");
    assertThat(Run.of("explain", SNEAKER, "-o", folder.resolve("heat.jpg")).refused().err())
        .contains("is the name of no PNG; end it with .png");
    assertThat(Run.of("explain", SNEAKER, "-o", heat, "--class", "cat").refused().err())
        .contains("--class cat: is none of the 10 classes; name one, such as 'T-shirt");
    assertThat(Run.of("explain", SNEAKER, "-o", heat, "--class", "10").refused().err())
        .contains("--class 10: is none of the 10 classes");
    assertThat(Run.of("explain", Run.SAMPLES, "-o", heat).refused().err())
        .contains("is a directory; name one picture in it");
    assertThat(Run.of("explain", folder.resolve("none.png"), "-o", heat).refused().err())
        .contains("none.png");
    assertThat(heat).doesNotExist();
    Files.createFile(heat);
    assertThat(Run.of("explain", SNEAKER, "-o", heat).refused().err())
        .contains("exists already; choose another name, or replace it with --force");
    assertThat(heat).isEmptyFile();
  }

  /** One of them would be explained, and nobody would know which. */
  @Test
  void aNameOfSeveralClassesIsRefused() throws IOException {
    Path labels = Files.writeString(folder.resolve("labels"), "a\nA\nb\nb\nc\nC\nC\nd\nd\nd\n");
    Path heat = folder.resolve("heat.png");
    Object[] command = {
      "explain",
      SNEAKER,
      "-o",
      heat,
      "--weights",
      Run.DEMO_WEIGHTS,
      "--labels",
      labels,
      "--class",
      ""
    };
    for (String[] refused :
        new String[][] {
          {"b", "2 classes are called: 2, 3"}, {"D", "3 classes are called: 7, 8, 9"}
        }) {
      command[command.length - 1] = refused[0];
      assertThat(Run.of(command).refused().err())
          .contains("is what " + refused[1] + "; name one by its number");
    }
    for (String named : new String[] {"a", "A", "c"}) {
      command[command.length - 1] = named;
      assertThat(Run.of(command).succeeded().out()).contains("what speaks for '" + named + "'");
      Files.delete(heat);
    }
  }
}
