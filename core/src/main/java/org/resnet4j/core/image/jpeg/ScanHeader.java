package org.resnet4j.core.image.jpeg;

/**
 * Which coefficients a scan has, and which of their bits (ITU-T T.81, B.2.3 and G.1.1.1).
 *
 * @param first index in zigzag order (Ss)
 * @param last included (Se)
 * @param before how many low bits were to come before the scan; 0 if none of them had been there
 *     (Ah)
 * @param after how many low bits are to come after it (Al)
 */
public record ScanHeader(int first, int last, int before, int after) {
  /** libjpeg's limit (jdphuff.c): 8-bit samples have coefficients of 11 bits, and more is none. */
  private static final int MAX_SHIFT = 13;

  /** Whether it has bits of which an earlier scan had the higher ones. */
  boolean refines() {
    return before > 0;
  }

  /** Whether differences of first coefficients are coded in it. */
  boolean hasDc() {
    return first == 0 && !refines();
  }

  /** Whether other coefficients are coded in it. */
  boolean hasAc() {
    return last > 0;
  }

  /** Refuses what a progressive frame may not have. */
  void requireProgressive(int components) throws JpegFaultException {
    boolean dc = first == 0 && last == 0;
    boolean ac = first > 0 && first <= last && last < Component.COEFFICIENTS && components == 1;
    if (!(dc || ac) || after > MAX_SHIFT || (refines() && before != after + 1)) {
      throw new JpegFaultException("the coefficients of a scan");
    }
  }
}
