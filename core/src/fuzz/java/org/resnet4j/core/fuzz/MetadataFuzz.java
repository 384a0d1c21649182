package org.resnet4j.core.fuzz;

import com.code_intelligence.jazzer.junit.DictionaryEntries;
import com.code_intelligence.jazzer.junit.FuzzTest;
import org.resnet4j.core.model.MetadataTarget;

/** Fuzzes the reader of a model's metadata. */
class MetadataFuzz {
  @DictionaryEntries({
    "base_width=",
    "num_classes=",
    "input_size=",
    "resize_size=",
    "crop_size=",
    "interpolation=bicubic",
    "mean=",
    "std=",
    "classes=[\"",
    "NaN",
    "Infinity",
    "1e-45",
    "3.4e38",
    "2147483648",
    "0x1p-149",
    "\\ud800"
  })
  @FuzzTest
  void feed(byte[] content) {
    MetadataTarget.feed(content);
  }
}
