package org.resnet4j.bench.command;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.resnet4j.bench.failure.CommandException;
import org.resnet4j.bench.failure.ExitCodes;
import org.resnet4j.bench.files.Entrant;
import org.resnet4j.bench.files.FilesCampaign;
import org.resnet4j.bench.files.FilesContest;
import org.resnet4j.bench.files.PictureSet;
import org.resnet4j.bench.measure.BackendEngines;
import org.resnet4j.bench.measure.Comparison;
import org.resnet4j.bench.measure.EngineFactory;
import org.resnet4j.bench.measure.Protocol;
import org.resnet4j.bench.option.AlgorithmArguments;
import org.resnet4j.bench.option.DecodingArguments;
import org.resnet4j.bench.option.DeviceArguments;
import org.resnet4j.bench.option.Inputs;
import org.resnet4j.bench.option.LoadArguments;
import org.resnet4j.bench.option.PeerArguments;
import org.resnet4j.bench.option.Percent;
import org.resnet4j.bench.option.PrecisionArguments;
import org.resnet4j.bench.option.Seconds;
import org.resnet4j.bench.option.Slowness;
import org.resnet4j.bench.option.Subject;
import org.resnet4j.bench.option.SubjectArguments;
import org.resnet4j.bench.option.Workload;
import org.resnet4j.bench.output.Ledger;
import org.resnet4j.bench.output.Outputs;
import org.resnet4j.bench.output.ResultFile;
import org.resnet4j.bench.report.BenchReport;
import org.resnet4j.bench.result.EngineFacts;
import org.resnet4j.bench.result.MachineFacts;
import org.resnet4j.bench.result.Results;
import org.resnet4j.bench.result.ResultsJson;
import org.resnet4j.bench.run.BenchCampaign;
import org.resnet4j.bench.run.Cell;
import org.resnet4j.bench.run.Contest;
import org.resnet4j.bench.run.Facts;
import org.resnet4j.bench.run.Schedule;
import org.resnet4j.bench.screen.Terminal;
import org.resnet4j.bench.screen.TimeBar;
import org.resnet4j.bench.screen.TuningBar;
import org.resnet4j.core.backend.BackendOptions;
import org.resnet4j.core.backend.Backends;
import org.resnet4j.core.backend.Precision;
import org.resnet4j.core.image.DecodeOptions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

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
      "  resnet4j bench --model all --batch 1,8 --peer onnxruntime --json all.json",
      "  resnet4j bench --weights resnet50.onnx --peer onnxruntime",
      "  resnet4j bench --backend cuda --precision fp16 --against simd",
      "  resnet4j bench --model resnet50 --files photos --peer onnxruntime"
    })
public final class BenchCommand implements Callable<Integer> {
  private static final String WITNESS = "simd";
  private static final int FILES_BATCH = 8;

  private final Terminal terminal;
  private final List<EngineFactory> extra;

  @Mixin private SubjectArguments subjects = new SubjectArguments();

  @Mixin private LoadArguments load = new LoadArguments();

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

  @Option(names = "--json", paramLabel = "FILE", description = "Write the results there too.")
  private @Nullable Path json;

  @Option(
      names = "--files",
      paramLabel = "FILE|DIR",
      description =
          "Classify these pictures, from files to answers, beside what one thread takes for each part"
              + " and what all could reach. Repeat it for more. The batch is 8 if none is named.")
  private List<Path> files = List.of();

  @Option(
      names = "--load",
      split = ",",
      paramLabel = "PERCENT",
      converter = Percent.class,
      description =
          "With --files: send pictures at such shares of the capacity, by callers who wait for nobody,"
              + " and say how long they wait and how many are refused.")
  private List<Integer> loads = List.of();

  @Option(names = "--http", description = "With --load: send each load over HTTP, too.")
  private boolean http;

  @Mixin private DecodingArguments decodingArguments = new DecodingArguments();

