package org.resnet4j.spark.command;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.resnet4j.bench.failure.CommandException;
import org.resnet4j.bench.option.AlgorithmArguments;
import org.resnet4j.bench.option.AtLeastOne;
import org.resnet4j.bench.option.DecodingArguments;
import org.resnet4j.bench.option.PrecisionArguments;
import org.resnet4j.bench.option.ThreadCount;
import org.resnet4j.core.backend.AlgorithmChoice;
import org.resnet4j.core.backend.BackendOptions;
import org.resnet4j.core.backend.Precision;
import org.resnet4j.spark.ExecutorOptions;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options that say how executors run a network. */
final class ExecutorArguments {
  @Option(
      names = "--backend",
      paramLabel = "NAME",
      description = "cuda, simd or reference, on every executor. Default: simd.")
  private String backend = "simd";

  @Option(
      names = "--threads",
      paramLabel = "N",
      converter = ThreadCount.class,
      description = "Of each task's runs. Default: spark.task.cpus.")
  private @Nullable Integer threads;

  @Option(
      names = "--algorithms",
      paramLabel = "HOW",
      converter = AlgorithmArguments.Converter.class,
      description =
          "portable gives the same bits on every kind of processor; by-shape those that are fast"
              + " on each executor's own kind, or on that of --machine; measured times them there."
              + " Default: portable, and by-shape in bf16, which is not the same everywhere.")
  private @Nullable AlgorithmChoice algorithms;

  @Option(
      names = "--machine",
      paramLabel = "KIND",
      converter = AlgorithmArguments.MachineConverter.class,
      description = "Kind of processor that by-shape is for: zen4, zen5, xeon or generic.")
  private String machine = "";

  @Option(
      names = "--batch",
      paramLabel = "N",
      converter = AtLeastOne.class,
      description = "Pictures that a task runs at once. Default: 8.")
  private int batch = 8;

  @Mixin private PrecisionArguments precision = new PrecisionArguments();

  @Mixin private DecodingArguments decoding = new DecodingArguments();

  ExecutorOptions options() throws CommandException {
    Precision type = precision.applyTo(BackendOptions.defaults()).precision();
    AlgorithmChoice usual =
        type == Precision.BF16 ? AlgorithmChoice.BY_SHAPE : AlgorithmChoice.PORTABLE;
    return new ExecutorOptions(
        backend,
        threads == null ? 0 : threads,
        Objects.requireNonNullElse(algorithms, usual),
        machine,
        type,
        batch,
        decoding.options());
  }
}
