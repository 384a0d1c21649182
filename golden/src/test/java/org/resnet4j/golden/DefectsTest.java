package org.resnet4j.golden;

import static org.assertj.core.api.Assertions.assertThat;
import static org.resnet4j.golden.Mutations.at;
import static org.resnet4j.golden.Mutations.bypass;
import static org.resnet4j.golden.Mutations.classifier;
import static org.resnet4j.golden.Mutations.edited;
import static org.resnet4j.golden.Mutations.filled;
import static org.resnet4j.golden.Mutations.norm;
import static org.resnet4j.golden.Mutations.op;
import static org.resnet4j.golden.Mutations.reverse;
import static org.resnet4j.golden.Mutations.rewrite;
import static org.resnet4j.golden.Mutations.swap;
import static org.resnet4j.golden.Mutations.weights;
import static org.resnet4j.golden.Mutations.withWindow;

import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.resnet4j.core.backend.Backend;
import org.resnet4j.core.backend.BackendOptions;
import org.resnet4j.core.backend.Backends;
import org.resnet4j.core.backend.Precision;
import org.resnet4j.core.graph.Epilogue;
import org.resnet4j.core.graph.Graph;
import org.resnet4j.core.graph.Op;
import org.resnet4j.core.graph.Window;
import org.resnet4j.core.graph.pass.Passes;
import org.resnet4j.core.tensor.Tensor;

/**
 * Sharpness: what engines and ports get wrong must fail, at the right stage and the right layer.
 */
class DefectsTest {
  private static final GoldenCase BASIC = held("resnet18-classes10-64");
  private static final GoldenCase BOTTLENECK = held("groups2-96");
  private static final Backend REFERENCE = Backends.open("reference", BackendOptions.defaults());
  private static final Backend SIMD = Backends.open("simd", new BackendOptions(2));

  /** With its weights generated once, not at each use. */
  private static GoldenCase held(String name) {
    GoldenCase golden = GoldenCases.load(name);
    Graph graph = golden.graph();
    return new GoldenCase(
        name, golden.model(), () -> graph, golden.batch(), golden.input(), golden.taps());
  }

  @AfterAll
  static void close() {
    REFERENCE.close();
    SIMD.close();
  }

  /**
   * A defect.
   *
   * @param what went wrong
   * @param golden the case that must show it
   * @param backend has the defect
   * @param stage the first one to fail
   * @param layer the one to blame
   */
  record Defect(String what, GoldenCase golden, Backend backend, Stage stage, String layer) {
    @Override
    public String toString() {
      return what;
    }
  }

  @ParameterizedTest
  @MethodSource({"weightsAndNorms", "structure", "inputsAndOutputs"})
  void isCaughtAndLocated(Defect defect) {
    CaseResult result = Verifier.verify(defect.golden(), defect.backend());
    assertThat(result.passed()).as("%s: %s", defect, result).isFalse();
    assertThat(result.firstBadStage().orElseThrow().name()).isEqualTo(defect.stage().label());
    assertThat(result.firstBadLayer()).as(result.diagnosis()).isEqualTo(defect.layer());
  }

  /** The widest gates, which let a wrong weight through, but not another network. */
  @ParameterizedTest
  @MethodSource("structure")
  void aWrongStructureIsCaughtInBfloat16(Defect defect) {
    Assumptions.assumeFalse(defect.what().contains("1e-5"), "less than bfloat16 resolves");
    assertThat(Verifier.verify(defect.golden(), defect.backend(), Precision.BF16).passed())
        .as(defect.what())
        .isFalse();
  }

  @Test
  void thereAreEnoughOfThem() {
    List<Defect> all =
        Stream.of(weightsAndNorms(), structure(), inputsAndOutputs()).flatMap(s -> s).toList();
    assertThat(all.stream().map(Defect::what).distinct()).hasSizeGreaterThanOrEqualTo(30);
    System.out.println("R10: " + all.size() + " seeded defects, each found and located");
  }

  @Test
  void theSoundNetworkPassesThroughTheSameWrapper() {
    for (GoldenCase golden : List.of(BASIC, BOTTLENECK)) {
      for (Backend delegate : List.of(REFERENCE, SIMD)) {
        Backend wrapped = network(golden, delegate, graph -> graph);
        CaseResult result = Verifier.verify(golden, wrapped);
        assertThat(result.passed()).as(result.toString()).isTrue();
      }
    }
  }

