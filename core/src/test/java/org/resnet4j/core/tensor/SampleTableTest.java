package org.resnet4j.core.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;

class SampleTableTest {
  private static final SampleTable TABLE =
      SampleTable.of(2, (channel, sample) -> 1000 * channel + sample);

  @Test
  void knowsEverySample() {
    assertThat(TABLE.channels()).isEqualTo(2);
    assertThat(TABLE.value(0, 0)).isZero();
    assertThat(TABLE.value(1, 255)).isEqualTo(1255);
    float[] values = TABLE.values().toArray(ValueLayout.JAVA_FLOAT);
    assertThat(values).hasSize(512).startsWith(0, 1, 2).endsWith(1254, 1255);
    assertThat(TABLE.values().isReadOnly()).isTrue();
  }

  /** Two pictures of three pixels; bytes above 127 are no negative numbers. */
  @Test
  void readsInterleavedSamplesIntoPlanes() {
    byte[] samples = {1, 2, 3, (byte) 200, 5, (byte) 255, 7, 8, 9, 10, 11, 12};
    float[] planes = new float[14];
    TABLE.read(MemorySegment.ofArray(samples), 2, 3, planes, 1);
    assertThat(planes).containsExactly(0, 1, 3, 5, 1002, 1200, 1255, 7, 9, 11, 1008, 1010, 1012, 0);
  }

  @Test
  void refusesWhatIsTooShort() {
    MemorySegment five = MemorySegment.ofArray(new byte[5]);
    assertThatThrownBy(() -> TABLE.read(five, 1, 3, new float[6], 0))
        .isInstanceOf(IndexOutOfBoundsException.class);
    MemorySegment six = MemorySegment.ofArray(new byte[6]);
    assertThatThrownBy(() -> TABLE.read(six, 1, 3, new float[6], 1))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SampleTable.of(0, (_, _) -> 0))
        .withMessageContaining("0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SampleTable.of(1 << 23, (_, _) -> 0))
        .withMessageContaining("8388607");
    for (int channel : new int[] {-1, 2, 1 << 24, Integer.MIN_VALUE}) {
      assertThatThrownBy(() -> TABLE.value(channel, 5))
          .isInstanceOf(IndexOutOfBoundsException.class);
    }
  }

  @Test
  void isItsValues() {
    SampleTable same = SampleTable.of(2, (channel, sample) -> 1000 * channel + sample);
    SampleTable other = SampleTable.of(2, (channel, sample) -> sample);
    assertThat(TABLE).isEqualTo(same).hasSameHashCodeAs(same).isNotEqualTo(other);
    assertThat(TABLE).isNotEqualTo(SampleTable.of(1, (_, sample) -> sample));
  }
}
