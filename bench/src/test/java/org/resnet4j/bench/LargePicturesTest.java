package org.resnet4j.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LargePicturesTest {
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
    command.addAll(List.of("-Djava.awt.headless=true", "--add-modules", "jdk.incubator.vector"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Start.class.getName()));
    command.addAll(List.of("classify", "--json", "--backend", "simd"));
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
    assertThat(Files.readString(output)).containsPattern("(?s)(\"predictions\".*){4}");
  }
}
