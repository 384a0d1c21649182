/** Graph, network builder, weights files, image preprocessing and the backend SPI of resnet4j. */
module org.resnet4j.core {
  requires transitive org.jspecify;
  requires java.desktop;
  requires tools.jackson.core;

  exports org.resnet4j.core.tensor;
  exports org.resnet4j.core.weights;
  exports org.resnet4j.core.image;
}
