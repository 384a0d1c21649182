package org.resnet4j.bench.browser;

/** How a page is looked at: the width of the window in CSS px, the colours liked, and on what. */
public record View(int width, Scheme scheme, Media media) {
  /** A phone held upright. */
  public static final View PHONE = new View(390, Scheme.LIGHT, Media.SCREEN);

  /** A window on a desk. */
  public static final View DESK = new View(1280, Scheme.LIGHT, Media.SCREEN);

  /** A sheet of A4 within margins of 1 cm. */
  public static final View PAPER = new View(718, Scheme.LIGHT, Media.PRINT);

  /** What {@code prefers-color-scheme} says. */
  public enum Scheme {
    LIGHT,
    DARK
  }

  /** What the rules of {@code @media} are for. */
  public enum Media {
    SCREEN,
    PRINT
  }

  int height() {
    return width < 600 ? 844 : 800;
  }
}
