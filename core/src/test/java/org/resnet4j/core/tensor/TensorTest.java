package org.resnet4j.core.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class TensorTest {
  @Test
  void knowsItsExtents() {
    Tensor tensor = Tensor.of(new float[24], 2, 3, 4);
    assertThat(tensor.rank()).isEqualTo(3);
    assertThat(tensor.size()).isEqualTo(24);
    assertThat(tensor.hasDims(2, 3, 4)).isTrue();
    assertThat(tensor).hasToString("Tensor[2, 3, 4]");
  }

  @Test
  void aScalarHasOneValue() {
    assertThat(Tensor.of(new float[1]).size()).isEqualTo(1);
  }

  @Test
  void refusesAnotherCount() {
    assertThatThrownBy(() -> Tensor.of(new float[5], 2, 3))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("extents [2, 3] need 6 values, got 5");
  }

  @Test
  void refusesNegativeAndOverflowingExtents() {
    assertThatThrownBy(() -> Tensor.meta(2, -1)).hasMessageContaining("negative");
    assertThatThrownBy(() -> Tensor.meta(65536, 65536)).hasMessageContaining("2^31");
    assertThat(Tensor.meta(65536, 65536, 0).size()).isZero();
    assertThatThrownBy(() -> Tensor.meta(0, -1)).hasMessageContaining("negative");
  }

  @Test
  void aMetaTensorHasNoValues() {
    assertThat(Tensor.meta(2, 2).isMeta()).isTrue();
    assertThatThrownBy(() -> Tensor.meta(2, 2).data())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("[2, 2]");
  }

  @Test
  void aLazyTensorComputesItsValuesEachTime() {
    int[] calls = new int[1];
    Tensor tensor = Tensor.lazy(() -> new float[] {++calls[0], 0}, 2, 1);
    assertThat(tensor.isMeta()).isFalse();
    assertThat(tensor).hasToString("Tensor[2, 1]");
    assertThat(calls[0]).isZero();
    assertThat(tensor.data()).containsExactly(1, 0);
    assertThat(tensor.data()).containsExactly(2, 0);
  }

  @Test
  void refusesAnotherCountFromALazyTensor() {
    Tensor tensor = Tensor.lazy(() -> new float[5], 2, 3);
    assertThatThrownBy(tensor::data)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("extents [2, 3] need 6 values, got 5");
  }

  @Test
  void shapesCountFloatsWithoutOverflow() {
    assertThat(new Shape(2048, 2048, 2048).size()).isEqualTo(1L << 33);
    assertThatThrownBy(() -> new Shape(3, 0, 1)).isInstanceOf(IllegalArgumentException.class);
  }
}
