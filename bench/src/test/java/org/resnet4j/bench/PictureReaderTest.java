package org.resnet4j.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.resnet4j.bench.picture.PictureReader;
import org.resnet4j.bench.picture.PictureReader.Decoded;
import org.resnet4j.bench.picture.PictureReader.Picture;
import org.resnet4j.core.image.DecodeOptions;

class PictureReaderTest {
  private static final String HEAP = "-Xmx160m";
  private static final int SIDE = 2500;

  @TempDir private Path folder;

  /** Each takes 50 MB of samples and 19 MB of RGB; 160 MB hold that once, and twice the RGB. */
  @Test
  void largePicturesThatDoNotFitTheHeapTogetherAreDecodedOneAfterTheOther() throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    // Two decoders even where there is one processor; the same collector everywhere.
    command.addAll(List.of(HEAP, "-XX:+UseSerialGC", "-XX:ActiveProcessorCount=2"));
    command.addAll(List.of("-Djava.awt.headless=true", "-cp"));
    command.addAll(List.of(System.getProperty("java.class.path"), Reader.class.getName()));
    for (int i = 0; i < 4; i++) {
      Path file = folder.resolve(i + ".png");
      command.add(BadPictures.write(file, BadPictures.deepPng(SIDE, SIDE)).toString());
    }
    Path output = folder.resolve("output.txt");
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    boolean ended = process.waitFor(2, TimeUnit.MINUTES);
    process.destroyForcibly();
    assertThat(ended).isTrue();
    assertThat(Files.readAllLines(output))
        .containsExactly("decoded", "decoded", "decoded", "decoded");
  }

  /** Decodes files and prints a line for each. */
  static final class Reader {
    private Reader() {}

    public static void main(String[] names) throws IOException, InterruptedException {
      List<Path> files = List.of(names).stream().map(Path::of).toList();
      try (PictureReader reader = new PictureReader(files, DecodeOptions.DEFAULT, 2)) {
        for (List<Picture> read = reader.next(); !read.isEmpty(); read = reader.next()) {
          read.forEach(each -> System.out.println(each instanceof Decoded ? "decoded" : each));
        }
      }
    }
  }
}
