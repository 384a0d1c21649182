package org.resnet4j.bench.command;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.resnet4j.bench.failure.CommandException;
import org.resnet4j.bench.failure.ExitCodes;
import org.resnet4j.bench.measure.Alternatives;
import org.resnet4j.bench.measure.BackendEngines;
import org.resnet4j.bench.measure.Clock;
import org.resnet4j.bench.measure.PeakFlops;
import org.resnet4j.bench.measure.Problem;
import org.resnet4j.bench.measure.Protocol;
import org.resnet4j.bench.measure.Rounds;
import org.resnet4j.bench.measure.WrongAnswerException;
import org.resnet4j.bench.option.AtLeastOne;
import org.resnet4j.bench.option.BackendArguments;
import org.resnet4j.bench.option.Debugging;
import org.resnet4j.bench.option.Seconds;
import org.resnet4j.bench.option.Subject;
import org.resnet4j.bench.option.SubjectArguments;
import org.resnet4j.bench.option.Workload;
import org.resnet4j.bench.output.Outputs;
import org.resnet4j.bench.output.ResultFile;
import org.resnet4j.bench.page.ComparePage;
import org.resnet4j.bench.report.ProfileReport;
import org.resnet4j.bench.result.EngineFacts;
import org.resnet4j.bench.result.LayerProfile;
import org.resnet4j.bench.result.MachineFacts;
import org.resnet4j.bench.result.Results;
import org.resnet4j.bench.result.ResultsJson;
import org.resnet4j.bench.run.Cell;
import org.resnet4j.bench.run.Facts;
import org.resnet4j.bench.run.Layers;
import org.resnet4j.bench.screen.ProgressBar;
import org.resnet4j.bench.screen.Terminal;
import org.resnet4j.core.backend.Backend;
import org.resnet4j.core.backend.InsufficientMemoryException;
import org.resnet4j.core.backend.Precision;
import org.resnet4j.core.graph.Graph;
import org.resnet4j.simd.WorkerPool;
import org.resnet4j.simd.kernel.conv.ConvShape;
import org.resnet4j.simd.kernel.matrix.MatrixKernels;
import org.resnet4j.simd.kernel.matrix.MatrixPeak;
import org.resnet4j.simd.machine.MachineModel;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code resnet4j profile}. */
@Command(
    name = "profile",
    description = {
      "Shows where a network's time goes, step by step.",
      "",
      "GFLOP/s count the operations of the layer's definition, whatever its algorithm does."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  resnet4j profile --model resnet50",
      "  resnet4j profile --model resnet50 --html layers.html",
      "  resnet4j profile --model resnet18 --threads 1 --alternatives"
    })
public final class ProfileCommand implements Callable<Integer> {
  private static final double ALTERNATIVES_SHARE = 0.1;

  private final Terminal terminal;

  @Mixin private SubjectArguments subjects = new SubjectArguments();

  @Option(
      names = "--batch",
      paramLabel = "N",
      converter = AtLeastOne.class,
      description = "Images in a run. Default: 1.")
  private int batch = 1;

  @Mixin private BackendArguments backendArguments = new BackendArguments();

  @Option(
      names = "--seconds",
      paramLabel = "S",
      converter = Seconds.class,
      description =
          "Timed, beside the warm-up; a tenth of it for each of --alternatives. Default: 2.")
  private double seconds = 2;

  @Option(
      names = "--alternatives",
      description =
          "Also time every algorithm that could serve each convolution, beside what is expected of"
              + " it, and mark the one that does.")
  private boolean alternatives;

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  @Option(
      names = "--html",
      paramLabel = "FILE",
      description = "Also make a page of it, with every layer beside its limit.")
  private @Nullable Path html;

  @Spec private CommandSpec spec = CommandSpec.create();

