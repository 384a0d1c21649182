package org.resnet4j.core.model;

import static org.assertj.core.api.Assertions.assertThat;

/** What a fuzzer feeds to the reader of labels. */
public final class LabelsTarget {
  private LabelsTarget() {}

  /** Reads {@code content}, whatever it is: labels that can be printed or a refusal in one line. */
  public static void feed(byte[] content) {
    try {
      Labels labels = Labels.parse("fuzzed", content);
      assertThat(Labels.problem(labels.names())).isNull();
      assertThat(labels.get(labels.size() - 1)).doesNotContainPattern("\\p{Cntrl}");
    } catch (ModelFileException e) {
      assertThat(e.getMessage())
          .startsWith("fuzzed: ")
          .doesNotContainPattern("\\p{Cntrl}")
          .hasSizeLessThan(8000);
    }
  }
}
