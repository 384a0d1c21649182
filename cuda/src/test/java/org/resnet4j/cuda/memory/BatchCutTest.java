package org.resnet4j.cuda.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.resnet4j.core.backend.Precision;
import org.resnet4j.cuda.driver.Device;
import org.resnet4j.cuda.support.Networks;

class BatchCutTest {
  private static final Device H100 = new Device(0, "H100", 9, 0, 132, 80L << 30);
  private static final Device T4 = new Device(0, "T4", 7, 5, 40, 16L << 30);

  private static BatchParts parts(String network, Precision precision, Device device, int most) {
    return new BatchCut(Networks.lowered(network, precision), device).parts(most);
  }

  /** 24 us of upload an image, and of work some 18 to 800. */
  @ParameterizedTest
  @CsvSource({
    "resnet50,  FP16, 1,    1,   1",
    "resnet50,  FP16, 127,  127, 1",
    "resnet50,  FP16, 128,  64,  2",
    "resnet50,  FP16, 256,  128, 2",
    "resnet50,  FP16, 2000, 256, 2",
    "resnet152, FP32, 256,  256, 1",
    "resnet152, FP32, 257,  256, 2",
    "resnet152, BF16, 256,  128, 2",
  })
  void halvesABatchWhoseUploadIsLong(
      String network, Precision precision, int most, int images, int slots) {
    assertThat(parts(network, precision, H100, most)).isEqualTo(new BatchParts(images, slots));
  }

  /** A quarter of it: what is left is for weights, workspaces and other sessions. */
  @Test
  void takesNoMoreMemoryThanItsShare() {
    long enough =
        4
            * DeviceLayout.of(Networks.lowered("resnet152", Precision.FP32), new BatchParts(256, 1))
                .bytes();
    Device exact = new Device(0, "exact", 7, 5, 40, enough);
    Device less = new Device(0, "less", 7, 5, 40, enough - 1);
    assertThat(parts("resnet152", Precision.FP32, exact, 256)).isEqualTo(new BatchParts(256, 1));
    assertThat(parts("resnet152", Precision.FP32, less, 256)).isEqualTo(new BatchParts(128, 2));
    assertThat(parts("resnet152", Precision.FP32, T4, 100_000)).isEqualTo(new BatchParts(256, 2));
    Device tiny = new Device(0, "tiny", 7, 5, 1, 1);
    assertThat(parts("resnet152", Precision.FP32, tiny, 100)).isEqualTo(new BatchParts(1, 2));
  }

  @Test
  void refusesNoBatch() {
    assertThatIllegalArgumentException().isThrownBy(() -> parts("resnet18", Precision.FP32, T4, 0));
  }
}
