package org.resnet4j.core.fuzz;

import com.code_intelligence.jazzer.junit.DictionaryEntries;
import com.code_intelligence.jazzer.junit.FuzzTest;
import org.resnet4j.core.weights.safetensors.SafetensorsTarget;

/** Fuzzes the safetensors reader. */
class SafetensorsFuzz {
  @DictionaryEntries({
    "\"__metadata__\"",
    "\"dtype\":\"F32\"",
    "\"dtype\":\"F64\"",
    "\"dtype\":\"BF16\"",
    "\"dtype\":\"F4\"",
    "\"shape\":[",
    "\"data_offsets\":[",
    "18446744073709551615",
    "9223372036854775807",
    "4294967296",
    "1e400",
    "\\ud800",
    "{\"x\":[["
  })
  @FuzzTest
  void feed(byte[] content) {
    SafetensorsTarget.feed(content);
  }
}
