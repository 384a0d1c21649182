package org.resnet4j.spark.command;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;

import java.io.IOException;
import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Observation;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.jspecify.annotations.Nullable;
import org.resnet4j.bench.failure.CommandException;
import org.resnet4j.bench.failure.ExitCodes;
import org.resnet4j.bench.option.AtLeastOne;
import org.resnet4j.bench.option.ModelArguments;
import org.resnet4j.bench.option.Workload;
import org.resnet4j.bench.screen.Terminal;
import org.resnet4j.core.model.PretrainedModel;
import org.resnet4j.core.text.Quote;
import org.resnet4j.spark.ExecutorOptions;
import org.resnet4j.spark.SparkNetwork;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code resnet4j spark-classify}. */
@Command(
    name = "spark-classify",
    description = {
      "Says what is in pictures, on the executors of Apache Spark.",
      "",
      "Pictures lie on any file system that Spark reads. One that is not sound is a row with an"
          + " error."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  resnet4j spark-classify photos/ --out classes.parquet",
      "  resnet4j spark-classify photos/ --recursive --embed --out features.parquet",
      "  resnet4j spark-classify s3a://bucket/photos --master spark://host:7077"
          + " --out s3a://bucket/classes --weights resnet50.safetensors"
    })
final class SparkClassifyCommand implements Callable<Integer> {
  /** Pictures of a task, which takes seconds to minutes then. */
  private static final int TASK = 500;

  private static final int USUAL_TOP = 5;

  /** Tasks for each core, so that those that end first take more. */
  private static final int TASKS_PER_CORE = 4;

  private final Terminal terminal;

  @Parameters(
      arity = "1..*",
      paramLabel = "FILE|DIR",
      description =
          "Paths or globs of JPEG, PNG, GIF, BMP, TIFF or WebP files, and of directories whose files"
              + " with the endings of these are meant.")
  private List<String> names = List.of();

  @Option(names = "--recursive", description = "Search the directories in directories, too.")
  private boolean recursive;

  @Option(
      names = "--top",
      paramLabel = "K",
      converter = AtLeastOne.class,
      description = "How many classes to name for a picture. Default: 5.")
  private @Nullable Integer top;

  @Option(names = "--embed", description = "The pictures' features in place of their classes.")
  private boolean embed;

  @Option(
      names = "--out",
      paramLabel = "PATH",
      description =
          "A folder to write, with the columns path, predictions or features, and error. Default:"
              + " standard output, by way of this machine's memory.")
  private @Nullable String out;

  @Option(
      names = "--format",
      paramLabel = "NAME",
      description = "Of that folder's files: ${COMPLETION-CANDIDATES}. Default: parquet.")
  private OutputFolder.Format format = OutputFolder.Format.PARQUET;

  @Option(names = "--force", description = "Replace the folder if Spark has written it.")
  private boolean force;

  @Option(names = "--json", description = "Print one JSON object for each picture.")
  private boolean json;

  @Option(
      names = "--master",
      paramLabel = "URL",
      description = "Of the cluster. Default: what spark-submit says, else local[*].")
  private @Nullable String master;

  @Option(
      names = "--conf",
      paramLabel = "KEY=VALUE",
      description = "A setting of Spark; may be given several times.")
  private Map<String, String> settings = new LinkedHashMap<>();

  @Mixin private ModelArguments modelArguments = new ModelArguments();

  @Mixin private ExecutorArguments executorArguments = new ExecutorArguments();

  SparkClassifyCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws IOException, CommandException {
    if (out != null && json) {
      throw new CommandException(
          "--json", "is for standard output, and --out is given", "leave one of them out");
    }
    if (embed && top != null) {
      throw new CommandException(
          "--top", "counts classes, and --embed gives none", "leave one of them out");
    }
    ExecutorOptions options = executorArguments.options();
    options.check();
    PretrainedModel model =
        embed
            ? modelArguments.load(terminal)
            : modelArguments.loadClassifier(terminal, "--embed gives these");
    Workload.requireArray(model.graph().inputShape(), options.batch());
    try (SparkSession spark = Sessions.open(terminal, master, settings)) {
      return run(spark, model, options);
    } catch (CommandException | IllegalStateException e) {
      if (Sessions.isEnding()) {
        return ExitCodes.BAD_INPUT; // the signal's takes its place
      }
      if (e instanceof IllegalStateException stopped) {
        throw SparkFailures.ofStop(stopped);
      }
      throw e;
    }
  }

