package org.resnet4j.golden;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.resnet4j.core.image.Preprocessing;
import org.resnet4j.core.model.PretrainedModel;
import org.resnet4j.core.model.ResNets;
import org.resnet4j.core.tensor.Shape;

class DemoModelTest {
  @Test
  void saysWhatItIs() {
    PretrainedModel model = DemoModel.load();
    assertThat(model.name()).isEqualTo("resnet18-w16");
    assertThat(model.description())
        .isEqualTo(
            "resnet18 (base width 16), 10 classes, Fashion-MNIST (MIT), preprocessing"
                + " fashion-mnist, embedded");
    assertThat(model.spec())
        .isEqualTo(ResNets.named("resnet18").withBaseWidth(16).withNumClasses(10));
    assertThat(model.preprocessing()).isEqualTo(Preprocessing.FASHION_MNIST);
    assertThat(model.graph().inputShape()).isEqualTo(new Shape(3, 64, 64));
    assertThat(model.labels().names())
        .containsExactly(
            "T-shirt/top",
            "Trouser",
            "Pullover",
            "Dress",
            "Coat",
            "Sandal",
            "Shirt",
            "Sneaker",
            "Bag",
            "Ankle boot");
  }
}
