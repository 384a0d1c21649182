package org.resnet4j.core.image.jpeg;

/** A JPEG has something in it that is not decoded here, a fault or a rarity. */
public final class UnusualJpegException extends Exception {
  private static final long serialVersionUID = 1;

  UnusualJpegException(String what) {
    super(what, null, false, false); // caught by its only caller, who does not look at a trace
  }
}
