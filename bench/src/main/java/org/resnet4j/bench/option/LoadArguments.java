package org.resnet4j.bench.option;

import java.util.List;
import java.util.stream.IntStream;
import org.resnet4j.core.backend.BackendOptions;
import picocli.CommandLine.Option;

/** The options that say how much runs at once. */
public final class LoadArguments {
  @Option(
      names = {"--batch", "--batches"},
      split = ",",
      paramLabel = "N",
      converter = AtLeastOne.class,
      description = "Images in a run, one or more such as 1,8. Default: ${DEFAULT-VALUE}.")
  private List<Integer> batches = List.of(1);

  @Option(
      names = "--threads",
      split = ",",
      paramLabel = "N",
      converter = ThreadCount.class,
      description = "CPU threads of each engine. Default: one for each processor.")
  private List<Integer> threads = List.of(BackendOptions.defaults().threads());

  /** One image at a time if nothing is said. */
  public LoadArguments() {}

  /** Other numbers of images if nothing is said. */
  public LoadArguments(int... batches) {
    this.batches = IntStream.of(batches).boxed().toList();
  }

  /** Images in a run. */
  public List<Integer> batches() {
    return batches;
  }

  /** CPU threads. */
  public List<Integer> threads() {
    return threads;
  }
}
