package org.resnet4j.core.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** The golden files beside the tests; their README says who made them. */
public final class Goldens {
  private Goldens() {}

  public static Path path(String file) {
    try {
      return Path.of(Goldens.class.getResource(file).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  public static byte[] bytes(String file) {
    try (InputStream in = Goldens.class.getResourceAsStream(file)) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static List<String> names(String folder) {
    try (Stream<Path> files = Files.list(path(folder))) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A binary PPM: three header lines, then R, G, B. */
  public static RgbImage ppm(String file) {
    byte[] bytes = bytes(file);
    int end = 0;
    for (int lines = 0; lines < 3; end++) {
      lines += bytes[end] == '\n' ? 1 : 0;
    }
    String[] header = new String(bytes, 0, end, StandardCharsets.US_ASCII).split("\\s+");
    return new RgbImage(
        Integer.parseInt(header[1]),
        Integer.parseInt(header[2]),
        Arrays.copyOfRange(bytes, end, bytes.length));
  }

  public static void assertSamePixels(RgbImage actual, RgbImage expected) {
    assertThat(actual.width() + "x" + actual.height())
        .isEqualTo(expected.width() + "x" + expected.height());
    int worst = 0;
    int differing = 0;
    for (int i = 0; i < expected.data().length; i++) {
      int difference = Math.abs((actual.data()[i] & 0xFF) - (expected.data()[i] & 0xFF));
      worst = Math.max(worst, difference);
      differing += difference > 0 ? 1 : 0;
    }
    assertThat(worst)
        .as("largest difference; %d of %d samples differ", differing, expected.data().length)
        .isZero();
  }
}
