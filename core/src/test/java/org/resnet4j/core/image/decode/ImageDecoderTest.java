package org.resnet4j.core.image.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.resnet4j.core.image.DecodeOptions;
import org.resnet4j.core.image.Goldens;
import org.resnet4j.core.image.ImageDecodeException;
import org.resnet4j.core.image.PngBytes;
import org.resnet4j.core.image.RgbImage;

class ImageDecoderTest {
  @TempDir Path folder;

  @Test
  void namesAMissingFile() {
    Path file = folder.resolve("cat.jpg");
    assertThatThrownBy(() -> ImageDecoder.decode(file))
        .isInstanceOf(ImageDecodeException.class)
        .hasMessage(file + ": there is no such file; check the path");
  }

  @Test
  void refusesADirectory() {
    assertThatThrownBy(() -> ImageDecoder.decode(folder))
        .isInstanceOf(ImageDecodeException.class)
        .hasMessage(folder + ": is a directory; name a picture file");
  }

  @Test
  void refusesADevice() {
    Path device = Path.of("/dev/zero");
    assumeThat(device).exists();
    assertThatThrownBy(() -> ImageDecoder.decode(device))
        .isInstanceOf(ImageDecodeException.class)
        .hasMessage("/dev/zero: is no regular file; copy it to a file");
  }

  /** What the system makes as it is read has no size, and may have no end. */
  @Test
  @EnabledOnOs(OS.LINUX)
  void refusesAFileWithoutASize() {
    assertThatThrownBy(() -> ImageDecoder.decode(Path.of("/proc/self/maps")))
        .isInstanceOf(ImageDecodeException.class)
        .hasMessageStartingWith("/proc/self/maps: the file is empty");
  }

  @Test
  void refusesAnEmptyFile() throws IOException {
    Path file = Files.createFile(folder.resolve("empty.png"));
    assertThatThrownBy(() -> ImageDecoder.decode(file))
        .isInstanceOf(ImageDecodeException.class)
        .hasMessage(file + ": the file is empty; copy or download it again");
  }

