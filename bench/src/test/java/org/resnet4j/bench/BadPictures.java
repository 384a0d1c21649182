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
    return png(width, height, new byte[] {1, 0, 0, 0, 0}, (width + 7) / 8);
  }

  private static byte[] png(int width, int height, byte[] kind, int rowBytes) throws IOException {
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    png.write(new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'});
    ByteBuffer header = ByteBuffer.allocate(13).putInt(width).putInt(height);
    header.put(kind);
    chunk(png, "IHDR", header.array());
    ByteArrayOutputStream data = new ByteArrayOutputStream();
    try (DeflaterOutputStream deflate = new DeflaterOutputStream(data)) {
      byte[] row = new byte[1 + rowBytes];
      for (int y = 0; y < height; y++) {
        deflate.write(row);
      }
    }
    chunk(png, "IDAT", data.toByteArray());
    chunk(png, "IEND", new byte[0]);
    return png.toByteArray();
  }

  /** A sound grey picture of 16-bit RGBA: while it is decoded it takes 11 bytes a pixel. */
  static byte[] deepPng(int width, int height) throws IOException {
    return png(width, height, new byte[] {16, 6, 0, 0, 0}, 8 * width);
  }

  /**
   * A progressive JPEG of 1024x1024 pixels in 13 kB, sound but for its 883 scans: a first one of
   * zeros, then one for each bit of each coefficient.
   */
  static byte[] manyScans() {
    ByteArrayOutputStream jpeg = new ByteArrayOutputStream();
    byte[] flat = new byte[65];
    Arrays.fill(flat, 1, flat.length, (byte) 1);
    jpeg.writeBytes(new byte[] {-1, (byte) 0xD8});
    segment(jpeg, 0xDB, flat);
    segment(jpeg, 0xC2, new byte[] {8, 4, 0, 4, 0, 1, 1, 0x11, 0});
    segment(jpeg, 0xC4, Arrays.copyOf(new byte[] {0, 1}, 18));
    byte[] run = Arrays.copyOf(new byte[] {0x10, 1}, 18);
    run[17] = (byte) 0xE0;
    segment(jpeg, 0xC4, run);
    segment(jpeg, 0xDA, new byte[] {1, 1, 0, 0, 0, 0});
    jpeg.writeBytes(new byte[1024 * 1024 / 64 / 8]);
    for (int bit = 13; bit >= 0; bit--) {
      byte precision = (byte) ((bit == 13 ? 0 : bit + 1) << 4 | bit);
      for (byte at = 1; at < 64; at++) {
        segment(jpeg, 0xDA, new byte[] {1, 1, 0, at, at, precision});
        jpeg.writeBytes(new byte[] {0, 1});
      }
    }
    jpeg.writeBytes(new byte[] {-1, (byte) 0xD9});
    return jpeg.toByteArray();
  }

  private static void segment(ByteArrayOutputStream jpeg, int marker, byte[] data) {
    jpeg.writeBytes(new byte[] {-1, (byte) marker, 0, (byte) (data.length + 2)});
    jpeg.writeBytes(data);
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
