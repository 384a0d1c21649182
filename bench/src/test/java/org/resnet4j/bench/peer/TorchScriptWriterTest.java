package org.resnet4j.bench.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TimeZone;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.resnet4j.bench.measure.Answers;
import org.resnet4j.bench.measure.BackendEngines;
import org.resnet4j.bench.measure.Engine;
import org.resnet4j.bench.measure.Problem;
import org.resnet4j.core.graph.Epilogue;
import org.resnet4j.core.graph.Graph;
import org.resnet4j.core.graph.GraphBuilder;
import org.resnet4j.core.graph.Op;
import org.resnet4j.core.graph.Window;
import org.resnet4j.core.graph.pass.Passes;
import org.resnet4j.core.model.ResNet;
import org.resnet4j.core.model.ResNetSpec;
import org.resnet4j.core.model.ResNets;
import org.resnet4j.core.tensor.Shape;
import org.resnet4j.core.tensor.Tensor;
import org.resnet4j.core.weights.WeightSource;
import org.resnet4j.core.weights.pytorch.PyTorchFile;
import org.resnet4j.golden.SyntheticValues;
import org.resnet4j.golden.SyntheticWeights;

/** The archive alone, and where Python has PyTorch, in that. */
class TorchScriptWriterTest {
  private static final String LOAD_AND_RUN =
      """
      import sys, torch
      torch.set_num_threads(1)
      program, values, answer = sys.argv[1:4]
      extents = [int(extent) for extent in sys.argv[4:]]
      x = torch.frombuffer(bytearray(open(values, 'rb').read()), dtype=torch.float32)
      kept = x.clone()
      y = torch.jit.load(program)(x.reshape(extents))
      assert x.equal(kept), 'the input is written to'
      open(answer, 'wb').write(y.contiguous().numpy().tobytes())
      """;

  @TempDir private Path folder;

