package org.resnet4j.bench.command;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.resnet4j.bench.failure.CommandException;
import org.resnet4j.bench.failure.ExitCodes;
import org.resnet4j.bench.measure.BackendEngines;
import org.resnet4j.bench.measure.EngineFactory;
import org.resnet4j.bench.measure.Protocol;
import org.resnet4j.bench.option.AlgorithmArguments;
import org.resnet4j.bench.option.DeviceArguments;
import org.resnet4j.bench.option.LoadArguments;
import org.resnet4j.bench.option.PeerArguments;
import org.resnet4j.bench.option.PrecisionArguments;
import org.resnet4j.bench.option.PrecisionsArguments;
import org.resnet4j.bench.option.Price;
import org.resnet4j.bench.option.Seconds;
import org.resnet4j.bench.option.Subject;
import org.resnet4j.bench.option.SubjectArguments;
import org.resnet4j.bench.option.Workload;
import org.resnet4j.bench.output.Ledger;
import org.resnet4j.bench.output.Outputs;
import org.resnet4j.bench.output.ResultFile;
import org.resnet4j.bench.page.ComparePage;
import org.resnet4j.bench.report.BenchReport;
import org.resnet4j.bench.result.EngineFacts;
import org.resnet4j.bench.result.MachineFacts;
import org.resnet4j.bench.result.Missing;
import org.resnet4j.bench.result.Results;
import org.resnet4j.bench.result.ResultsJson;
import org.resnet4j.bench.result.Row;
import org.resnet4j.bench.run.Cell;
import org.resnet4j.bench.run.CompareCampaign;
import org.resnet4j.bench.run.Facts;
import org.resnet4j.bench.run.Lineup;
import org.resnet4j.bench.run.Schedule;
import org.resnet4j.bench.screen.OutputException;
import org.resnet4j.bench.screen.Terminal;
import org.resnet4j.bench.screen.TimeBar;
import org.resnet4j.bench.screen.TuningBar;
import org.resnet4j.core.backend.BackendOptions;
import org.resnet4j.core.backend.BackendProvider;
import org.resnet4j.core.backend.Backends;
import org.resnet4j.core.backend.Precision;
import org.resnet4j.core.text.Quote;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code resnet4j compare}. */
@Command(
    name = "compare",
    description = {
      "Measures CPU, GPU and other engines in turns, and makes one page of it.",
      "",
      "Throughput and latency by batch, accuracy beside every time, where the time goes, and with"
          + " prices what a million pictures cost. Whatever is measured is written at once."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  resnet4j compare",
      "  resnet4j compare --models resnet18,resnet50 --peers onnxruntime,pytorch",
      "  resnet4j compare --backends simd,cuda --precisions fp32,fp16 \\",
      "    --price simd=0.17/h --price 'cuda fp16=2.5/h'"
    })
public final class CompareCommand implements Callable<Integer> {
  private static final String CPU = "simd";
  private static final String GPU = "cuda";

  private final Terminal terminal;
  private final List<EngineFactory> extra;

  @Mixin private SubjectArguments subjects = new SubjectArguments();

  @Mixin private LoadArguments load = new LoadArguments(1, 2, 4, 8, 16);

  @Option(
      names = {"--backends", "--backend"},
      split = ",",
      paramLabel = "NAME",
      description = "Our engines: simd, cuda, reference. Default: simd, and cuda where it runs.")
  private List<String> backends = List.of();

  @Mixin private PrecisionsArguments precisions = new PrecisionsArguments();

  @Mixin private AlgorithmArguments algorithms = new AlgorithmArguments();

  @Mixin private DeviceArguments device = new DeviceArguments();

  @Mixin private PeerArguments peers = new PeerArguments();

  @Option(
      names = "--seconds",
      paramLabel = "S",
      converter = Seconds.class,
      description = "Timed for each engine of a configuration, beside the warm-up. Default: 2.")
  private double seconds = 2;

  @Option(
      names = "--price",
      paramLabel = "NAME=AMOUNT/h",
      converter = Price.Converter.class,
      description = "What an hour of an engine's machine costs, for each engine.")
  private List<Price> prices = List.of();

  @Option(names = "--out", paramLabel = "FILE", description = "The page. Default: report.html.")
  private Path out = Path.of("report.html");

