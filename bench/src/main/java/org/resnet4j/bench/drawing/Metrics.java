package org.resnet4j.bench.drawing;

import java.util.List;
import java.util.stream.Stream;

/**
 * Sizes of a drawing that is 1000 wide. On A4 within margins of 10 mm, 718 pixels of CSS, the
 * smallest text has 9 pixels.
 *
 * @param boxWidth of a layer's box within a stage
 * @param boxHeight of every box
 * @param plainWidth of a box that is no part of a stage
 * @param gap between two boxes of a piece
 * @param before between a piece and the next; the shortcut leaves within
 */
record Metrics(double boxWidth, double boxHeight, double plainWidth, double gap, double before) {
  static final double WIDTH = 1000;

  /** Sizes of fonts. */
  static final double SMALL = 12.75;

  static final double MEDIUM = 14.5;
  static final double LARGE = 26;

  /** Where the first box of a row begins, and every text that is not in a box. */
  static final double LEFT = 32;

  /** Where the last piece of a row ends. */
  static final double RIGHT = 985;

  /** Radius of an addition's sign. */
  static final double SUM = 6.5;

  /** From a shortcut's top to the boxes: room for the box of a projection. */
  static final double ABOVE = 31;

  static final double LABEL_HEIGHT = 21;
  static final double LINE_HEIGHT = 15;

  /** From the frame around branches to the first and last box. */
  static final double FRAME = 8;

  private static final double PADDING = 1.75;
  private static final double PLAIN_PADDING = 12;
  private static final double WIDEST_BOX = 92;
  private static final double LEAST_GAP = 5.5;
  private static final double WIDEST_GAP = 20;
  private static final double LEAST_BEFORE = 17;
  private static final double WIDEST_BEFORE = 40;
  private static final double WIDEST_SPLIT = 14;
  private static final double NARROWEST_PLAIN = 92;
  private static final int FEWEST_IN_ROW = 3;
  private static final int MOST_IN_ROW = 6;

  static Metrics of(NetworkParts parts) {
    List<Box> staged =
        parts.stages().stream()
            .flatMap(part -> part.pieces().stream())
            .flatMap(piece -> Box.of(piece).stream())
            .toList();
    List<Box> plain =
        parts.pieces().stream()
            .filter(Layer.class::isInstance)
            .flatMap(piece -> Box.of(piece).stream())
            .toList();
    int lines =
        Stream.concat(staged.stream(), plain.stream())
            .mapToInt(box -> box.lines().size())
            .max()
            .orElse(1);
    double least = widest(staged) + 2 * PADDING;
    double plainWidth = Math.max(NARROWEST_PLAIN, widest(plain) + 2 * PLAIN_PADDING);
    Row row = row(parts, least);
    // What a row has to spare goes to boxes and to what is between them, up to what looks well.
    double spare = Math.max(0, row.spare(least)) / 2;
    double each = spare / row.gaps();
    return new Metrics(
        Math.clamp(least + spare / row.boxes(), least, Math.max(least, WIDEST_BOX)),
        lines * LINE_HEIGHT + 8,
        plainWidth,
        Math.min(LEAST_GAP + each, WIDEST_GAP),
        Math.min(LEAST_BEFORE + 2 * each, WIDEST_BEFORE));
  }

  private static double widest(List<Box> boxes) {
    return boxes.stream()
        .flatMap(box -> box.lines().stream())
        .mapToDouble(line -> Texts.width(line, SMALL))
        .max()
        .orElse(0);
  }

  /**
   * Pieces of a stage next to each other.
   *
   * @param pieces how many
   * @param each boxes of a piece, at most
   */
  private record Row(int pieces, int each) {
    int boxes() {
      return pieces * each;
    }

    /** Between boxes, those between pieces counting twice. */
    int gaps() {
      return boxes() + 2 * (pieces - 1);
    }

    /** What boxes of some width leave of the room there is. */
    double spare(double boxWidth) {
      return RIGHT
          - LEFT
          - boxes() * (boxWidth + LEAST_GAP)
          - (pieces - 1) * LEAST_BEFORE
          - pieces * 2 * SUM;
    }
  }

  /** As many blocks as the longest stage has, if that leaves their texts room. */
  private static Row row(NetworkParts parts, double least) {
    int longest = parts.stages().stream().mapToInt(part -> part.pieces().size()).max().orElse(1);
    int boxes =
        parts.stages().stream()
            .flatMap(part -> part.pieces().stream())
            .mapToInt(piece -> Box.of(piece).size())
            .max()
            .orElse(1);
    Row row = new Row(Math.clamp(longest, FEWEST_IN_ROW, MOST_IN_ROW), boxes);
    while (row.pieces() > 1 && row.spare(least) < 0) {
      row = new Row(row.pieces() - 1, boxes);
    }
    return row;
  }

  /** From where a shortcut leaves to the first box. */
  double split() {
    return Math.min(0.6 * before, WIDEST_SPLIT);
  }

  /** Width of a piece from its first box to the addition's sign. */
  double width(Piece piece) {
    int boxes = Box.of(piece).size();
    return switch (piece) {
      case Layer _ -> plainWidth;
      case ResidualBlock block ->
          Math.max(
              boxes * (boxWidth + gap) + 2 * SUM,
              block.isProjection() ? labelWidth(block) + 2 * split() : 0);
      case Branches _ -> boxes * (boxWidth + gap) - gap + 2 * FRAME;
    };
  }

  /** What a projection's box says. */
  static String label(ResidualBlock block) {
    return Texts.cut(Labels.line(block.shortcut()), SMALL, 320);
  }

  /** Width of a projection's box. */
  static double labelWidth(ResidualBlock block) {
    return Texts.width(label(block), SMALL) + 14;
  }
}
