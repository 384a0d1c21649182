package org.resnet4j.bench;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.CRC32;
import java.util.zip.DeflaterOutputStream;
import javax.imageio.ImageIO;

/** Files that no decoder should take. */
final class BadPictures {
  private BadPictures() {}

  static Path write(Path file, byte[] content) throws IOException {
    return Files.write(file, content);
  }

  static byte[] truncatedPng() throws IOException {
    byte[] sample = Files.readAllBytes(Run.SAMPLES.resolve("00.png"));
    return Arrays.copyOf(sample, sample.length / 2);
  }

  static byte[] truncatedJpeg() throws IOException {
    ByteArrayOutputStream jpeg = new ByteArrayOutputStream();
    BufferedImage image = new BufferedImage(64, 64, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < 64 * 64; i++) {
      image.setRGB(i % 64, i / 64, i * 7919);
    }
    ImageIO.write(image, "jpeg", jpeg);
    return Arrays.copyOf(jpeg.toByteArray(), jpeg.size() / 2);
  }

  /** A sound black picture of one bit a pixel, a thousandth of its pixels in size. */
  static byte[] png(int width, int height) throws IOException {
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    png.write(new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'});
    ByteBuffer header = ByteBuffer.allocate(13).putInt(width).putInt(height);
    header.put(new byte[] {1, 0, 0, 0, 0});
    chunk(png, "IHDR", header.array());
    ByteArrayOutputStream data = new ByteArrayOutputStream();
    try (DeflaterOutputStream deflate = new DeflaterOutputStream(data)) {
      byte[] row = new byte[1 + (width + 7) / 8];
      for (int y = 0; y < height; y++) {
        deflate.write(row);
      }
    }
    chunk(png, "IDAT", data.toByteArray());
    chunk(png, "IEND", new byte[0]);
    return png.toByteArray();
  }

  private static void chunk(ByteArrayOutputStream png, String type, byte[] data)
      throws IOException {
    byte[] tagged = Arrays.copyOf(type.getBytes(java.nio.charset.StandardCharsets.US_ASCII), 4);
    CRC32 crc = new CRC32();
    crc.update(tagged);
    crc.update(data);
    png.write(ByteBuffer.allocate(4).putInt(data.length).array());
    png.write(tagged);
    png.write(data);
    png.write(ByteBuffer.allocate(4).putInt((int) crc.getValue()).array());
  }
}