  @Option(names = "--json", paramLabel = "FILE", description = "Write the results there too.")
  private @Nullable Path json;

  @Option(
      names = "--old",
      paramLabel = "FILE",
      description = "Results of an earlier run, to show what has changed.")
  private @Nullable Path old;

  @Spec private CommandSpec spec = CommandSpec.create();

  public CompareCommand(Terminal terminal) {
    this(terminal, List.of());
  }

  /** With engines to compare with beside the peers. */
  public CompareCommand(Terminal terminal, List<EngineFactory> extra) {
    this.terminal = terminal;
    this.extra = List.copyOf(extra);
  }

  @Override
  public Integer call() throws IOException, CommandException {
    subjects.byDefault("resnet50");
    subjects.check(spec.name());
    peers.check(subjects.hasWeights());
    checkFiles();
    @Nullable Results before = old == null ? null : ResultsJson.read(old);
    List<BackendEngines> ours = ours();
    SubjectArguments.Subjects opened = subjects.open(terminal);
    List<Cell> cells = cells(opened.all(), ours);
    Lineup lineup = new Lineup();
    ours.forEach(lineup::add);
    for (String name : peers.names()) {
      lineup.add(name, peers.version(name), () -> peers.open(name, opened.file()));
    }
    extra.forEach(engine -> lineup.add(engine.name(), "", () -> engine));
    int number = device.applyTo(BackendOptions.defaults()).device();
    if (number != 0 && lineup.facts().stream().allMatch(EngineFacts::isOnCpu)) {
      throw new CommandException(
          "--device " + number, "there is no GPU here of that number", "leave it out");
    }
    if (lineup.engines().isEmpty()) {
      throw new CommandException(
          spec.name(), "nothing can run here", lineup.missing().getFirst().reason());
    }
    MachineFacts machine = Facts.machine(spec, lineup.facts(), prices(lineup));
    Protocol protocol = Protocol.of(seconds);
    Schedule schedule =
        new Schedule(cells, lineup.facts(), protocol, machine.peakGflopsPerThread());
    BenchReport report = new BenchReport(terminal.out(), machine, opened.all());
    try (Ledger<Results> ledger = new Ledger<>(Results.of(machine, null), copies(before));
        TimeBar bar = new TimeBar(terminal, schedule.seconds())) {
      report.begin();
      lineup
          .missing()
          .forEach(
              each -> terminal.out().println("without  " + Quote.oneLine(Missing.describe(each))));
      report.plan(cells.size(), lineup.facts().size(), schedule.seconds());
      report.headings();
      show();
      boolean complete =
          new CompareCampaign(
                  lineup,
                  schedule,
                  !subjects.hasWeights(),
                  witnesses(ours),
                  ledger,
                  new Screen(bar, report))
              .run();
      bar.clear();
      terminal.out().println();
      terminal.out().println("page     " + out);
      return complete && isAllHere(lineup) ? ExitCodes.OK : ExitCodes.SOME_FAILED;
    }
  }

  private void checkFiles() throws IOException, CommandException {
    for (Map.Entry<String, Path> each : files().entrySet()) {
      Outputs.requireFile(each.getKey(), each.getValue());
      subjects.requireOther(each.getKey(), each.getValue());
      Outputs.requireOther(
          each.getKey(), each.getValue(), "the network for PyTorch", peers.torchscript());
    }
    Outputs.requireOther("--json", json, "the page", out);
    Outputs.requireOther("--old", old, "the page", out);
    Outputs.requireOther("--old", old, "the new results", json);
    ResultFile.page("--out", out).check();
    if (json != null) {
      ResultFile.json(json).check();
    }
  }

  private Map<String, Path> files() {
    Map<String, Path> files = new LinkedHashMap<>(Map.of("--out", out));
    if (json != null) {
      files.put("--json", json);
    }
    return files;
  }