  private static byte[] bytes(Graph graph) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    TorchScriptWriter.write(graph, out);
    return out.toByteArray();
  }

  private static Map<String, byte[]> records(byte[] archive) throws IOException {
    Map<String, byte[]> records = new LinkedHashMap<>();
    try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(archive))) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        assertThat(entry.getMethod()).as(entry.getName()).isEqualTo(ZipEntry.STORED);
        records.put(entry.getName(), zip.readAllBytes());
      }
    }
    return records;
  }

  private static Graph resnet() {
    ResNetSpec spec = ResNets.named("resnet18").withBaseWidth(16);
    return Passes.inference()
        .apply(ResNet.build(spec, 40, 32, new SyntheticWeights(7, spec.block())));
  }

  private static Tensor values(int seed, int... dims) {
    return Tensor.of(SyntheticValues.values("values", seed, Tensor.meta(dims).size(), -1, 1), dims);
  }

  /** Every operator, values with several readers, and no classifier at the end. */
  private static Graph odd() {
    GraphBuilder graph = new GraphBuilder();
    int input = graph.add("input", new Op.Input(new Shape(2, 7, 5)));
    int first = graph.add("first", new Op.Relu(), input);
    int sum = graph.add("sum", new Op.Add(), input, first);
    int twice = graph.add("twice", new Op.Add(), sum, sum);
    int norm =
        graph.add(
            "norm",
            new Op.BatchNorm(
                values(1, 2), values(2, 2), values(3, 2), Tensor.of(new float[] {1, 2}, 2), 1e-5),
            twice);
    Window point = new Window(1, 1, 0);
    int conv =
        graph.add(
            "conv",
            new Op.Conv(values(4, 2, 1, 1, 1), null, point, 2, new Epilogue(true, false)),
            norm,
            sum);
    int relu = graph.add("relu", new Op.Relu(), conv);
    int pool = graph.add("pool", new Op.MaxPool(new Window(3, 2, 1)), relu);
    int mean = graph.add("mean", new Op.GlobalAvgPool(), pool);
    int linear = graph.add("linear", new Op.Linear(values(5, 3, 2), null), mean);
    graph.add(
        "last",
        new Op.Conv(values(6, 4, 3, 1, 1), values(7, 4), point, 1, new Epilogue(false, true)),
        linear);
    return graph.build();
  }

  @Test
  void recordsAreThoseOfAProgram() throws IOException {
    Map<String, byte[]> records = records(bytes(resnet()));
    assertThat(records)
        .containsKeys(
            "network/data.pkl",
            "network/code/__torch__.py",
            "network/data/0",
            "network/constants.pkl",
            "network/version");
    assertThat(records.get("network/version")).asString(StandardCharsets.UTF_8).isEqualTo("3\n");
    assertThat(records.get("network/code/__torch__.py"))
        .asString(StandardCharsets.UTF_8)
        .contains("  def forward(self: __torch__.Network,\n    v0: Tensor) -> Tensor:\n    v1 = ")
        .contains(
            "    self.c0 = torch.mkldnn_reorder_conv2d_weight(torch.to_mkldnn((state)[0]), [3, 3], ")
        .contains("    self.c1 = (state)[1]\n")
        .contains("torch.mkldnn_convolution(v0, self.c0, self.c1, [3, 3], [2, 2], [1, 1], 1)")
        .contains("torch.relu_(torch.add_(")
        .endsWith("    return v" + resnet().output().id() + "\n");
  }

  @Test
  void nobodysValueIsWrittenTo() throws IOException {
    assertThat(records(bytes(odd())).get("network/code/__torch__.py"))
        .asString(StandardCharsets.UTF_8)
        .contains("v1 = torch.relu(v0)")
        .contains("v2 = torch.add_(v1, v0)")
        .contains("v3 = torch.add(v2, v2)")
        .contains("v6 = torch.relu_(v5)");
  }

  @Test
  void recordsAreAligned() throws IOException {
    byte[] archive = bytes(resnet());
    ByteBuffer buffer = ByteBuffer.wrap(archive).order(ByteOrder.LITTLE_ENDIAN);
    int at = 0;
    int seen = 0;
    while (buffer.getInt(at) == 0x04034b50) {
      int content = at + 30 + buffer.getShort(at + 26) + buffer.getShort(at + 28);
      assertThat(content % 64).isZero();
      at = content + buffer.getInt(at + 18);
      seen++;
    }
    assertThat(seen).isEqualTo(records(archive).size());
  }

  @Test
  void theSameGraphGivesTheSameBytesEverywhere() throws IOException {
    byte[] here = bytes(resnet());
    TimeZone zone = TimeZone.getDefault();
    TimeZone.setDefault(TimeZone.getTimeZone("Pacific/Apia"));
    try {
      assertThat(bytes(resnet())).isEqualTo(here);
    } finally {
      TimeZone.setDefault(zone);
    }
  }

  /** A tensor and its values in a state dict's archive, which is read here. */
  @Test
  void tensorsAreReadBack() throws Exception {
    Op.Conv conv = (Op.Conv) resnet().nodes().get(1).op();
    byte[] tensor = new PickleWriter().tensor("0", conv.weight()).finish();
    ByteArrayOutputStream pickle = new ByteArrayOutputStream();
    pickle.write(new byte[] {(byte) 0x80, 2, '}', 'X', 1, 0, 0, 0, 'w'});
    pickle.write(tensor, 2, tensor.length - 3);
    pickle.write(new byte[] {'s', '.'});
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(file)) {
      store(zip, "x/data.pkl", pickle.toByteArray());
      store(zip, "x/data/0", records(bytes(resnet())).get("network/data/0"));
    }
    Tensor read =
        PyTorchFile.of(file.toByteArray(), "test").readAll(List.of("w")).values().iterator().next();
    assertThat(read.data()).isEqualTo(conv.weight().data());
    assertThat(read.dims()).isEqualTo(conv.weight().dims());
  }

  private static void store(ZipOutputStream zip, String name, byte[] content) throws IOException {
    CRC32 sum = new CRC32();
    sum.update(content);
    ZipEntry entry = new ZipEntry(name);
    entry.setMethod(ZipEntry.STORED);
    entry.setSize(content.length);
    entry.setCrc(sum.getValue());
    zip.putNextEntry(entry);
    zip.write(content);
    zip.closeEntry();
  }

  @Test
  void aGraphWithoutWeightsIsRefused() {
    ResNetSpec spec = ResNets.named("resnet18");
    Graph graph = ResNet.build(spec, 32, 32, WeightSource.META);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    assertThatThrownBy(() -> TorchScriptWriter.write(graph, out))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("conv1");
    assertThat(out.size()).isZero();
  }

  @Test
  void pythonGivesOurAnswer() throws Exception {
    assumeThat(Path.of("/usr/lib/python3/dist-packages/torch")).isDirectory();
    check("resnet18", resnet());
    check("odd", odd());
  }

  private void check(String what, Graph graph) throws Exception {
    Problem problem =
        new Problem(what, graph, 3, 1, SyntheticValues.input(7, 3, graph.inputShape()));
    Path program = folder.resolve(what + ".pt");
    Files.write(program, bytes(graph));
    ByteBuffer input =
        ByteBuffer.allocate(problem.input().length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    input.asFloatBuffer().put(problem.input());
    Files.write(folder.resolve("input"), input.array());
    Shape image = graph.inputShape();
    assertThat(
            python(
                "-c",
                LOAD_AND_RUN,
                program.toString(),
                folder.resolve("input").toString(),
                folder.resolve("answer").toString(),
                "3",
                Integer.toString(image.channels()),
                Integer.toString(image.height()),
                Integer.toString(image.width())))
        .isEmpty();
    ByteBuffer answer =
        ByteBuffer.wrap(Files.readAllBytes(folder.resolve("answer")))
            .order(ByteOrder.LITTLE_ENDIAN);
    try (Engine ours = new BackendEngines("reference").open(problem)) {
      ours.run();
      float[] expected = ours.answer();
      double[] exact = new double[expected.length];
      float[] actual = new float[answer.capacity() / Float.BYTES];
      answer.asFloatBuffer().get(actual);
      for (int i = 0; i < exact.length; i++) {
        exact[i] = expected[i];
      }
      Answers.check(what, "python", actual, exact);
    }
  }

  /** What Debian's says if it fails. */
  private static String python(String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("/usr/bin/python3"));
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    try (InputStream said = process.getInputStream()) {
      String text = new String(said.readAllBytes(), StandardCharsets.UTF_8);
      int code = process.waitFor();
      return code == 0 ? "" : code + ": " + text;
    }
  }
}
