package org.resnet4j.core.fuzz;

import com.code_intelligence.jazzer.junit.FuzzTest;
import org.resnet4j.core.model.LabelsTarget;

/** Fuzzes the reader of labels. */
class LabelsFuzz {
  @FuzzTest
  void feed(byte[] content) {
    LabelsTarget.feed(content);
  }
}