  private int run(SparkSession spark, PretrainedModel model, ExecutorOptions options)
      throws IOException, CommandException {
    if (out == null) {
      List<String> paths = paths(spark);
      List<Row> rows =
          job(spark, null, () -> answers(spark, model, options, paths).collectAsList());
      return exitCode(new PrintedRows(terminal, model.name(), json).print(rows));
    }
    long start = System.nanoTime();
    try (OutputFolder folder = OutputFolder.of(spark, out, force)) {
      List<String> paths = paths(spark);
      folder.requireApart(paths);
      String beside = folder.writtenTo();
      Counts counts = job(spark, out, () -> write(answers(spark, model, options, paths), beside));
      if (counts.all() != paths.size()) {
        throw new CommandException(
            "spark", counts.all() + " rows of " + paths.size() + " pictures", "run it again");
      }
      if (counts.refused() == counts.all() && folder.replaces()) {
        throw new CommandException(
            "--out " + Quote.brief(out),
            "each of %s pictures has an error, and what was there stays".formatted(counts.all()),
            "another name takes a table of errors");
      }
      folder.publish();
      printSummary(spark, model, options, folder, counts, (System.nanoTime() - start) / 1e9);
      return exitCode(counts);
    }
  }

  private List<String> paths(SparkSession spark) throws CommandException, IOException {
    return new PictureListing(spark.sparkContext().hadoopConfiguration(), recursive).paths(names);
  }

  private static int exitCode(Counts counts) {
    return counts.refused() == 0
        ? ExitCodes.OK
        : counts.refused() == counts.all() ? ExitCodes.BAD_INPUT : ExitCodes.SOME_FAILED;
  }

  private void printSummary(
      SparkSession spark,
      PretrainedModel model,
      ExecutorOptions options,
      OutputFolder folder,
      Counts counts,
      double seconds) {
    PrintStream screen = terminal.out();
    screen.println("model    " + Quote.line(model.name() + ": " + model.description()));
    screen.println(
        "spark    %s, backend %s, %s algorithms"
            .formatted(
                spark.sparkContext().master(),
                options.backend(),
                options.algorithms().name().toLowerCase(Locale.ROOT).replace('_', '-')));
    screen.println(
        String.format(
            Locale.ROOT,
            "written  %s: %d pictures, %d with errors, %.1f s",
            Quote.oneLine(folder.shown()),
            counts.all(),
            counts.refused(),
            seconds));
  }

  private Dataset<Row> answers(
      SparkSession spark, PretrainedModel model, ExecutorOptions options, List<String> paths) {
    JavaSparkContext context = new JavaSparkContext(spark.sparkContext());
    int tasks = Math.max(paths.size() / TASK, TASKS_PER_CORE * context.defaultParallelism());
    Dataset<Row> pictures =
        spark
            .createDataset(
                context.parallelize(paths, Math.min(paths.size(), tasks)).rdd(), Encoders.STRING())
            .toDF("path");
    SparkNetwork network = SparkNetwork.share(spark, model, options);
    return embed
        ? network.embed(pictures, "path")
        : network.classify(pictures, "path", top == null ? USUAL_TOP : top);
  }

  /** Counted as they are written: what Spark runs again counts once. */
  private Counts write(Dataset<Row> answers, String folder) {
    Observation counts = new Observation();
    answers
        .observe(counts, count(lit(1)), count(col("error")))
        .write()
        .format(format.toString())
        .save(folder);
    Row seen = counts.getRow();
    return new Counts(seen.getLong(0), seen.getLong(1));
  }

  /** What Spark does, and for a user what it has failed of. */
  private <T> T job(SparkSession spark, @Nullable String written, Supplier<T> work)
      throws CommandException {
    try {
      return work.get();
    } catch (Exception e) { // SparkException is one that nobody declares
      throw SparkFailures.ofJob(e, settings, spark.sparkContext().isLocal(), written);
    }
  }
}