  @Spec private CommandSpec spec = CommandSpec.create();

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
    subjects.check(spec.name());
    Outputs.requireFile("--json", json);
    subjects.requireOther("--json", json);
    Outputs.requireOther("--json", json, "the network for PyTorch", peers.torchscript());
    if (against.contains(backend) && !isLessThanFloat32OnCpu()) {
      throw new CommandException(
          "--against " + backend, "is what is measured already", "name another backend");
    }
    peers.check(subjects.hasWeights());
    if (!files.isEmpty()) {
      return benchFiles() ? ExitCodes.OK : ExitCodes.SOME_FAILED;
    }
    checkJson();
    for (String option : List.of("--load", "--http", "--decoder", "--exif", "--max-pixels")) {
      if (spec.commandLine().getParseResult().hasMatchedOption(option)) {
        throw new CommandException(option, "is for --files", "add that, or leave it out");
      }
    }
    boolean onCpu =
        BackendEngines.isOnCpu(backend) || against.stream().anyMatch(BackendEngines::isOnCpu);
    SubjectArguments.Subjects opened = subjects.open(terminal);
    List<Cell> cells = cells(opened.all());
    for (Cell cell : cells) {
      new Workload(cell.subject(), cell.batch()).check(onCpu);
    }
    List<BackendEngines> ours = ours();
    List<EngineFacts> facts = facts(ours);
    List<EngineFactory> engines = new ArrayList<>(ours);
    engines.addAll(peers.open(opened.file()));
    engines.addAll(extra);
    MachineFacts machine = Facts.machine(spec, facts, Map.of());
    Protocol protocol = Protocol.of(seconds);
    Schedule schedule = new Schedule(cells, facts, protocol, machine.peakGflopsPerThread());
    Contest contest = new Contest(new Comparison(engines, witnesses()), protocol, machine);
    BenchReport report = new BenchReport(terminal.out(), machine, opened.all());
    try (Ledger<Results> ledger = new Ledger<>(Results.of(machine, null), copies());
        TimeBar bar = new TimeBar(terminal, schedule.secondsOfCells())) {
      report.begin();
      report.plan(cells.size(), engines.size(), schedule.secondsOfCells());
      report.headings();
      BenchCampaign campaign =
          new BenchCampaign(schedule, contest, report, ledger, terminal, bar, json == null);
      return campaign.run() ? ExitCodes.OK : ExitCodes.SOME_FAILED;
    }
  }

  /** Before networks are loaded and peers fetched. */
  private void checkJson() throws IOException, CommandException {
    if (json != null) {
      ResultFile.json(json).check();
    }
  }

  /** Whether the backends are there is known before peers are fetched. */
  private List<EngineFacts> facts(List<BackendEngines> ours) throws IOException {
    List<EngineFacts> facts = new ArrayList<>();
    for (BackendEngines engine : ours) {
      facts.add(Facts.ours(engine));
    }
    Slowness.warn(terminal, backend, Backends.providers());
    peers.versions().forEach((name, version) -> facts.add(Facts.peer(name, version)));
    return facts;
  }

  /** Returns whether all pictures could be read, and all configurations measured. */
  private boolean benchFiles() throws IOException, CommandException {
    peers.checkShared("--files");
    if (http && loads.isEmpty()) {
      throw new CommandException("--http", "is for --load", "add that, or leave it out");
    }
    Inputs inputs = Inputs.flat(files);
    if (json != null) {
      Outputs.requireOther("--json", json, "a picture", inputs.files());
    }
    checkJson();
    SubjectArguments.Models models = subjects.models(terminal);
    boolean batchIsNamed = spec.commandLine().getParseResult().hasMatchedOption("--batch");
    List<Integer> batches = batchIsNamed ? load.batches() : List.of(FILES_BATCH);
    for (String name : models.names()) {
      for (int batch : batches) {
        new Workload(models.outlines().apply(name), batch, false)
            .check(BackendEngines.isOnCpu(backend));
      }
    }
    List<BackendEngines> ours = ours();
    List<EngineFacts> facts = facts(ours);
    DecodeOptions decoding = decodingArguments.options();
    PictureSet pictures = PictureSet.of(inputs.files(), decoding);
    List<Entrant> entrants = new ArrayList<>();
    ours.forEach(each -> entrants.add(new Entrant.Ours(each)));
    peers.openShared(models.file()).forEach(each -> entrants.add(new Entrant.Peer(each)));
    MachineFacts machine = Facts.machine(spec, facts, Map.of());
    BenchReport.printMachine(terminal.out(), machine);
    FilesCampaign campaign =
        new FilesCampaign(
            machine,
            new FilesContest(entrants, pictures, decoding, seconds),
            models,
            load.threads(),
            batches,
            loads,
            http);
    boolean complete =
        campaign.run(
            terminal,
            files.stream().map(Path::toString).collect(Collectors.joining(", ")),
            copies());
    return complete && pictures.unsound() == 0;
  }

  private List<Cell> cells(List<Subject> all) {
    List<Cell> cells = new ArrayList<>();
    for (Subject subject : all) {
      for (int threads : load.threads()) {
        for (int batch : load.batches()) {
          cells.add(new Cell(subject, threads, batch));
        }
      }
    }
    return cells;
  }

  /** The backend in each of its variants, then those that it is compared with. */
  private List<BackendEngines> ours() {
    int threads = load.threads().getFirst();
    BackendOptions options =
        device.applyTo(
            precision.applyTo(new BackendOptions(threads).withTuning(new TuningBar(terminal))));
    List<BackendEngines> engines = new ArrayList<>();
    algorithms
        .variants(options)
        .forEach((name, variant) ->
            engines.add(new BackendEngines(backend, called(name, variant.precision()), variant)));
    for (String name : new LinkedHashSet<>(against)) {
      engines.add(new BackendEngines(name, name, new BackendOptions(threads)));
    }
    return engines;
  }

  /** The CPU's backend is called by its precision, too, as it may stand beside itself. */
  private String called(String variant, Precision computes) {
    String precisely = isLessThanFloat32OnCpu() ? " " + PrecisionArguments.word(computes) : "";
    return (backend + precisely + " " + variant).strip();
  }

  private boolean isLessThanFloat32OnCpu() {
    Precision computes = precision.applyTo(BackendOptions.defaults()).precision();
    return BackendEngines.isOnCpu(backend) && computes != Precision.FP32;
  }

  private <R> List<Ledger.Copy<R>> copies() {
    return json == null
        ? List.of()
        : List.of(
            new Ledger.Copy<>(ResultFile.json(json), results -> ResultsJson.write(results) + "\n"));
  }

  /** Whatever else computes has to agree with the CPU's float32. */
  private List<EngineFactory> witnesses() {
    boolean heard = ours().stream().anyMatch(engine -> engine.isFloat32(WITNESS));
    return heard && !isLessThanFloat32OnCpu() ? List.of() : List.of(new BackendEngines(WITNESS));
  }
}