  @Test
  void aNetworkThatIsAnotherIsNotBlamedOnALayer() {
    GoldenCase mistaken =
        new GoldenCase(
            "mistaken",
            "groups2",
            () -> strideInTheFirst1x1().apply(BOTTLENECK.graph()),
            BOTTLENECK.batch(),
            BOTTLENECK.input(),
            BOTTLENECK.taps());
    CaseResult result = Verifier.verify(mistaken, SIMD);
    assertThat(result.firstBadStage().orElseThrow().name()).isEqualTo("layer2");
    assertThat(result.firstBadLayer()).isNull();
    assertThat(result.diagnosis()).contains("stride placement");
  }

  private static Backend network(
      GoldenCase golden, Backend delegate, UnaryOperator<Graph> mutation) {
    return TamperedBackend.withGraph(
        delegate, _ -> Passes.inference().apply(mutation.apply(golden.graph())));
  }

  private static Defect basic(
      String what, UnaryOperator<Graph> mutation, Stage stage, String layer) {
    return new Defect(what, BASIC, network(BASIC, SIMD, mutation), stage, layer);
  }

  private static Defect bottleneck(
      String what, UnaryOperator<Graph> mutation, Stage stage, String layer) {
    return new Defect(what, BOTTLENECK, network(BOTTLENECK, SIMD, mutation), stage, layer);
  }

  static Stream<Defect> weightsAndNorms() {
    return Stream.of(
        basic(
            "one weight of the stem off by 1 %",
            largest("conv1", 0, 147, 1.01f), Stage.STEM, "conv1"),
        basic(
            "one weight of layer2 off by 1 %",
            largest("layer2.0.conv1", 5, 576, 1.01f), Stage.LAYER2, "layer2.0.conv1"),
        basic(
            "one filter of layer4 off by 1 %",
            weights("layer4.1.conv2", scale(7 * 4608, 8 * 4608, 1.01f)),
            Stage.LAYER4,
            "layer4.1.conv2"),
        basic(
            "one weight of layer3 negated",
            largest("layer3.0.conv2", 7, 2304, -1),
            Stage.LAYER3,
            "layer3.0.conv2"),
        basic(
            "two output channels interchanged",
            weights("layer1.0.conv1", w -> swap(w, 576, 10, 11)),
            Stage.LAYER1,
            "layer1.0.conv1"),
        basic(
            "two input channels interchanged",
            weights("layer3.1.conv1", w -> everyFilter(w, 2304, f -> swap(f, 9, 100, 101))),
            Stage.LAYER3,
            "layer3.1.conv1"),
        basic(
            "kernels turned by 180 degrees",
            weights("layer1.1.conv1", w -> reverse(w, 9)),
            Stage.LAYER1,
            "layer1.1.conv1"),
        basic(
            "the last column of taps missing",
            weights("conv1", w -> everyFilter(w, 7, row -> row[6] = 0)),
            Stage.STEM,
            "conv1"),
        basic(
            "half precision weights in one layer",
            weights("layer4.0.conv1", DefectsTest::toHalf),
            Stage.LAYER4,
            "layer4.0.conv1"),
        bottleneck(
            "TF32 weights in one layer",
            weights("layer1.0.conv3", DefectsTest::toTf32),
            Stage.LAYER1,
            "layer1.0.conv3"),
        bottleneck(
            "groups interleaved",
            weights("layer2.1.conv2", DefectsTest::interleave),
            Stage.LAYER2,
            "layer2.1.conv2"),
        bottleneck(
            "groups interchanged",
            weights("layer3.0.conv2", w -> swap(w, w.length / 2, 0, 1)),
            Stage.LAYER3,
            "layer3.0.conv2"),
        basic("epsilon 1e-3", epsilon("bn1", 1e-3), Stage.STEM, "conv1"),
        basic("epsilon 0", epsilon("bn1", 0), Stage.STEM, "conv1"),
        basic(
            "the mean of a normalisation dropped",
            norm(
                "layer2.0.bn2",
                n ->
                    new Op.BatchNorm(
                        n.gamma(), n.beta(), filled(n.mean(), 0), n.variance(), n.epsilon())),
            Stage.LAYER2,
            "layer2.0.conv2"),
        basic(
            "beta dropped",
            norm(
                "layer4.1.bn1",
                n ->
                    new Op.BatchNorm(
                        n.gamma(), filled(n.beta(), 0), n.mean(), n.variance(), n.epsilon())),
            Stage.LAYER4,
            "layer4.1.conv1"),
        basic(
            "the variance taken for the deviation",
            norm(
                "layer1.1.bn2",
                n ->
                    new Op.BatchNorm(
                        n.gamma(),
                        n.beta(),
                        n.mean(),
                        edited(
                            n.variance(),
                            v -> {
                              for (int i = 0; i < v.length; i++) {
                                v[i] *= v[i];
                              }
                            }),
                        n.epsilon())),
            Stage.LAYER1,
            "layer1.1.conv2"));
  }