  public ProfileCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws IOException, CommandException {
    subjects.check(spec.name());
    checkPage();
    BackendArguments.Choice choice = backendArguments.open(terminal);
    try (Backend backend = choice.backend()) {
      Subject subject = subject();
      Workload workload = new Workload(subject, batch);
      workload.check(BackendEngines.isOnCpu(backend.name()));
      if (alternatives && !backend.name().equals("simd")) {
        throw new CommandException(
            "--alternatives", "is for the simd backend", "add --backend simd, or leave it out");
      }
      Graph graph = subject.fused();
      Problem problem = new Cell(subject, backendArguments.threads(), batch).problem(graph);
      Layers layers = take(backend, choice.precision(), problem, workload);
      List<Alternatives.ConvTimes> convs = alternatives ? time(graph, layers) : List.of();
      LayerProfile profile = layers.result(backend.name(), choice.device(), convs);
      if (json) {
        terminal.out().println(ResultsJson.write(profile));
      } else {
        new ProfileReport(profile, Debugging.isOn(spec)).print(terminal.out());
        if (Debugging.isOn(spec) && isOnMatrixUnits(backend, choice.precision())) {
          terminal.out().println("\n" + MatrixKernels.listing());
        }
      }
      if (html != null) {
        terminal.flushIfRead();
        write(html, profile, choice);
      }
      return ExitCodes.OK;
    }
  }

  /** Before anything is measured, whether the page can be written. */
  private void checkPage() throws IOException, CommandException {
    if (html != null) {
      Outputs.requireFile("--html", html);
      subjects.requireOther("--html", html);
      ResultFile.page("--html", html).check();
    }
  }

  private void write(Path page, LayerProfile profile, BackendArguments.Choice choice)
      throws IOException {
    EngineFacts engine = Facts.of(choice.backend(), choice.backend().name(), choice.precision());
    MachineFacts machine =
        Facts.machine(spec, List.of(engine), profile.peakGflopsPerThread(), Map.of());
    ResultFile.page("--html", page)
        .write(ComparePage.of(Results.of(machine, null).plus(profile), null));
  }

  private Subject subject() throws IOException, CommandException {
    List<Subject> all = subjects.open(terminal).all();
    if (all.size() > 1) {
      throw new CommandException(
          subjects.named(), "profile is for one network", "compare measures several");
    }
    return all.getFirst();
  }

  private static boolean isOnMatrixUnits(Backend backend, Precision precision) {
    return backend.name().equals("simd") && precision == Precision.BF16;
  }

  private Layers take(Backend backend, Precision precision, Problem problem, Workload workload)
      throws CommandException {
    Protocol protocol = Protocol.of(seconds);
    double peak = isOnMatrixUnits(backend, precision) ? MatrixPeak.gflops() : PeakFlops.gflops();
    try {
      return Layers.take(backend, problem, peak, protocol);
    } catch (InsufficientMemoryException e) {
      throw workload.refused(e);
    } catch (WrongAnswerException e) {
      throw new CommandException(
          subjects.named(), String.valueOf(e.getMessage()), "resnet4j classify names the layer");
    }
  }

  private List<Alternatives.ConvTimes> time(Graph graph, Layers layers) throws CommandException {
    Map<ConvShape, String> shapes = Alternatives.shapes(graph);
    double each = ALTERNATIVES_SHARE * seconds;
    Rounds rounds = Rounds.onOnePool(new Protocol(each, each), Clock.SYSTEM);
    List<Alternatives.ConvTimes> times = new ArrayList<>();
    MachineModel machine = backendArguments.machine();
    try (WorkerPool threads = new WorkerPool(backendArguments.threads());
        ProgressBar bar = new ProgressBar(terminal, shapes.size(), "convolutions")) {
      for (Map.Entry<ConvShape, String> entry : shapes.entrySet()) {
        ConvShape shape = entry.getKey();
        String node = entry.getValue();
        List<Alternatives.Timed> timed =
            Alternatives.time(shape, layers.kernel(node), batch, threads, machine, rounds);
        times.add(new Alternatives.ConvTimes(node, shape, timed));
        bar.show(times.size());
      }
    } catch (WrongAnswerException e) {
      throw new CommandException(
          "--alternatives", String.valueOf(e.getMessage()), "run resnet4j verify and report it");
    }
    return times;
  }
}
