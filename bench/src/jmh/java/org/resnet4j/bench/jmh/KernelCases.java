package org.resnet4j.bench.jmh;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.resnet4j.bench.measure.Alternatives;
import org.resnet4j.core.graph.Graph;
import org.resnet4j.core.graph.pass.Passes;
import org.resnet4j.core.model.ResNet;
import org.resnet4j.core.model.ResNetSpec;
import org.resnet4j.core.model.ResNets;
import org.resnet4j.core.weights.WeightSource;
import org.resnet4j.simd.kernel.ConvAlgorithms;
import org.resnet4j.simd.kernel.conv.ConvAlgorithm;
import org.resnet4j.simd.kernel.conv.ConvShape;

/** What the ten networks ask of the kernels, on images of 224x224. */
final class KernelCases {
  private static final int IMAGE = 224;
  private static final int[] SQUARES = {512, 1024, 2048};

  private KernelCases() {}

  /** Every distinct convolution, linear layers included, by every algorithm that applies. */
  static List<ConvCase> convolutions() {
    List<ConvCase> cases = new ArrayList<>();
    for (ConvShape shape : shapes()) {
      for (ConvAlgorithm algorithm : ConvAlgorithms.applicable(shape)) {
        cases.add(new ConvCase(shape, algorithm));
      }
    }
    return cases;
  }

  /** The distinct products that 1x1 convolutions and linear layers are, and three squares. */
  static List<GemmCase> gemms() {
    Set<GemmCase> cases = new LinkedHashSet<>();
    for (ConvShape shape : shapes()) {
      if (shape.kernel() == 1 && shape.groups() == 1) {
        int m = shape.outHeight() * shape.outWidth();
        add(cases, m, shape.outChannels(), shape.inChannels());
      }
    }
    for (int square : SQUARES) {
      add(cases, square, square, square);
    }
    return List.copyOf(cases);
  }

  /** Engines side by side, so that they are timed one after the other. */
  private static void add(Set<GemmCase> cases, int m, int n, int k) {
    cases.add(new GemmCase(m, n, k, JavaGemm.NAME));
    cases.add(new GemmCase(m, n, k, OpenBlas.NAME));
  }

  private static Set<ConvShape> shapes() {
    Set<ConvShape> shapes = new LinkedHashSet<>();
    for (ResNetSpec spec : ResNets.all()) {
      Graph graph = ResNet.build(spec, IMAGE, IMAGE, WeightSource.META);
      shapes.addAll(Alternatives.shapes(Passes.inference().apply(graph)).keySet());
    }
    return shapes;
  }
}
