package org.resnet4j.bench.option;

import java.util.List;
import org.resnet4j.core.backend.Precision;
import picocli.CommandLine.Option;

/** The option that says in which precisions backends are measured. */
public final class PrecisionsArguments {
  @Option(
      names = {"--precisions", "--precision"},
      split = ",",
      paramLabel = "TYPE",
      converter = PrecisionArguments.Converter.class,
      description =
          "fp32, tf32, fp16, bf16: each backend in those that it computes in. Default: fp32.")
  private List<Precision> precisions = List.of(Precision.FP32);

  /** At least one. */
  public List<Precision> all() {
    return precisions.stream().distinct().toList();
  }
}
