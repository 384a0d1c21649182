package org.resnet4j.bench.picture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.awt.image.BufferedImage;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.resnet4j.core.image.CropArea;
import org.resnet4j.core.image.RgbImage;

class HeatPictureTest {
  private static RgbImage grey(int width, int height) {
    byte[] data = new byte[3 * width * height];
    Arrays.fill(data, (byte) 100);
    return new RgbImage(width, height, data);
  }

  @Test
  void heatIsBilinearBetweenTheCentresAndNeverNegative() {
    HeatPicture heat = new HeatPicture(new float[] {4, 0, -8, 2}, 2, 2);
    assertThat(heat.heat(0, 0)).isEqualTo(1);
    assertThat(heat.heat(0.25, 0.25)).isEqualTo(1);
    assertThat(heat.heat(0.5, 0.25)).isEqualTo(0.5);
    assertThat(heat.heat(0.9, 0.1)).isZero();
    assertThat(heat.heat(0.25, 0.9)).isZero();
    assertThat(heat.heat(1, 1)).isCloseTo(0.5, within(1e-12));
  }

  @Test
  void aMapThatSpeaksOnlyAgainstLeavesThePictureAsItIs() {
    HeatPicture heat = new HeatPicture(new float[] {-1, -2, -3, 0}, 2, 2);
    BufferedImage drawn = heat.over(grey(4, 4), new CropArea(0, 0, 4, 4));
    assertThat(drawn.getRGB(1, 1) & 0xFFFFFF).isEqualTo(0x646464);
  }

  @Test
  void aLargePictureKeepsItsSize() {
    BufferedImage drawn =
        new HeatPicture(new float[] {1}, 1, 1).over(grey(300, 260), new CropArea(0, 0, 300, 260));
    assertThat(drawn.getWidth()).isEqualTo(300);
    assertThat(drawn.getHeight()).isEqualTo(260);
  }

  /** Its other side would be 256 times as long. */
  @Test
  void aThinPictureIsNoLargerThanItHasToBe() {
    HeatPicture heat = new HeatPicture(new float[] {1}, 1, 1);
    BufferedImage thin = heat.over(grey(1, 65_500), new CropArea(0, 0, 1, 1));
    assertThat(thin.getWidth()).isEqualTo(1);
    assertThat(thin.getHeight()).isEqualTo(65_500);
    BufferedImage less = heat.over(grey(300, 2), new CropArea(0, 0, 2, 2));
    assertThat(less.getWidth()).isEqualTo(300 * 6);
    assertThat(less.getHeight()).isEqualTo(2 * 6);
  }

  @Test
  void whatTheNetworkDoesNotSeeIsDark() {
    HeatPicture heat = new HeatPicture(new float[] {1}, 1, 1);
    BufferedImage drawn = heat.over(grey(8, 4), new CropArea(2, 0, 4, 4));
    assertThat(drawn.getWidth()).isEqualTo(8 * 64);
    assertThat(drawn.getHeight()).isEqualTo(4 * 64);
    assertThat(drawn.getRGB(127, 0) & 0xFFFFFF).isEqualTo(0x1E1E1E);
    assertThat(drawn.getRGB(7 * 64, 255) & 0xFFFFFF).isEqualTo(0x1E1E1E);
    int hot = drawn.getRGB(128, 2 * 64);
    assertThat(hot >> 16 & 0xFF).isGreaterThan(180); // yellow over grey
    assertThat(hot & 0xFF).isLessThan(120);
  }
}
