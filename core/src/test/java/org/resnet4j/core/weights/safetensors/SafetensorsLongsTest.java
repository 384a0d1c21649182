package org.resnet4j.core.weights.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;
import org.resnet4j.core.weights.WeightsFileException;
import org.resnet4j.core.weights.WeightsFileException.Code;

class SafetensorsLongsTest {
  private static final long[] VALUES = {0, -1, Long.MIN_VALUE, Long.MAX_VALUE, 1L << 53 | 1, 7};

  @Test
  void readsI64() throws WeightsFileException {
    assertThat(file("I64", 0).readLongs("labels")).containsExactly(VALUES);
  }

  @Test
  void readsI64AtAnyAddress() throws WeightsFileException {
    assertThat(file("I64", 3).readLongs("labels")).containsExactly(VALUES);
  }

  @Test
  void refusesOtherTypesAndNames() throws WeightsFileException {
    assertThatThrownBy(() -> file("F64", 0).readLongs("labels"))
        .isInstanceOfSatisfying(
            WeightsFileException.class, e -> assertThat(e.code()).isEqualTo(Code.UNSUPPORTED_DTYPE))
        .hasMessageContainingAll("'labels'", "F64", "not I64");
    assertThatThrownBy(() -> file("I64", 0).readLongs("other"))
        .isInstanceOfSatisfying(
            WeightsFileException.class, e -> assertThat(e.code()).isEqualTo(Code.NO_SUCH_TENSOR));
    assertThatThrownBy(() -> file("I64", 0).read("labels")).hasMessageContaining("float32");
  }

  /** Two rows of three, after {@code padding} spaces in the header. */
  private static SafetensorsFile file(String dtype, int padding) throws WeightsFileException {
    String header =
        "{" + Samples.entry("labels", dtype, "[2,3]", 0, 48) + "}" + " ".repeat(padding);
    ByteBuffer data = ByteBuffer.allocate(48).order(ByteOrder.LITTLE_ENDIAN);
    data.asLongBuffer().put(VALUES);
    return SafetensorsFile.of(Samples.file(Samples.ascii(header), data.array()), "longs");
  }
}
