package org.resnet4j.bench.jmh;

import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.format.OutputFormat;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;
import org.openjdk.jmh.util.Statistics;
import org.resnet4j.bench.measure.PeakFlops;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Times the kernels in JVMs of their own, then prints what share of the machine they use. */
@Command(name = "kernels", mixinStandardHelpOptions = true)
public final class KernelBenchmarks implements Callable<Integer> {
  private static final int WARMUPS = 2;
  private static final int ITERATIONS = 5;

  private final PrintStream out;
  private final PrintStream err;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--filter",
      paramLabel = "REGEX",
      description =
          "Which lines: found in 'conv C>K@HxW kR sN pN gN NAME' or 'gemm mM nN kK NAME'.")
  private Pattern filter = Pattern.compile("");

  @Option(names = "--list", description = "Print the lines and time nothing.")
  private boolean list;

  @Option(names = "--json", paramLabel = "FILE", description = "JMH's results.")
  private @Nullable Path json;

  @Option(
      names = "--openblas",
      paramLabel = "FILE",
      description = "A library of your own; without it Maven fetches one.")
  private @Nullable Path openblas;

  @Option(
      names = "--forks",
      paramLabel = "N",
      description = "JVMs for each line; ${DEFAULT-VALUE}.")
  private int forks = 1;

  @Option(
      names = "--millis",
      paramLabel = "N",
      description = "An iteration's length; ${DEFAULT-VALUE}.")
  private int millis = 500;

  KernelBenchmarks(PrintStream out, PrintStream err) {
    this.out = out;
    this.err = err;
  }

  /** Runs the benchmarks and ends the process. */
  public static void main(String[] args) {
    System.exit(run(args, System.out, System.err));
  }

  /** Returns 0 if all was timed, 1 if a benchmark failed, 2 for wrong usage. */
  static int run(String[] args, PrintStream out, PrintStream err) {
    return new CommandLine(new KernelBenchmarks(out, err))
        .setErr(new PrintWriter(err, true, StandardCharsets.UTF_8))
        .execute(args);
  }

  @Override
  public Integer call() throws RunnerException {
    List<KernelCase> cases = selected();
    if (list) {
      cases.forEach(one -> out.println(one.line()));
      return ExitCode.OK;
    }
    ChainedOptionsBuilder options = options();
    cases = withOpenBlas(cases, options);
    if (cases.isEmpty()) {
      throw usage("--filter " + filter + ": nothing to time; --list prints what there is");
    }
    choose(ConvBenchmark.class, ConvBenchmark.PARAMETER, cases, options);
    choose(GemmBenchmark.class, GemmBenchmark.PARAMETER, cases, options);
    double peak = PeakFlops.gflops();
    KernelResults results = new KernelResults(cases, run(options.build()), peak);
    results.print(out);
    return results.missing() ? ExitCode.SOFTWARE : ExitCode.OK;
  }

  private List<KernelCase> selected() {
    return Stream.<KernelCase>concat(
            KernelCases.convolutions().stream(), KernelCases.gemms().stream())
        .filter(one -> filter.matcher(one.line()).find())
        .toList();
  }

  private ChainedOptionsBuilder options() {
    ChainedOptionsBuilder options =
        new OptionsBuilder()
            .forks(forks)
            .warmupIterations(WARMUPS)
            .warmupTime(TimeValue.milliseconds(millis))
            .measurementIterations(ITERATIONS)
            .measurementTime(TimeValue.milliseconds(millis));
    return json == null
        ? options
        : options.result(json.toString()).resultFormat(ResultFormatType.JSON);
  }

  /** Tells the forks where OpenBLAS lies; where it cannot be fetched, says why and goes without. */
  private List<KernelCase> withOpenBlas(List<KernelCase> cases, ChainedOptionsBuilder options) {
    if (cases.stream().noneMatch(KernelBenchmarks::byOpenBlas)) {
      return cases;
    }
    try {
      Path file = openblas == null ? OpenBlas.fetch() : openblas.toAbsolutePath();
      err.println(file + ": kernels for " + OpenBlas.load(file).core());
      options.jvmArgsAppend("-D" + OpenBlas.PROPERTY + "=" + file);
      return cases;
    } catch (IOException | IllegalArgumentException | IllegalStateException e) {
      if (openblas != null) {
        throw usage("--openblas " + openblas + ": " + e.getMessage());
      }
      err.println("without openblas: " + e.getMessage());
      return cases.stream().filter(one -> !byOpenBlas(one)).toList();
    }
  }

  private static boolean byOpenBlas(KernelCase one) {
    return one.engine().equals(OpenBlas.NAME);
  }

  private static void choose(
      Class<?> benchmark, String kind, List<KernelCase> cases, ChainedOptionsBuilder options) {
    String[] parameters =
        cases.stream()
            .filter(one -> one.kind().equals(kind))
            .map(KernelCase::parameter)
            .toArray(String[]::new);
    if (parameters.length > 0) {
      options.include(Pattern.quote(benchmark.getName() + ".")).param(kind, parameters);
    }
  }

  /** By {@link KernelCase#line}; a benchmark that failed is not among them. */
  private Map<String, Statistics> run(Options options) throws RunnerException {
    Map<String, Statistics> micros = new HashMap<>();
    OutputFormat log = OutputFormatFactory.createFormatInstance(err, VerboseMode.NORMAL);
    for (RunResult result : new Runner(options, log).run()) {
      for (String kind : result.getParams().getParamsKeys()) {
        micros.put(
            kind + " " + result.getParams().getParam(kind),
            result.getPrimaryResult().getStatistics());
      }
    }
    return micros;
  }

  private ParameterException usage(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
