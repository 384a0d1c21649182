package org.resnet4j.bench.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The series' colours can be told apart, also by people who lack one kind of cone.
 *
 * <p>Source: Machado, Oliveira and Fernandes 2009, "A physiologically-based model for simulation of
 * color vision deficiency", matrices of severity 1; distances in Oklab (Ottosson 2020).
 */
class ColoursTest {
  private static final int COLOURS = 6;
  private static final double[][] NORMAL = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}};
  private static final double[][] PROTANOPIA = {
    {0.152286, 1.052583, -0.204868},
    {0.114503, 0.786281, 0.099216},
    {-0.003882, -0.048116, 1.051998}
  };
  private static final double[][] DEUTERANOPIA = {
    {0.367322, 0.860646, -0.227968},
    {0.280085, 0.672501, 0.047413},
    {-0.011820, 0.042940, 0.968881}
  };
  private static final double[][] TRITANOPIA = {
    {1.255528, -0.076749, -0.178779},
    {-0.078411, 0.930809, 0.147602},
    {0.004733, 0.691367, 0.303900}
  };

  @ParameterizedTest
  @CsvSource({
    "0, NORMAL, 0.2", "0, PROTANOPIA, 0.12", "0, DEUTERANOPIA, 0.12", "0, TRITANOPIA, 0.12",
    "1, NORMAL, 0.2", "1, PROTANOPIA, 0.12", "1, DEUTERANOPIA, 0.12", "1, TRITANOPIA, 0.12"
  })
  void differ(int scheme, String eyes, double least) throws IOException {
    double[][] matrix =
        switch (eyes) {
          case "PROTANOPIA" -> PROTANOPIA;
          case "DEUTERANOPIA" -> DEUTERANOPIA;
          case "TRITANOPIA" -> TRITANOPIA;
          default -> NORMAL;
        };
    List<double[]> colours = colours(scheme);
    for (int a = 0; a < COLOURS; a++) {
      for (int b = 0; b < a; b++) {
        double distance = distance(seen(colours.get(a), matrix), seen(colours.get(b), matrix));
        assertThat(distance).as("s%s and s%s, %s", a, b, eyes).isGreaterThan(least);
      }
    }
  }

  /** Linear light of the colours of one scheme: the light one is the first in the file. */
  private static List<double[]> colours(int scheme) throws IOException {
    List<double[]> colours = new ArrayList<>();
    try (var in = ComparePage.class.getResourceAsStream("page.css")) {
      String css = new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
      for (int i = 0; i < COLOURS; i++) {
        Matcher colour = Pattern.compile("--s" + i + ": #([0-9a-f]{6})").matcher(css);
        for (int skipped = 0; skipped <= scheme; skipped++) {
          assertThat(colour.find()).isTrue();
        }
        int rgb = Integer.parseInt(colour.group(1), 16);
        colours.add(new double[] {linear(rgb >> 16), linear(rgb >> 8), linear(rgb)});
      }
    }
    return colours;
  }

  private static double linear(int shifted) {
    double value = (shifted & 0xFF) / 255.0;
    return value <= 0.04045 ? value / 12.92 : Math.pow((value + 0.055) / 1.055, 2.4);
  }

  private static double[] seen(double[] colour, double[][] matrix) {
    double[] seen = new double[3];
    for (int i = 0; i < 3; i++) {
      for (int j = 0; j < 3; j++) {
        seen[i] += matrix[i][j] * colour[j];
      }
      seen[i] = Math.clamp(seen[i], 0, 1);
    }
    return seen;
  }

  private static double distance(double[] a, double[] b) {
    double[] p = oklab(a);
    double[] q = oklab(b);
    return Math.hypot(Math.hypot(p[0] - q[0], p[1] - q[1]), p[2] - q[2]);
  }

  private static double[] oklab(double[] c) {
    double l = Math.cbrt(0.4122214708 * c[0] + 0.5363325363 * c[1] + 0.0514459929 * c[2]);
    double m = Math.cbrt(0.2119034982 * c[0] + 0.6806995451 * c[1] + 0.1073969566 * c[2]);
    double s = Math.cbrt(0.0883024619 * c[0] + 0.2817188376 * c[1] + 0.6299787005 * c[2]);
    return new double[] {
      0.2104542553 * l + 0.7936177850 * m - 0.0040720468 * s,
      1.9779984951 * l - 2.4285922050 * m + 0.4505937099 * s,
      0.0259040371 * l + 0.7827717662 * m - 0.8086757660 * s
    };
  }
}
