package org.resnet4j.core.image.png;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.IntUnaryOperator;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.MemoryCacheImageInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.resnet4j.core.image.ImageDecodeException;
import org.resnet4j.core.image.PngBytes;
import org.resnet4j.core.image.RgbImage;
import org.resnet4j.core.image.decode.ImageDecoder;

/** Beside the JDK's reader, which has its rows from a decoder of its own. */
class PngDecoderTest {
  private static final int[] SAMPLES = {1, 0, 3, 1, 2, 0, 4};
  private static final int GREY = 0;
  private static final int PALETTE = 3;

  /**
   * A picture of random rows under random filters, which have no wrong bytes.
   *
   * @param colour PNG's number of it
   */
  private record Picture(int width, int height, int depth, int colour, boolean interlaced) {
    int rowBytes(int pixels) {
      return (pixels * SAMPLES[colour] * depth + 7) / 8;
    }

    /** Rows with their filters' types. */
    byte[] rows(SplittableRandom random) {
      ByteArrayOutputStream rows = new ByteArrayOutputStream();
      for (PngPass pass : interlaced ? PngPass.ADAM7 : PngPass.PLAIN) {
        int across = pass.width(width);
        for (int y = 0; across > 0 && y < pass.height(height); y++) {
          byte[] row = new byte[1 + rowBytes(across)];
          random.nextBytes(row);
          row[0] = (byte) random.nextInt(5);
          rows.writeBytes(row);
        }
      }
      return rows.toByteArray();
    }

    /** A file of it; a palette's colours are their own index. */
    byte[] file(byte[] rows, int level, int colourType) {
      ByteArrayOutputStream file = new ByteArrayOutputStream();
      file.writeBytes(ByteBuffer.allocate(8).putLong(0x89504E470D0A1A0AL).array());
      ByteBuffer header = ByteBuffer.allocate(13).putInt(width).putInt(height).put((byte) depth);
      header.put((byte) colourType).put((byte) 0).put((byte) 0).put((byte) (interlaced ? 1 : 0));
      chunk(file, 0x49484452, header.array());
      if (colourType == PALETTE) {
        byte[] colours = new byte[3 << depth];
        for (int i = 0; i < colours.length; i++) {
          colours[i] = (byte) (i / 3);
        }
        chunk(file, 0x504C5445, colours);
      }
      byte[] data = deflated(rows, level);
      int cut = data.length / 3;
      chunk(file, 0x49444154, Arrays.copyOf(data, cut));
      chunk(file, 0x49444154, Arrays.copyOfRange(data, cut, data.length));
      chunk(file, 0x49454E44, new byte[0]);
      byte[] png = file.toByteArray();
      PngBytes.repairChecksums(png);
      return png;
    }
  }

  private static void chunk(ByteArrayOutputStream file, int type, byte[] data) {
    file.writeBytes(ByteBuffer.allocate(8).putInt(data.length).putInt(type).array());
    file.writeBytes(data);
    file.writeBytes(new byte[4]);
  }

