package org.resnet4j.golden;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SyntheticValuesTest {
  private static final List<Long> SEEDS = List.of(0L, 1L, 20261201L, -1L, Long.MAX_VALUE);

  @Test
  void hashesAsFnvsAuthorsDo() {
    assertThat(SyntheticValues.fnv1a64("")).isEqualTo(0xCBF29CE484222325L);
    assertThat(SyntheticValues.fnv1a64("a")).isEqualTo(0xAF63DC4C8601EC8CL);
    assertThat(SyntheticValues.fnv1a64("foobar")).isEqualTo(0x85944171F73967E8L);
  }

  /** {@code python3 -c 'import synthetic; print(hex(synthetic.fnv1a64("größe.重み.🧠")))'}. */
  @Test
  void hashesTheBytesOfUtf8() {
    assertThat(SyntheticValues.fnv1a64("größe.重み.🧠")).isEqualTo(0xB15B1CA85FFEED84L);
  }

  @Test
  void countsAsSplitMix64() {
    for (long key : SEEDS) {
      SplittableRandom random = new SplittableRandom(key);
      for (int i = 0; i < 1000; i++) {
        assertThat(SyntheticValues.bits(key, i)).as("%d, %d", key, i).isEqualTo(random.nextLong());
      }
    }
  }

  @Test
  void equalsPythonsValues() {
    List<String[]> rows = Recorded.rows("value");
    assertThat(rows).hasSize(72);
    for (String[] row : rows) {
      float value =
          SyntheticValues.value(
              row[1],
              Long.parseLong(row[4]),
              Long.parseLong(row[5]),
              Double.parseDouble(row[2]),
              Double.parseDouble(row[3]));
      assertThat(Recorded.hex(value)).as(String.join(" ", row)).isEqualTo(row[6]);
    }
  }

  @Test
  void equalsPythonsPositions() {
    List<String[]> rows = Recorded.rows("position");
    assertThat(rows).hasSize(54);
    for (String[] row : rows) {
      long position =
          SyntheticValues.position(
              row[1], Long.parseLong(row[3]), Long.parseLong(row[4]), Long.parseLong(row[2]));
      assertThat(position).as(String.join(" ", row)).isEqualTo(Long.parseLong(row[5]));
    }
  }

  @Test
  void aWholeTensorHoldsItsElements() {
    float[] values = SyntheticValues.values("bn1.weight", 7, 257, 0.8, 1.2);
    for (int i = 0; i < values.length; i++) {
      assertThat(values[i]).isEqualTo(SyntheticValues.value("bn1.weight", 7, i, 0.8, 1.2));
    }
    long[] positions = SyntheticValues.positions("layer2", 7, 257, 1001);
    for (int i = 0; i < positions.length; i++) {
      assertThat(positions[i]).isEqualTo(SyntheticValues.position("layer2", 7, i, 1001));
    }
  }

  @Test
  void aBatchBeginsWithTheFirstImage() {
    float[] batch = SyntheticValues.input(7, 2, 5, 9);
    assertThat(batch).hasSize(2 * 3 * 5 * 9);
    assertThat(Arrays.copyOf(batch, 3 * 5 * 9)).isEqualTo(SyntheticValues.input(7, 1, 5, 9));
    assertThat(batch[269]).isEqualTo(SyntheticValues.value("input", 7, 269, -2, 2));
    assertThatThrownBy(() -> SyntheticValues.input(7, 1 << 10, 1 << 10, 1 << 10))
        .isInstanceOf(ArithmeticException.class);
  }

  @Test
  void fillsItsRangeEvenly() {
    float[] values = SyntheticValues.values("layer1.0.bn1.running_var", 3, 100_000, 0.5, 1.5);
    int[] tenths = new int[10];
    for (float value : values) {
      tenths[(int) ((value - 0.5) * 10)]++;
    }
    // Five standard deviations of a binomial count are 475.
    assertThat(Arrays.stream(tenths)).allMatch(count -> Math.abs(count - 10_000) < 475);
  }

  @Test
  void namesAndSeedsTellTensorsApart() {
    float[] values = SyntheticValues.values("a", 1, 8, 0, 1);
    assertThat(SyntheticValues.values("b", 1, 8, 0, 1)).isNotEqualTo(values);
    assertThat(SyntheticValues.values("a", 2, 8, 0, 1)).isNotEqualTo(values);
  }

  @Test
  void refusesWhatIsNotThere() {
    assertThatThrownBy(() -> SyntheticValues.value("a", 1, -1, 0, 1))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> SyntheticValues.position("stem", 1, -1, 9))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> SyntheticValues.positions("stem", 1, 4, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("size 0");
  }
}
