package org.resnet4j.core.image.decode;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.resnet4j.core.conformance.ChildJvm;
import org.resnet4j.core.conformance.ClassPath;
import org.resnet4j.core.image.Goldens;
import org.resnet4j.core.image.ImageDecodeException;
import org.resnet4j.core.image.JpegBytes;

/**
 * Damaged pictures while another thread keeps the heap full. The JDK's JPEG reader hangs there for
 * good, within a second: it makes a string of a warning while it holds arrays that the collector
 * waits for.
 */
class FullHeapDecodeTest {
  private static final int SECONDS = 3;

  @Test
  void aDamagedPictureNeverHangs() throws IOException, InterruptedException {
    List<String> answer =
        ChildJvm.run(
                List.of("-XX:+UseSerialGC", "-XX:-UseTLAB", "-Xmx40m", "-Xmn3m"),
                ClassPath.of(ImageDecoder.class, DecodeDamaged.class),
                DecodeDamaged.class,
                Goldens.path("pictures/jpeg-420-restarts.jpg").toString())
            .lines();
    assertThat(answer).singleElement().asString().matches("\\d{2,} decoded, \\d{2,} refused");
  }

  /** A process of its own. */
  static final class DecodeDamaged {
    private static final int PIECE_BYTES = 600;

    private DecodeDamaged() {}

    public static void main(String[] arguments) throws IOException {
      byte[] sound = Files.readAllBytes(Path.of(arguments[0]));
      Thread.ofPlatform().daemon().start(DecodeDamaged::fillTheHeap);
      SplittableRandom random = new SplittableRandom(1);
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
      int decoded = 0;
      int refused = 0;
      while (System.nanoTime() < end) {
        try {
          ImageDecoder.decode(JpegBytes.damaged(sound, random), "damaged.jpg");
          decoded++;
        } catch (ImageDecodeException _) {
          refused++;
        }
      }
      System.out.println(decoded + " decoded, " + refused + " refused");
    }

    private static void fillTheHeap() {
      byte[][] pieces = new byte[64][];
      int next = 0;
      while (true) {
        pieces[next++ % pieces.length] = new byte[PIECE_BYTES];
      }
    }
  }
}