  /** Each backend in each precision that it computes in. */
  private List<BackendEngines> ours() throws CommandException {
    BackendOptions base =
        device.applyTo(
            algorithms.applyTo(
                new BackendOptions(load.threads().getFirst()).withTuning(new TuningBar(terminal))));
    List<BackendEngines> engines = new ArrayList<>();
    List<Precision> unused = new ArrayList<>(precisions.all());
    for (String name : new LinkedHashSet<>(backends.isEmpty() ? List.of(CPU, GPU) : backends)) {
      BackendProvider provider = provider(name);
      List<Precision> known =
          precisions.all().stream().filter(provider.precisions()::contains).toList();
      unused.removeAll(known);
      for (Precision precision : known) {
        boolean plain = known.size() == 1 && precision == Precision.FP32;
        String called = plain ? name : name + " " + PrecisionArguments.word(precision);
        BackendOptions its = BackendEngines.isOnCpu(name) ? base.withDevice(0) : base;
        engines.add(new BackendEngines(name, called, its.withPrecision(precision)));
      }
    }
    if (!unused.isEmpty()) {
      throw new CommandException(
          "--precisions " + PrecisionArguments.word(unused.getFirst()),
          "no backend that was named computes in it",
          "add --backends cuda");
    }
    return engines;
  }

  private static BackendProvider provider(String name) throws CommandException {
    List<BackendProvider> all = Backends.providers();
    for (BackendProvider provider : all) {
      if (provider.name().equals(name)) {
        return provider;
      }
    }
    throw new CommandException(
        "--backends " + Quote.name(name),
        "there is no such backend",
        "found: " + String.join(", ", all.stream().map(BackendProvider::name).sorted().toList()));
  }

  private List<Cell> cells(List<Subject> all, List<BackendEngines> ours) throws CommandException {
    boolean onCpu = ours.stream().anyMatch(engine -> BackendEngines.isOnCpu(engine.backend()));
    List<Cell> cells = new ArrayList<>();
    for (Subject subject : all) {
      for (int threads : load.threads()) {
        for (int batch : load.batches()) {
          new Workload(subject, batch).check(onCpu);
          cells.add(new Cell(subject, threads, batch));
        }
      }
    }
    return cells;
  }

  /** Prices of engines that there are. */
  private Map<String, Double> prices(Lineup lineup) throws CommandException {
    List<String> names =
        Stream.concat(
                lineup.facts().stream().map(engine -> engine.name()),
                lineup.missing().stream().map(missing -> String.valueOf(missing.engine())))
            .toList();
    Map<String, Double> amounts = new LinkedHashMap<>();
    for (Price price : prices) {
      if (!names.contains(price.engine())) {
        throw new CommandException(
            "--price " + Quote.name(price.engine()),
            "there is no such engine here",
            "there are: " + String.join(", ", names));
      }
      amounts.put(price.engine(), price.amount());
    }
    return amounts;
  }

  private List<Ledger.Copy<Results>> copies(@Nullable Results before) {
    List<Ledger.Copy<Results>> copies = new ArrayList<>();
    if (json != null) {
      copies.add(
          new Ledger.Copy<>(ResultFile.json(json), results -> ResultsJson.write(results) + "\n"));
    }
    copies.add(
        new Ledger.Copy<>(
            ResultFile.page("--out", out), results -> ComparePage.of(results, before)));
    return copies;
  }

  /** Whatever else computes has to agree with the CPU's float32. */
  private static List<EngineFactory> witnesses(List<BackendEngines> ours) {
    return ours.stream().anyMatch(engine -> engine.isFloat32(CPU))
        ? List.of()
        : List.of(new BackendEngines(CPU));
  }

  /** Whether everybody who was named takes part. */
  private boolean isAllHere(Lineup lineup) {
    return lineup.missing().stream()
        .allMatch(
            missing -> backends.isEmpty() && String.valueOf(missing.engine()).startsWith(GPU));
  }

  /** The page and the file of results need no reader. */
  private void show() throws OutputException {
    terminal.flushIfRead();
  }

  /** Shows what a campaign finds. */
  private final class Screen implements CompareCampaign.Watcher {
    private final TimeBar bar;
    private final BenchReport report;

    Screen(TimeBar bar, BenchReport report) {
      this.bar = bar;
      this.report = report;
    }

    @Override
    public void at(String what, double done) {
      bar.show(what, done);
    }

    @Override
    public void timed(List<Row> rows) throws IOException {
      bar.clear();
      report.add(rows);
      show();
    }

    @Override
    public void lacks(Missing what) {
      bar.clear();
      terminal.err().println("resnet4j: " + Quote.oneLine(Missing.describe(what)));
    }
  }
}