  static Stream<Defect> structure() {
    return Stream.of(
        bottleneck(
            "stride in the wrong convolution",
            strideInTheFirst1x1(),
            Stage.LAYER2,
            "layer2.0.conv1"),
        new Defect(
            "ReLU before the addition",
            BASIC,
            network(
                BASIC,
                REFERENCE,
                at(
                    "layer2.1.add",
                    (target, node, inputs) ->
                        target.add(
                            node.name(),
                            node.op(),
                            target.add("early", new Op.Relu(), inputs.get(0)),
                            inputs.get(1)))),
            Stage.LAYER2,
            "layer2.1.conv2"),
        basic("shortcut dropped", bypass("layer1.1.add", 0), Stage.LAYER1, "layer1.1.conv2"),
        new Defect(
            "main branch dropped",
            BASIC,
            network(BASIC, REFERENCE, bypass("layer3.1.add", 1)),
            Stage.LAYER3,
            "layer3.1.conv2"),
        basic(
            "the projection's normalisation missing",
            bypass("layer2.0.downsample.1", 0),
            Stage.LAYER2,
            "layer2.0.downsample.0"),
        bottleneck(
            "the projection's stride in the wrong place",
            // Every second pixel, but those of odd rows and columns.
            at(
                "layer3.0.downsample.0",
                (target, node, inputs) -> {
                  Op.Conv conv = (Op.Conv) node.op();
                  float[] corner = new float[conv.weight().size() * 4];
                  for (int i = 0; i < conv.weight().size(); i++) {
                    corner[4 * i + 3] = conv.weight().data()[i];
                  }
                  Tensor weight =
                      Tensor.of(corner, conv.weight().dim(0), conv.weight().dim(1), 2, 2);
                  return target.add(
                      node.name(),
                      new Op.Conv(weight, null, new Window(2, 2, 0), 1, Epilogue.NONE),
                      inputs);
                }),
            Stage.LAYER3,
            "layer3.0.downsample.0"),
        basic("a ReLU missing", bypass("layer4.0.relu1", 0), Stage.LAYER4, "layer4.0.conv1"),
        basic("the last ReLU missing", bypass("layer4.1.relu", 0), Stage.LAYER4, "layer4.1.conv2"),
        basic("the stem's ReLU missing", bypass("relu", 0), Stage.STEM, "conv1"),
        basic(
            "max-pool of 2x2",
            op("maxpool", _ -> new Op.MaxPool(new Window(2, 2, 0))),
            Stage.STEM,
            "maxpool"),
        basic(
            "a convolution of the wrong padding",
            at(
                "layer1.0.conv1",
                (target, node, inputs) -> {
                  // The window slid by a column and a row: taps move, zeros come in.
                  Op.Conv conv = (Op.Conv) node.op();
                  Tensor slid =
                      edited(
                          conv.weight(),
                          w ->
                              everyFilter(
                                  w,
                                  9,
                                  k -> {
                                    float[] old = k.clone();
                                    Arrays.fill(k, 0);
                                    System.arraycopy(old, 0, k, 4, 2);
                                    System.arraycopy(old, 3, k, 7, 2);
                                  }));
                  return target.add(
                      node.name(),
                      new Op.Conv(slid, null, conv.window(), 1, Epilogue.NONE),
                      inputs);
                }),
            Stage.LAYER1,
            "layer1.0.conv1"),
        basic("the average over too many pixels", averageTimes(4f / 9), Stage.POOLED, "avgpool"),
        basic("the average off by 1e-5", averageTimes(1.00001f), Stage.POOLED, "avgpool"));
  }

