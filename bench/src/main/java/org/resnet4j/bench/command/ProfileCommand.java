package org.resnet4j.bench.command;

import java.io.IOException;
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
import org.resnet4j.bench.measure.Profile;
import org.resnet4j.bench.measure.Protocol;
import org.resnet4j.bench.measure.ReadBandwidth;
import org.resnet4j.bench.measure.Roofline;
import org.resnet4j.bench.measure.Rounds;
import org.resnet4j.bench.measure.WrongAnswerException;
import org.resnet4j.bench.option.AtLeastOne;
import org.resnet4j.bench.option.BackendArguments;
import org.resnet4j.bench.option.Seconds;
import org.resnet4j.bench.option.Size;
import org.resnet4j.bench.option.Subject;
import org.resnet4j.bench.option.WeightsPlace;
import org.resnet4j.bench.option.Workload;
import org.resnet4j.bench.report.JsonLines;
import org.resnet4j.bench.report.ProfileReport;
import org.resnet4j.bench.screen.ProgressBar;
import org.resnet4j.bench.screen.Terminal;
import org.resnet4j.core.backend.Backend;
import org.resnet4j.core.backend.InsufficientMemoryException;
import org.resnet4j.core.graph.Graph;
import org.resnet4j.simd.WorkerPool;
import org.resnet4j.simd.kernel.conv.ConvShape;
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
      "  resnet4j profile --model resnet18 --threads 1 --alternatives"
    })
public final class ProfileCommand implements Callable<Integer> {
  private static final double ALTERNATIVES_SHARE = 0.1;
  private static final double WARM_UP_SECONDS = 1;

  private final Terminal terminal;

  @Option(
      names = "--model",
      paramLabel = "NAME",
      description = "The network, such as resnet50. Default: that of --weights.")
  private @Nullable String model;

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
              + " Default: generated weights.")
  private @Nullable WeightsPlace weights;

  @Option(
      names = "--alternatives",
      description =
          "Also time every algorithm that could serve each convolution, beside what is expected of"
              + " it, and mark the one that does.")
  private boolean alternatives;

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  @Spec private CommandSpec spec = CommandSpec.create();

  public ProfileCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws IOException, CommandException {
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
      int threads = backendArguments.threads();
      double peak = PeakFlops.gflops();
      Problem problem =
          new Problem(subject.name(), graph, batch, threads, Subject.input(batch, graph));
      Profile profile = take(backend, problem, workload);
      List<Alternatives.ConvTimes> convs = alternatives ? time(graph, profile) : List.of();
      Roofline roofline = roofline(backend, peak, profile, threads);
      ProfileReport report =
          new ProfileReport(problem, choice.device(), peak, roofline, profile, convs, isDebug());
      if (json) {
        new JsonLines(terminal.out()).print(report::write);
      } else {
        report.print(terminal.out());
      }
      return ExitCodes.OK;
    }
  }

  private Subject subject() throws IOException, CommandException {
    if (weights != null) {
      return Subject.own(weights.locate(terminal), model, size);
    }
    if (model == null) {
      throw new CommandException(
          "profile", "no network is named", "name one with --model, or your own with --weights");
    }
    return Subject.named(model, size);
  }

  private boolean isDebug() {
    return Boolean.TRUE.equals(spec.root().findOption("--debug").getValue());
  }

  private Profile take(Backend backend, Problem problem, Workload workload)
      throws CommandException {
    try {
      return Profile.take(backend, problem, new Protocol(seconds, WARM_UP_SECONDS));
    } catch (InsufficientMemoryException e) {
      throw workload.refused(e);
    } catch (WrongAnswerException e) {
      throw new CommandException(
          weights == null ? "--model " + model : weights.toString(),
          String.valueOf(e.getMessage()),
          "resnet4j classify names the layer");
    }
  }

  /** What is measured here holds for backends that run on the CPU. */
  private static Roofline roofline(Backend backend, double peak, Profile profile, int threads) {
    return BackendEngines.isOnCpu(backend.name())
        ? new Roofline(
            peak * threads, ReadBandwidth.gigabytesPerSecond(profile.weightBytes(), threads))
        : Roofline.UNKNOWN;
  }

  private List<Alternatives.ConvTimes> time(Graph graph, Profile profile) throws CommandException {
    Map<ConvShape, String> shapes = Alternatives.shapes(graph);
    double each = ALTERNATIVES_SHARE * seconds;
    Rounds rounds = new Rounds(new Protocol(each, each), Clock.SYSTEM, () -> {});
    List<Alternatives.ConvTimes> times = new ArrayList<>();
    MachineModel machine = backendArguments.machine();
    try (WorkerPool threads = new WorkerPool(backendArguments.threads());
        ProgressBar bar = new ProgressBar(terminal, shapes.size(), "convolutions")) {
      for (Map.Entry<ConvShape, String> entry : shapes.entrySet()) {
        ConvShape shape = entry.getKey();
        String node = entry.getValue();
        List<Alternatives.Timed> timed =
            Alternatives.time(shape, profile.kernel(node), batch, threads, machine, rounds);
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
