package org.resnet4j.core.onnx;

import org.resnet4j.core.weights.WeightsFileException;

/** A {@code StringStringEntryProto}. */
record OnnxEntry(String key, String value) {
  static OnnxEntry parse(ProtoReader in) throws WeightsFileException {
    String key = "";
    String value = "";
    while (in.next()) {
      switch (in.field()) {
        case 1 -> key = in.text();
        case 2 -> value = in.text();
        default -> {
          // Unknown to ONNX 1.12.
        }
      }
    }
    return new OnnxEntry(key, value);
  }
}