  static Stream<Defect> inputsAndOutputs() {
    return Stream.of(
        basic(
            "BGR",
            weights("conv1", w -> everyFilter(w, 147, f -> swap(f, 49, 0, 2))),
            Stage.STEM,
            "conv1"),
        input("crop off by a column", x -> System.arraycopy(x.clone(), 0, x, 1, x.length - 1)),
        input("crop off by a row", x -> System.arraycopy(x.clone(), 64, x, 0, x.length - 64)),
        input("the last column lost", x -> everyFilter(x, 64, row -> row[63] = 0)),
        input(
            "every image is the first", x -> System.arraycopy(x, 0, x, x.length / 2, x.length / 2)),
        input("normalised by a slightly wrong deviation", scale(0, 64 * 64, 0.229f / 0.225f)),
        input("one pixel NaN", x -> x[5000] = Float.NaN),
        basic(
            "the classifier's bias dropped",
            classifier(fc -> new Op.Linear(fc.weight(), null)),
            Stage.LOGITS,
            "fc"),
        basic(
            "two classes interchanged",
            classifier(fc ->
                new Op.Linear(
                    edited(fc.weight(), w -> swap(w, 512, 3, 4)),
                    edited(fc.bias(), b -> swap(b, 1, 3, 4)))),
            Stage.LOGITS,
            "fc"),
        new Defect(
            "one logit negated",
            BASIC,
            TamperedBackend.withLogits(SIMD, logits -> logits[14] = -logits[14]),
            Stage.LOGITS,
            "fc"));
  }

  private static Defect input(String what, Mutations.Edit edit) {
    UnaryOperator<float[]> changed =
        x -> {
          float[] copy = x.clone();
          edit.apply(copy);
          return copy;
        };
    return new Defect(what, BASIC, TamperedBackend.withInput(SIMD, changed), Stage.STEM, "input");
  }

  private static UnaryOperator<Graph> strideInTheFirst1x1() {
    return rewrite((target, node, inputs) -> {
      Op op =
          switch (node.name()) {
            case "layer2.0.conv1" -> withWindow((Op.Conv) node.op(), new Window(1, 2, 0));
            case "layer2.0.conv2" -> withWindow((Op.Conv) node.op(), new Window(3, 1, 1));
            default -> node.op();
          };
      return target.add(node.name(), op, inputs);
    });
  }

  /** The largest weight of one filter times {@code factor}. */
  private static UnaryOperator<Graph> largest(String conv, int filter, int size, float factor) {
    return weights(
        conv,
        w -> {
          int largest =
              IntStream.range(filter * size, (filter + 1) * size)
                  .reduce((a, b) -> Math.abs(w[b]) > Math.abs(w[a]) ? b : a)
                  .orElseThrow();
          w[largest] *= factor;
        });
  }

  private static UnaryOperator<Graph> epsilon(String norm, double epsilon) {
    return norm(norm, n -> new Op.BatchNorm(n.gamma(), n.beta(), n.mean(), n.variance(), epsilon));
  }

  /** A convolution that scales each channel stands in for an average of another count. */
  private static UnaryOperator<Graph> averageTimes(float factor) {
    return at(
        "avgpool",
        (target, node, inputs) -> {
          int channels = node.shape().channels();
          Tensor scale = filled(Tensor.of(new float[channels], channels, 1, 1, 1), factor);
          return target.add(
              "avgpool",
              new Op.Conv(scale, null, new Window(1, 1, 0), channels, Epilogue.NONE),
              target.add("mean", node.op(), inputs));
        });
  }

  private static Mutations.Edit scale(int from, int to, float factor) {
    return values -> {
      for (int i = from; i < to; i++) {
        values[i] *= factor;
      }
    };
  }

  /** Applies an edit to each run of {@code size} values. */
  private static void everyFilter(float[] values, int size, Mutations.Edit edit) {
    for (int from = 0; from < values.length; from += size) {
      float[] part = Arrays.copyOfRange(values, from, from + size);
      edit.apply(part);
      System.arraycopy(part, 0, values, from, size);
    }
  }

  /** Output channel 2 i + g of group g, as a port that numbers channels group by group has it. */
  private static void interleave(float[] weights) {
    float[] old = weights.clone();
    int filters = 128;
    int size = weights.length / filters;
    for (int k = 0; k < filters; k++) {
      int from = k % 2 * (filters / 2) + k / 2;
      System.arraycopy(old, from * size, weights, k * size, size);
    }
  }

  private static void toHalf(float[] values) {
    for (int i = 0; i < values.length; i++) {
      values[i] = Float.float16ToFloat(Float.floatToFloat16(values[i]));
    }
  }

  /** Ten bits of mantissa, to nearest. */
  private static void toTf32(float[] values) {
    for (int i = 0; i < values.length; i++) {
      values[i] = Float.intBitsToFloat((Float.floatToRawIntBits(values[i]) + 0x1000) & ~0x1fff);
    }
  }
}
