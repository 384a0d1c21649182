package org.resnet4j.golden;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;

/** Values recorded from Python: what {@code tools/synthetic.py} prints. */
final class Recorded {
  private Recorded() {}

  /** The words of all lines whose first word is {@code kind}. */
  static List<String[]> rows(String kind) {
    return new String(Resources.bytes("synthetic.txt"), StandardCharsets.UTF_8)
        .lines()
        .map(line -> line.split(" "))
        .filter(row -> row[0].equals(kind))
        .toList();
  }

  /** A value's bits as the recording writes them. */
  static String hex(float value) {
    return HexFormat.of().toHexDigits(Float.floatToRawIntBits(value));
  }
}
