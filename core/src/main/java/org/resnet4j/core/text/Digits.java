package org.resnet4j.core.text;

/** Numbers for messages, without a formatter: it would be loaded where memory has just run out. */
public final class Digits {
  private static final long GROUP = 1000;
  private static final long MEGABYTE = 1_000_000;

  private Digits() {}

  /** {@code "1,234,567"}, of a number that is not negative. */
  public static String grouped(long number) {
    if (number < GROUP) {
      return Long.toString(number);
    }
    String last = Long.toString(GROUP + number % GROUP);
    return grouped(number / GROUP) + "," + last.substring(1);
  }

  /** {@code "1,235 MB"} of so many bytes, rounded up. */
  public static String megabytes(long bytes) {
    return grouped(Math.ceilDiv(bytes, MEGABYTE)) + " MB";
  }

  /** {@code "1,234 MB"} of so many bytes, rounded down: what one may count on. */
  public static String wholeMegabytes(long bytes) {
    return grouped(Math.max(0, bytes) / MEGABYTE) + " MB";
  }
}
