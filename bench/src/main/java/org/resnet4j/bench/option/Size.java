package org.resnet4j.bench.option;

import org.resnet4j.core.graph.Graph;
import org.resnet4j.core.tensor.Shape;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Extents of a picture, as {@code 224x160} (height first, as in NCHW) or {@code 224} for a square.
 *
 * @param height in pixels
 * @param width in pixels
 */
public record Size(int height, int width) {
  private static final int MAX_EXTENT = 1 << 16;

  /**
   * The same network for pictures of this size.
   *
   * @throws IllegalArgumentException if it cannot take them
   */
  public Graph of(Graph graph) {
    return graph.withInputShape(new Shape(graph.inputShape().channels(), height, width));
  }

  @Override
  public String toString() {
    return height + "x" + width;
  }

  /** picocli puts the option's name before what this refuses. */
  public static final class Converter implements ITypeConverter<Size> {
    @Override
    public Size convert(String text) {
      String[] extents = text.split("x", -1);
      if (extents.length > 2) {
        throw refused(text);
      }
      return new Size(extent(text, extents[0]), extent(text, extents[extents.length - 1]));
    }

    private static int extent(String text, String extent) {
      try {
        int value = Integer.parseInt(extent);
        if (value >= 1 && value <= MAX_EXTENT) {
          return value;
        }
      } catch (NumberFormatException _) {
        throw refused(text);
      }
      throw refused(text);
    }

    private static TypeConversionException refused(String text) {
      return new TypeConversionException(
          "must be HEIGHTxWIDTH in pixels, each 1 to %s, such as 224x160, got '%s'"
              .formatted(MAX_EXTENT, text));
    }
  }
}
