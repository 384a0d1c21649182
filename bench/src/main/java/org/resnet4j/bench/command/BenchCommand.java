package org.resnet4j.bench.command;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.resnet4j.bench.failure.CommandException;
import org.resnet4j.bench.failure.ExitCodes;
import org.resnet4j.bench.failure.Failures;
import org.resnet4j.bench.measure.Answers;
import org.resnet4j.bench.measure.BackendEngines;
import org.resnet4j.bench.measure.Clock;
import org.resnet4j.bench.measure.Comparison;
import org.resnet4j.bench.measure.EngineFactory;
import org.resnet4j.bench.measure.PeakFlops;
import org.resnet4j.bench.measure.Problem;
import org.resnet4j.bench.measure.Protocol;
import org.resnet4j.bench.measure.Rounds;
import org.resnet4j.bench.measure.Score;
import org.resnet4j.bench.measure.WrongAnswerException;
import org.resnet4j.bench.option.AlgorithmArguments;
import org.resnet4j.bench.option.AtLeastOne;
import org.resnet4j.bench.option.DeviceArguments;
import org.resnet4j.bench.option.PeerArguments;
import org.resnet4j.bench.option.PrecisionArguments;
import org.resnet4j.bench.option.Seconds;
import org.resnet4j.bench.option.Size;
import org.resnet4j.bench.option.Slowness;
import org.resnet4j.bench.option.Subject;
import org.resnet4j.bench.option.ThreadCount;
import org.resnet4j.bench.option.WeightsPlace;
import org.resnet4j.bench.option.Workload;
import org.resnet4j.bench.report.BenchReport;
import org.resnet4j.bench.screen.ProgressBar;
import org.resnet4j.bench.screen.Terminal;
import org.resnet4j.bench.screen.TuningBar;
import org.resnet4j.core.backend.Backend;
import org.resnet4j.core.backend.BackendOptions;
import org.resnet4j.core.backend.Backends;
import org.resnet4j.core.backend.InsufficientMemoryException;
import org.resnet4j.core.graph.Graph;
import org.resnet4j.core.model.ResNetSpec;
import org.resnet4j.core.model.ResNets;
import org.resnet4j.core.text.Quote;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code resnet4j bench}. */
@Command(
    name = "bench",
    description = {
      "Measures images per second, alone or in turns with other engines.",
      "",
      "Every engine gets the same network and the same picture, and has to give the same answer"
          + " before anything is timed."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  resnet4j bench --model resnet50",
      "  resnet4j bench --model all --batch 1,8 --threads 1,2 --peer onnxruntime --json FILE",
      "  resnet4j bench --weights resnet50.onnx --peer onnxruntime",
      "  resnet4j bench --model resnet50 --backend cuda --precision fp16 --against simd"
    })
public final class BenchCommand implements Callable<Integer> {
  private static final double WARM_UP_SECONDS = 1;
  private static final String WITNESS = "simd";

  private final Terminal terminal;
  private final List<EngineFactory> extra;

  @Option(
      names = "--model",
      split = ",",
      paramLabel = "NAME",
      description = "Networks, or all for torchvision's ten. Default: that of --weights.")
  private List<String> models = List.of();

  @Option(
      names = "--batch",
      split = ",",
      paramLabel = "N",
      converter = AtLeastOne.class,
      description = "Images in a run. Default: 1.")
  private List<Integer> batches = List.of(1);

  @Option(
      names = "--threads",
      split = ",",
      paramLabel = "N",
      converter = ThreadCount.class,
      description = "CPU threads of each engine. Default: one for each processor.")
  private List<Integer> threads = List.of(BackendOptions.defaults().threads());

  @Option(
      names = "--backend",
      paramLabel = "NAME",
      description = "Our engine: simd, cuda or reference. Default: simd.")
  private String backend = "simd";

  @Option(
      names = "--against",
      split = ",",
      paramLabel = "NAME",
      description =
          "More of our backends to compare it with, in float32 and with algorithms by shape, such"
              + " as cuda with simd.")
  private List<String> against = List.of();

  @Mixin private AlgorithmArguments algorithms = new AlgorithmArguments();

  @Mixin private PrecisionArguments precision = new PrecisionArguments();

  @Mixin private DeviceArguments device = new DeviceArguments();

  @Mixin private PeerArguments peers = new PeerArguments();

  @Option(
      names = "--seconds",
      paramLabel = "S",
      converter = Seconds.class,
      description = "Timed for each engine of a row, beside the warm-up. Default: 3.")
  private double seconds = 3;

  @Option(
      names = "--size",
      paramLabel = "HxW",
      converter = Size.Converter.class,
      description =
          "Height and width of the picture. Default: 224x224, or what --weights were made for.")
  private @Nullable Size size;

  @Option(
      names = "--weights",
      paramLabel = WeightsPlace.LABEL,
      converter = WeightsPlace.Converter.class,
      description =
          "Your network: safetensors, .pth, .onnx, a folder, or a model of the Hugging Face hub."
              + " onnxruntime gets an ONNX file as it is. Default: generated weights.")
  private @Nullable WeightsPlace weights;

  @Option(names = "--json", paramLabel = "FILE", description = "Write the results there too.")
  private @Nullable Path json;

  public BenchCommand(Terminal terminal) {
    this(terminal, List.of());
  }

  /** With engines to compare with beside the peers. */
  public BenchCommand(Terminal terminal, List<EngineFactory> extra) {
    this.terminal = terminal;
    this.extra = List.copyOf(extra);
  }