  @Test
  void refusesAFileThatMayNotBeRead() throws IOException {
    Path file = Files.createFile(folder.resolve("secret.png"));
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("---------"));
    assumeThat(Files.isReadable(file)).as("root may read everything").isFalse();
    assertThatThrownBy(() -> ImageDecoder.decode(file))
        .isInstanceOf(ImageDecodeException.class)
        .hasMessage(file + ": access is denied; check its permissions");
    Path locked = Files.createDirectory(folder.resolve("locked"));
    Files.setPosixFilePermissions(locked, PosixFilePermissions.fromString("---------"));
    assertThatThrownBy(() -> ImageDecoder.decode(locked))
        .isInstanceOf(ImageDecodeException.class)
        .hasMessage(locked + ": access is denied; check its permissions");
  }

  /** What Java makes of a name that is not in the locale's encoding finds no file. */
  @Test
  void saysWhatToDoAboutANameThatIsNotText() {
    Path file = folder.resolve("caf\uFFFD.png");
    assertThatThrownBy(() -> ImageDecoder.decode(file))
        .isInstanceOf(ImageDecodeException.class)
        .hasMessageEndingWith(
            ": there is no such file; name its folder, or give it on standard input, as -: Java finds"
                + " no file whose name is not in the locale's encoding");
  }

  @Test
  void refusesAFileTooLargeToBeAPictureWithoutReadingIt() throws IOException {
    Path file = folder.resolve("disk.img");
    try (var sparse = new RandomAccessFile(file.toFile(), "rw")) {
      sparse.setLength(3L << 30);
    }
    assertThatThrownBy(() -> ImageDecoder.decode(file))
        .isInstanceOf(ImageDecodeException.class)
        .hasMessageContaining("too many for a picture");
  }

  @ParameterizedTest
  @CsvSource({
    "....ftypheic, a HEIF or AVIF picture",
    "%PDF-1.7, a PDF document",
    "'<!DOCTYPE HTML><html>', an HTML page",
    "'  <html lang=en>', an HTML page",
    "hello, not a picture known here",
    "\u00FF\u00D8, not a picture known here",
  })
  void saysWhatOtherFilesAre(String content, String description) {
    byte[] bytes = content.getBytes(StandardCharsets.ISO_8859_1);
    assertThatThrownBy(() -> ImageDecoder.decode(bytes, "upload"))
        .isInstanceOf(ImageDecodeException.class)
        .hasMessage("upload: it is " + description + "; convert it to JPEG or PNG");
  }

  /** The rest of the file is missing, so only the header can have been looked at. */
  @Test
  void refusesTooManyPixelsByThePngHeader() {
    assertThatThrownBy(() -> ImageDecoder.decode(PngBytes.start(20_000, 20_000), "bomb.png"))
        .isInstanceOf(ImageDecodeException.class)
        .hasMessage(
            "bomb.png: 20000x20000 pixels are more than the limit of 50000000;"
                + " scale it down or raise the limit (maxPixels)");
    assertThatThrownBy(() -> ImageDecoder.decode(PngBytes.start(-1, -1), "bomb.png"))
        .hasMessageContaining("4294967295x4294967295 pixels");
    DecodeOptions unlimited = DecodeOptions.DEFAULT.withMaxPixels(Long.MAX_VALUE);
    assertThatThrownBy(
            () -> ImageDecoder.decode(PngBytes.start(40_000, 40_000), "bomb.png", unlimited))
        .isInstanceOf(ImageDecodeException.class)
        .hasMessageEndingWith("; scale it down");
  }

  @Test
  void refusesTooManyPixelsByTheJpegHeader() {
    byte[] bytes = Goldens.bytes("pictures/jpeg-grey.jpg");
    int frame = new String(bytes, StandardCharsets.ISO_8859_1).indexOf("\u00FF\u00C0");
    Arrays.fill(bytes, frame + 5, frame + 9, (byte) 0xFD);
    assertThatThrownBy(() -> ImageDecoder.decode(bytes, "bomb.jpg"))
        .isInstanceOf(ImageDecodeException.class)
        .hasMessageContaining("65021x65021 pixels are more than the limit");
  }

  @Test
  void theLimitIsInclusive() throws IOException {
    byte[] bytes = Goldens.bytes("pictures/png-rgb.png");
    DecodeOptions exact = DecodeOptions.DEFAULT.withMaxPixels(37 * 29);
    assertThat(ImageDecoder.decode(bytes, "x", exact).width()).isEqualTo(37);
    assertThatThrownBy(() -> ImageDecoder.decode(bytes, "x", exact.withMaxPixels(37 * 29 - 1)))
        .isInstanceOf(ImageDecodeException.class);
    assertThat(exact.withMaxPixels(1).maxPixels()).isEqualTo(1);
    assertThatThrownBy(() -> exact.withMaxPixels(0)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void refusesKindsOfJpegItDoesNotKnow() {
    byte[] bytes = Goldens.bytes("pictures/jpeg-444.jpg");
    int frame = new String(bytes, StandardCharsets.ISO_8859_1).indexOf("\u00FF\u00C0");
    for (int kind : new int[] {3, 5, 9, 15}) {
      byte[] other = bytes.clone();
      other[frame + 1] = (byte) (0xC0 + kind);
      assertThatThrownBy(() -> ImageDecoder.decode(other, "a.jpg"))
          .hasMessageContaining("this kind of JPEG (SOF%d) is not supported".formatted(kind));
    }
    byte[] deep = bytes.clone();
    deep[frame + 4] = 12;
    assertThatThrownBy(() -> ImageDecoder.decode(deep, "a.jpg")).hasMessageContaining("12-bit");
    byte[] two = bytes.clone();
    two[frame + 9] = 2;
    assertThatThrownBy(() -> ImageDecoder.decode(two, "a.jpg"))
        .isInstanceOf(ImageDecodeException.class)
        .hasMessageContaining("2 components");
  }

  @Test
  void decodesInManyThreadsAtOnce() throws Exception {
    List<Callable<RgbImage>> tasks = new ArrayList<>();
    for (int i = 0; i < 64; i++) {
      String name = i % 2 == 0 ? "pictures/jpeg-progressive.jpg" : "pictures/png-rgb.png";
      tasks.add(() -> ImageDecoder.decode(Goldens.bytes(name), name));
    }
    try (ExecutorService pool = Executors.newFixedThreadPool(8)) {
      List<Future<RgbImage>> images = pool.invokeAll(tasks);
      for (int i = 0; i < images.size(); i++) {
        String name = i % 2 == 0 ? "jpeg-progressive.jpg" : "png-rgb.png";
        Goldens.assertSamePixels(images.get(i).get(), Goldens.ppm("decoded/" + name + ".ppm"));
      }
    }
  }
}
