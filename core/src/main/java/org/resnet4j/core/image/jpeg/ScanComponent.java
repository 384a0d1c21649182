package org.resnet4j.core.image.jpeg;

/** A component in a scan, with the tables that its blocks are coded by. */
public final class ScanComponent {
  final Component component;
  final HuffmanTable dc;
  final HuffmanTable ac;

  /** The first coefficient of the block before, 0 at the begin of an interval. */
  int previousDc;

  /**
   * A component.
   *
   * @param dc {@link HuffmanTable#NONE} if the scan needs none
   * @param ac likewise
   */
  ScanComponent(Component component, HuffmanTable dc, HuffmanTable ac) {
    this.component = component;
    this.dc = dc;
    this.ac = ac;
  }
}
