package org.resnet4j.cuda.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.MemorySegment;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ElementTypeTest {
  private static byte[] stored(ElementType type, float[] numbers) {
    byte[] bytes = new byte[numbers.length * type.bytes()];
    MemorySegment target = MemorySegment.ofArray(bytes);
    for (int i = 0; i < numbers.length; i++) {
      type.set(target, i, numbers[i]);
    }
    return bytes;
  }

  @ParameterizedTest
  @EnumSource
  void storesAnyBitsRoundedToNearestEven(ElementType type) {
    SplittableRandom random = new SplittableRandom(1);
    float[] numbers = new float[100_000];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = Float.intBitsToFloat(random.nextInt());
    }
    assertThat(stored(type, numbers)).isEqualTo(Numbers.encode(type, numbers));
  }

  @ParameterizedTest
  @EnumSource
  void storesSpecialNumbers(ElementType type) {
    float[] numbers = Numbers.random(1000, 2);
    assertThat(stored(type, numbers)).isEqualTo(Numbers.encode(type, numbers));
  }

  @ParameterizedTest
  @EnumSource
  void staysInsideTheTarget(ElementType type) {
    MemorySegment target = MemorySegment.ofArray(new byte[3 * type.bytes()]);
    assertThatThrownBy(() -> type.set(target, 3, 1)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> type.set(target, -1, 1)).isInstanceOf(IndexOutOfBoundsException.class);
  }
}