  @Override
  public Integer call() throws IOException, CommandException {
    List<String> chosen = chosen();
    CommandException.requireOther(
        "--json", json, "the weights", weights == null ? null : weights.file());
    CommandException.requireOther("--json", json, "the network for PyTorch", peers.torchscript());
    if (against.contains(backend)) {
      throw new CommandException(
          "--against " + backend, "is what is measured already", "name another backend");
    }
    peers.check(weights != null);
    boolean onCpu =
        BackendEngines.isOnCpu(backend) || against.stream().anyMatch(BackendEngines::isOnCpu);
    @Nullable Path file = weights == null ? null : weights.locate(terminal);
    List<Subject> subjects = subjects(chosen, file);
    for (Subject subject : subjects) {
      for (int batch : batches) {
        new Workload(subject, batch).check(onCpu);
      }
    }
    BackendOptions options =
        device.applyTo(
            precision.applyTo(
                new BackendOptions(threads.getFirst()).withTuning(new TuningBar(terminal))));
    Map<String, BackendOptions> variants = algorithms.variants(options);
    String described = describe(backend, variants.values().iterator().next());
    Slowness.warn(terminal, backend, Backends.providers());
    List<EngineFactory> engines = new ArrayList<>();
    variants.forEach((name, variant) ->
        engines.add(new BackendEngines(backend, (backend + " " + name).strip(), variant)));
    Map<String, String> others = new LinkedHashMap<>();
    for (String name : new LinkedHashSet<>(against)) {
      others.put(name, describe(name, new BackendOptions(threads.getFirst())));
      engines.add(new BackendEngines(name));
    }
    engines.addAll(peers.open(file));
    engines.addAll(extra);
    Comparison comparison =
        new Comparison(engines, witnesses(), Answers.limit(options.precision()));
    BenchReport report =
        new BenchReport(
            terminal, json, PeakFlops.gflops(), described, others, peers.versions(), subjects);
    report.begin();
    boolean agreed = true;
    Protocol protocol = new Protocol(seconds, WARM_UP_SECONDS);
    int turns =
        new Rounds(protocol, Clock.SYSTEM, () -> {}).steps(engines.size())
            * subjects.size()
            * threads.size()
            * batches.size();
    try (ProgressBar bar = new ProgressBar(terminal, turns, "turns")) {
      Turns done = new Turns(bar);
      for (Subject subject : subjects) {
        agreed &= compare(subject, comparison, protocol, done, bar, report);
      }
    }
    report.end();
    return agreed ? ExitCodes.OK : ExitCodes.SOME_FAILED;
  }

  /** Moves the bar by a turn. */
  private static final class Turns implements Runnable {
    private final ProgressBar bar;
    private int done;

    Turns(ProgressBar bar) {
      this.bar = bar;
    }

    @Override
    public void run() {
      bar.show(++done);
    }
  }

  /** All rows of a network; whether all could be measured and agree. */
  private boolean compare(
      Subject subject,
      Comparison comparison,
      Protocol protocol,
      Turns done,
      ProgressBar bar,
      BenchReport report)
      throws IOException, CommandException {
    boolean agreed = true;
    Graph graph = null;
    for (int count : threads) {
      for (int batch : batches) {
        try {
          graph = graph == null ? subject.fused() : graph;
          Problem problem =
              new Problem(subject.name(), graph, batch, count, Subject.input(batch, graph));
          List<Score> scores = comparison.run(problem, new Rounds(protocol, Clock.SYSTEM, done));
          bar.clear();
          report.add(problem, scores);
        } catch (WrongAnswerException e) {
          bar.clear();
          tell(String.valueOf(e.getMessage()));
          agreed = false;
        } catch (InsufficientMemoryException e) {
          if (isAll()) {
            throw new Workload(subject, batch).refused(e);
          }
          bar.clear();
          tell("%s, batch %s: %s".formatted(subject.name(), batch, e.getMessage()));
          agreed = false; // and another row may do
        } catch (OutOfMemoryError e) {
          if (isAll()) {
            throw e;
          }
          bar.clear();
          tell("%s, batch %s: %s".formatted(subject.name(), batch, Failures.line(e)));
          agreed = false;
        }
      }
    }
    return agreed;
  }

  private void tell(String what) {
    terminal.err().println("resnet4j: " + Quote.oneLine(what));
  }

  /** Whether there is one row, whose failure is the command's. */
  private boolean isAll() {
    return models.size() <= 1 && !models.contains("all") && threads.size() * batches.size() == 1;
  }

  /** Another backend has to agree with the CPU's. */
  private List<EngineFactory> witnesses() {
    return backend.equals(WITNESS) || against.contains(WITNESS)
        ? List.of()
        : List.of(new BackendEngines(WITNESS));
  }

  /** The names of the networks; with weights one or none. */
  private List<String> chosen() throws CommandException {
    if (weights == null && models.isEmpty()) {
      throw new CommandException(
          "bench", "no network is named", "name one with --model, or your own with --weights");
    }
    List<String> chosen =
        models.equals(List.of("all"))
            ? ResNets.all().stream().map(ResNetSpec::name).toList()
            : models;
    chosen.forEach(ResNets::named);
    if (weights != null && chosen.size() > 1) {
      throw new CommandException(
          "--weights", "is for one network", "name it with --model, or leave --weights out");
    }
    return chosen;
  }

  private List<Subject> subjects(List<String> names, @Nullable Path file) throws IOException {
    if (file != null) {
      return List.of(Subject.own(file, names.isEmpty() ? null : names.getFirst(), size));
    }
    return names.stream().map(name -> Subject.named(name, size)).toList();
  }

  /** Whether the backend is there at all is known before peers are fetched. */
  private static String describe(String backend, BackendOptions options) {
    try (Backend opened = Backends.open(backend, options)) {
      return PrecisionArguments.describe(opened, options.precision());
    }
  }
}
