package org.resnet4j.core.image.webp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.resnet4j.core.conformance.ChildJvm;
import org.resnet4j.core.conformance.ClassPath;
import org.resnet4j.core.image.Goldens;
import org.resnet4j.core.image.ImageDecodeException;
import org.resnet4j.core.image.LittleEndian;
import org.resnet4j.core.image.RgbImage;
import org.resnet4j.core.image.WebpLibrary;
import org.resnet4j.core.image.decode.ImageDecoder;
import org.resnet4j.core.image.system.LibWebp;
import org.resnet4j.core.image.system.NoLibraryException;

class WebpDecoderTest {
  /** 32-bit numbers at places of a file. */
  @ParameterizedTest
  @CsvSource({
    "webp-lossy, 4, 0xFFFFFFF0, ends too early",
    "webp-lossy, 4, 20, a chunk that exceeds what it is part of",
    "webp-lossy, 4, 0, no frame in it",
    "webp-lossy, 16, 0xFFFFFFFF, a chunk that exceeds what it is part of",
    "webp-lossy, 16, 9, bytes for 23x18 pixels",
    "webp-lossy, 12, 0x46495845, it begins with no picture",
    "webp-lossy, 26, 0x3FFF3FFF, 16383x16383 pixels are more than the limit",
    "webp-lossy, 26, 0x00120000, 0x18 pixels",
    "webp-lossy, 20, 1, libwebp does not decode it",
    "webp-lossless, 20, 0, libwebp does not decode it",
    "webp-exif-6, 24, 0x08000063, 14x9 pixels where 100x9 are said to be",
    "webp-small-frame, 20, 0, no frame in it",
    "webp-exif-6, 20, 0x0A, two frames in a picture",
    "webp-small-frame, 30, 0x58585858, a frame without an animation",
    "webp-small-frame, 52, 60, a frame that exceeds its canvas",
    "webp-small-frame, 58, 99, 19x13 pixels where 100x",
  })
  void saysWhatIsWrong(String name, int at, String value, String complaint) {
    WebpLibrary.assumeFor(name + ".webp");
    byte[] file = LittleEndian.golden(name + ".webp").u32(at, Long.decode(value)).bytes();
    assertThatThrownBy(() -> ImageDecoder.decode(file, "a.webp"))
        .isInstanceOf(ImageDecodeException.class)
        .hasMessageStartingWith("a.webp: ")
        .hasMessageContaining(complaint);
  }

  @Test
  void otherExtentsThanTheHeadersAreRefused() throws NoLibraryException {
    WebpLibrary.assumeFor(".webp");
    byte[] file = Goldens.bytes("pictures/webp-lossless.webp");
    assertThat(LibWebp.get().decode(file, 23, 18)).hasSize(3 * 23 * 18);
    assertThat(LibWebp.get().decode(file, 18, 23)).isNull();
    assertThat(LibWebp.get().decode(new byte[40], 1, 1)).isNull();
  }

  /** On the class path, as most users have it; what is warned of would be no result. */
  @ParameterizedTest
  @CsvSource({
    "--enable-native-access=ALL-UNNAMED, 23x18",
    "--illegal-native-access=deny, may not be called",
  })
  void nativeAccessIsGivenOrTheExceptionSaysHow(String option, String answer)
      throws IOException, InterruptedException {
    WebpLibrary.assumeFor(".webp");
    String said =
        String.join(
            "\n",
            ChildJvm.run(
                    List.of("-Xshare:auto", option),
                    ClassPath.of(ImageDecoder.class, Decode.class),
                    Decode.class,
                    Goldens.path("pictures/webp-lossy.webp").toString())
                .lines());
    assertThat(said.lines()).singleElement().asString().contains(answer);
    if (!answer.equals("23x18")) {
      assertThat(said)
          .contains("it is a WebP picture, and libwebp may not be called")
          .contains("--enable-native-access=ALL-UNNAMED")
          .contains("or convert the picture to PNG");
    }
  }

  /** A process of its own. */
  static final class Decode {
    private Decode() {}

    public static void main(String[] arguments) {
      try {
        RgbImage image = ImageDecoder.decode(Path.of(arguments[0]));
        System.out.println(image.width() + "x" + image.height());
      } catch (ImageDecodeException e) {
        System.out.println(e.getMessage());
      }
    }
  }
}
