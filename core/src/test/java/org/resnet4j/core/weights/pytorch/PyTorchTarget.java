package org.resnet4j.core.weights.pytorch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.resnet4j.core.weights.WeightsFileException;

/** What a fuzzer feeds to the reader of PyTorch's files. */
public final class PyTorchTarget {
  private PyTorchTarget() {}

  /** Reads {@code content}, whatever it is: all of it or a refusal in one line. */
  public static void feed(byte[] content) {
    try {
      PyTorchFile file = PyTorchFile.of(content, "fuzzed");
      long floats = 0;
      for (String name : file.shapes().keySet()) {
        floats += read(file, name);
      }
      assertThat(floats * Float.BYTES).isLessThanOrEqualTo(8L * content.length);
    } catch (WeightsFileException e) {
      assertRefusal(e);
    }
  }

  private static int read(PyTorchFile file, String name) {
    try {
      return file.readAll(List.of(name)).get(name).size();
    } catch (WeightsFileException e) {
      assertRefusal(e);
      return 0;
    }
  }

  private static void assertRefusal(WeightsFileException e) {
    assertThat(e.getMessage())
        .startsWith("fuzzed: ")
        .doesNotContainPattern("\\p{Cntrl}")
        .hasSizeLessThan(8000);
  }
}
