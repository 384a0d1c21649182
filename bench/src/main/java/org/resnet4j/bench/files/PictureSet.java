package org.resnet4j.bench.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.resnet4j.core.image.DecodeOptions;
import org.resnet4j.core.image.ImageDecodeException;
import org.resnet4j.core.image.RgbImage;
import org.resnet4j.core.image.decode.ImageDecoder;

/**
 * Pictures that are sound.
 *
 * @param files at least one
 * @param bytes of all files
 * @param pixels of all pictures
 * @param unsound how many files were left out because they are none
 * @param decodeSeconds that one thread took for all, in a JVM that may have been cold
 */
public record PictureSet(
    List<Path> files, long bytes, long pixels, int unsound, double decodeSeconds) {
  /** Reading more says no more. */
  private static final int MAX = 1000;

  /** Copies the list. */
  public PictureSet {
    files = List.copyOf(files);
  }

  /**
   * Decodes the first thousand.
   *
   * @throws ImageDecodeException of the first, if none is sound
   * @throws IOException if a file that was read has gone
   */
  public static PictureSet of(List<Path> candidates, DecodeOptions options) throws IOException {
    List<Path> sound = new ArrayList<>();
    ImageDecodeException first = null;
    int unsound = 0;
    long bytes = 0;
    long pixels = 0;
    long start = System.nanoTime();
    for (Path file : candidates.subList(0, Math.min(MAX, candidates.size()))) {
      try {
        RgbImage image = ImageDecoder.decode(file, options);
        sound.add(file);
        bytes += Files.size(file);
        pixels += (long) image.width() * image.height();
      } catch (ImageDecodeException e) {
        unsound++;
        first = first == null ? e : first;
      }
    }
    if (sound.isEmpty() && first != null) {
      throw first;
    }
    double decodeSeconds = (System.nanoTime() - start) / 1e9;
    return new PictureSet(sound, bytes, pixels, unsound, decodeSeconds);
  }

  /** The first so many, from the beginning again when they are through. */
  List<Path> cycle(int count) {
    List<Path> cycle = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      cycle.add(files.get(i % files.size()));
    }
    return cycle;
  }
}
