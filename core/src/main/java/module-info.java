import org.resnet4j.core.backend.BackendProvider;
import org.resnet4j.core.reference.ReferenceBackendProvider;

/** Graph, network builder, weights files, image preprocessing and the backend SPI of resnet4j. */
module org.resnet4j.core {
  requires transitive org.jspecify;
  requires transitive java.desktop;
  requires java.net.http;
  requires tools.jackson.core;

  exports org.resnet4j.core;
  exports org.resnet4j.core.tensor;
  exports org.resnet4j.core.graph;
  exports org.resnet4j.core.graph.pass;
  exports org.resnet4j.core.weights;
  exports org.resnet4j.core.weights.pytorch;
  exports org.resnet4j.core.weights.safetensors;
  exports org.resnet4j.core.image;
  exports org.resnet4j.core.image.decode;
  exports org.resnet4j.core.model;
  exports org.resnet4j.core.backend;
  exports org.resnet4j.core.plan;
  exports org.resnet4j.core.reference;
  exports org.resnet4j.core.onnx;
  exports org.resnet4j.core.hub;
  exports org.resnet4j.core.file;
  exports org.resnet4j.core.text;
  exports org.resnet4j.core.stack;

  uses BackendProvider;

  provides BackendProvider with
      ReferenceBackendProvider;
}