  private static byte[] deflated(byte[] rows, int level) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DeflaterOutputStream out = new DeflaterOutputStream(bytes, new Deflater(level))) {
      out.write(rows);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return bytes.toByteArray();
  }

  /** A palette's indices are read as greys, which the JDK's reader leaves as they are. */
  private static Raster jdk(byte[] png) throws IOException {
    ImageReader reader = ImageIO.getImageReadersByFormatName("png").next();
    try {
      reader.setInput(new MemoryCacheImageInputStream(new ByteArrayInputStream(png)), true, true);
      return reader.read(0).getRaster();
    } finally {
      reader.dispose();
    }
  }

  private static byte[] rgb(Raster raster, IntUnaryOperator meaning, int samples) {
    byte[] rgb = new byte[3 * raster.getWidth() * raster.getHeight()];
    int[] pixel = new int[raster.getNumBands()];
    int at = 0;
    for (int y = 0; y < raster.getHeight(); y++) {
      for (int x = 0; x < raster.getWidth(); x++) {
        raster.getPixel(x, y, pixel);
        for (int c = 0; c < 3; c++) {
          rgb[at++] = (byte) meaning.applyAsInt(pixel[samples < 3 ? 0 : c]);
        }
      }
    }
    return rgb;
  }

  @ParameterizedTest
  @CsvSource({
    "0, 1", "0, 2", "0, 4", "0, 8", "0, 16", "2, 8", "2, 16", "3, 1", "3, 2", "3, 4", "3, 8",
    "4, 8", "4, 16", "6, 8", "6, 16"
  })
  void givesWhatTheJdksReaderGives(int colour, int depth) throws IOException {
    SplittableRandom random = new SplittableRandom(31 * colour + depth);
    for (int i = 0; i < 200; i++) {
      Picture picture =
          new Picture(1 + random.nextInt(40), 1 + random.nextInt(40), depth, colour, i % 2 == 1);
      byte[] rows = picture.rows(random);
      int level = random.nextInt(10);
      RgbImage image = ImageDecoder.decode(picture.file(rows, level, colour), "a.png");
      int greys = (1 << Math.min(depth, 8)) - 1;
      Raster raster = jdk(picture.file(rows, level, colour == PALETTE ? GREY : colour));
      byte[] expected =
          rgb(
              raster,
              sample -> depth == 16 ? sample >> 8 : colour == GREY ? sample * 255 / greys : sample,
              SAMPLES[colour]);
      assertThat(image.data()).as("%s, picture %s", picture, i).isEqualTo(expected);
    }
  }

  /** Of the specification. */
  @Test
  void thePredictorIsPaeths() {
    for (int a = 0; a < 256; a++) {
      for (int b = 0; b < 256; b++) {
        for (int c = 0; c < 256; c++) {
          int p = a + b - c;
          int toA = Math.abs(p - a);
          int toB = Math.abs(p - b);
          int toC = Math.abs(p - c);
          int expected = toA <= toB && toA <= toC ? a : toB <= toC ? b : c;
          if (PngRows.paeth(a, b, c) != expected) {
            assertThat(PngRows.paeth(a, b, c)).as("%s %s %s", a, b, c).isEqualTo(expected);
          }
        }
      }
    }
  }

  @Test
  void rowsThatAreNoneAreRefused() {
    Picture picture = new Picture(20, 20, 8, 2, false);
    byte[] rows = picture.rows(new SplittableRandom(5));
    byte[] filter = rows.clone();
    filter[61 * 7] = 5;
    assertRefused(picture.file(filter, 6, 2), "the PNG is corrupt (a row with filter 5)");
    byte[] few = Arrays.copyOf(rows, rows.length - 1);
    assertRefused(picture.file(few, 6, 2), "the PNG is corrupt (too little data for its pixels)");
    byte[] stored = picture.file(rows, 0, 2);
    int data = 8 + 25 + 8;
    stored[data] ^= 0x0F; // deflate's own number
    PngBytes.repairChecksums(stored);
    assertRefused(stored, "the PNG is corrupt (");
    byte[] dictionary = picture.file(rows, 6, 2);
    dictionary[data + 1] = (byte) 0xBB; // that there is one
    PngBytes.repairChecksums(dictionary);
    assertRefused(dictionary, "the PNG is corrupt (data with a dictionary");
  }

  /** Pillow does not look at it either. */
  @Test
  void whatFollowsTheLastRowDoesNotMatter() throws ImageDecodeException {
    Picture picture = new Picture(20, 20, 8, 2, false);
    byte[] rows = picture.rows(new SplittableRandom(6));
    byte[] more = Arrays.copyOf(rows, rows.length + 1000);
    assertThat(ImageDecoder.decode(picture.file(more, 6, 2), "a").data())
        .isEqualTo(ImageDecoder.decode(picture.file(rows, 6, 2), "a").data());
  }

  private static void assertRefused(byte[] png, String message) {
    assertThatThrownBy(() -> ImageDecoder.decode(png, "a.png"))
        .isInstanceOf(ImageDecodeException.class)
        .hasMessageStartingWith("a.png: " + message);
  }
}
