package org.resnet4j.golden;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.resnet4j.core.model.Block;
import org.resnet4j.core.tensor.Tensor;

class SyntheticWeightsTest {
  @Test
  void equalsPythonsWeights() {
    List<String[]> rows = Recorded.rows("weight");
    assertThat(rows).hasSizeGreaterThan(150);
    for (String[] row : rows) {
      Block block = Block.valueOf(row[1].toUpperCase(Locale.ROOT));
      int[] dims = Arrays.stream(row[3].split("x")).mapToInt(Integer::parseInt).toArray();
      Tensor tensor = new SyntheticWeights(Long.parseLong(row[4]), block).get(row[2], dims);
      assertThat(tensor.dims()).isEqualTo(dims);
      assertThat(Recorded.hex(tensor.data()[Integer.parseInt(row[5])]))
          .as(String.join(" ", row))
          .isEqualTo(row[6]);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "BASIC, layer1.0.bn2.weight, 0.1, 0.2",
    "BASIC, layer1.0.bn1.weight, 0.8, 1.2",
    "BASIC, layer2.0.downsample.1.weight, 0.8, 1.2",
    "BOTTLENECK, layer1.0.bn3.weight, 0.1, 0.2",
    "BOTTLENECK, layer1.0.bn2.weight, 0.8, 1.2",
    "BOTTLENECK, bn1.weight, 0.8, 1.2",
    "BOTTLENECK, bn1.bias, -0.1, 0.1",
    "BOTTLENECK, fc.bias, -0.1, 0.1",
    "BOTTLENECK, layer1.0.bn3.running_mean, -0.2, 0.2",
    "BOTTLENECK, layer1.0.bn3.running_var, 0.6, 1.6",
  })
  void fillsEachRange(Block block, String name, double low, double high) {
    assertRange(new SyntheticWeights(5, block).get(name, 4096), low, high);
  }

  @Test
  void matricesFollowTheirFanIn() {
    SyntheticWeights weights = new SyntheticWeights(5, Block.BOTTLENECK);
    double convolution = Math.sqrt(6.0 / (4 * 3 * 3));
    Tensor grouped = weights.get("layer1.0.conv2.weight", 128, 4, 3, 3);
    assertRange(grouped, -convolution, convolution);
    double linear = Math.sqrt(3.0 / 512);
    assertRange(weights.get("fc.weight", 10, 512), -linear, linear);
  }

  private static void assertRange(Tensor tensor, double low, double high) {
    float min = Float.POSITIVE_INFINITY;
    float max = Float.NEGATIVE_INFINITY;
    for (float value : tensor.data()) {
      min = Math.min(min, value);
      max = Math.max(max, value);
    }
    double slack = (high - low) / 100;
    assertThat((double) min).isBetween((double) (float) low, low + slack);
    assertThat((double) max).isBetween(high - slack, (double) (float) high);
  }

  @Test
  void refusesUnknownParameters() {
    SyntheticWeights weights = new SyntheticWeights(5, Block.BASIC);
    assertThatThrownBy(() -> weights.get("bn1.num_batches_tracked", 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("bn1.num_batches_tracked", "[1]");
    assertThatThrownBy(() -> weights.get("conv1.weight", 64, 147))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("conv1.weight", "[64, 147]");
    assertThatThrownBy(() -> weights.get("fc.weight", 512))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
