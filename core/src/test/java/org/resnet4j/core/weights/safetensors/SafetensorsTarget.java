package org.resnet4j.core.weights.safetensors;

import static org.assertj.core.api.Assertions.assertThat;

import org.resnet4j.core.weights.TensorInfo;
import org.resnet4j.core.weights.WeightsFileException;

/** What a fuzzer feeds to the safetensors reader. */
public final class SafetensorsTarget {
  private SafetensorsTarget() {}

  /** Reads {@code content}, whatever it is: all of it or a refusal in one line. */
  public static void feed(byte[] content) {
    try {
      SafetensorsFile file = SafetensorsFile.of(content, "fuzzed");
      long bytes = file.tensors().values().stream().mapToLong(TensorInfo::bytes).sum();
      assertThat(bytes).isLessThanOrEqualTo(content.length);
      for (String name : file.tensors().keySet()) {
        read(file, name);
      }
    } catch (WeightsFileException e) {
      assertRefusal(e);
    }
  }

  private static void read(SafetensorsFile file, String name) {
    try {
      assertThat(file.read(name).size()).isEqualTo(file.readDoubles(name).length);
    } catch (WeightsFileException e) {
      assertRefusal(e);
    }
  }

  private static void assertRefusal(WeightsFileException e) {
    assertThat(e.getMessage())
        .startsWith("fuzzed: ")
        .doesNotContainPattern("\\p{Cntrl}")
        .hasSizeLessThan(8000);
  }
}
