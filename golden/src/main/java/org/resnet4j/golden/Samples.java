package org.resnet4j.golden;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.resnet4j.core.backend.Precision;
import org.resnet4j.core.image.ImageDecodeException;
import org.resnet4j.core.image.RgbImage;
import org.resnet4j.core.image.decode.ImageDecoder;
import org.resnet4j.core.weights.safetensors.SafetensorsFile;

/**
 * Sixty embedded pictures of Fashion-MNIST's test set and what PyTorch computes for them with
 * {@link DemoModel}. A picture is named by its file, such as {@code "00.png"}.
 *
 * <p>Immutable and thread-safe. Where a method takes a name, one that is not among {@link #names}
 * gets an {@link IllegalArgumentException}.
 */
public final class Samples {
  private static final String FOLDER = "samples/";

  private final List<String> names;
  private final Map<String, String> metadata;
  private final long[] labels;
  private final double[] logits;
  private final double[] logitsFloat32;

  private Samples(SafetensorsFile expected) throws IOException {
    metadata = expected.metadata();
    names = List.of(metadata.getOrDefault("files", "").split(","));
    labels = expected.readLongs("labels");
    logits = expected.readDoubles("logits");
    logitsFloat32 = expected.readDoubles("logits_float32");
  }

  /**
   * Reads PyTorch's answers; pictures are read when asked for.
   *
   * @throws IllegalStateException if the jar lacks them
   * @throws UncheckedIOException if the jar is damaged
   */
  public static Samples load() {
    String path = FOLDER + "expected.safetensors";
    try {
      return new Samples(SafetensorsFile.of(Resources.bytes(path), "embedded " + path));
    } catch (IOException e) {
      throw new UncheckedIOException("the embedded samples are damaged", e);
    }
  }

  /** The pictures' names, in the order of PyTorch's answers. */
  public List<String> names() {
    return names;
  }

  /** How the answers were made; golden's README lists the keys. */
  public Map<String, String> metadata() {
    return metadata;
  }

  /** The picture's PNG file. */
  public byte[] bytes(String name) {
    row(name);
    return Resources.bytes(FOLDER + name);
  }

  /** The decoded picture. */
  public RgbImage image(String name) {
    try {
      return ImageDecoder.decode(bytes(name), "embedded " + FOLDER + name);
    } catch (ImageDecodeException e) {
      throw new UncheckedIOException("an embedded sample is damaged", e);
    }
  }

  /** The class the data set gives the picture, which PyTorch's answer need not be. */
  public int label(String name) {
    return Math.toIntExact(labels[row(name)]);
  }

  /** The outputs of PyTorch's network in float64, indexed by class; the caller's own. */
  public double[] logits(String name) {
    return row(name, logits);
  }

  /** The outputs of PyTorch's network in float32, indexed by class; the caller's own. */
  public double[] logitsFloat32(String name) {
    return row(name, logitsFloat32);
  }

  /**
   * What rounding costs, over all pictures at once; in float32 {@code |logitsFloat32 - logits| /
   * |logits|} in the 2-norm.
   */
  public RoundingErrors errors() {
    Map<Precision, Double> errors = new EnumMap<>(Precision.class);
    for (Precision precision : Precision.values()) {
      String error = metadata.get(RoundingErrors.key(precision));
      if (error != null) {
        errors.put(precision, Double.valueOf(error));
      }
    }
    return RoundingErrors.of(errors);
  }

  private double[] row(String name, double[] table) {
    int row = row(name);
    int classes = table.length / names.size();
    return Arrays.copyOfRange(table, row * classes, (row + 1) * classes);
  }

  private int row(String name) {
    int row = names.indexOf(name);
    if (row < 0) {
      throw new IllegalArgumentException(
          "no sample '" + name + "'; there are " + names.getFirst() + " to " + names.getLast());
    }
    return row;
  }
}
