package org.resnet4j.bench.result;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Where a run took place, with what, and how.
 *
 * @param cpu its name; null if unknown
 * @param cores processors of the machine that the process may use
 * @param jdk version
 * @param os name, version and architecture
 * @param memoryBytes of the machine or container; null in files that do not say
 * @param version ours; null in files that do not say
 * @param command the line that started the run; null in files that do not say
 * @param engines what was compared
 * @param peakGflopsPerThread multiply-adds of one thread in registers alone, two operations each
 * @param date when it began, in UTC
 * @param prices for an hour of an engine, in one currency
 */
public record MachineFacts(
    @Nullable String cpu,
    int cores,
    String jdk,
    String os,
    @Nullable Long memoryBytes,
    @Nullable String version,
    @Nullable String command,
    List<EngineFacts> engines,
    double peakGflopsPerThread,
    String date,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) Map<String, Double> prices) {
  /**
   * With copies; what a file lacks is empty.
   *
   * @throws NullPointerException if date, JDK or system are missing
   * @throws IllegalArgumentException if a number cannot be what it should be
   */
  public MachineFacts(
      @Nullable String cpu,
      int cores,
      @Nullable String jdk,
      @Nullable String os,
      @Nullable Long memoryBytes,
      @Nullable String version,
      @Nullable String command,
      @Nullable List<EngineFacts> engines,
      double peakGflopsPerThread,
      @Nullable String date,
      @Nullable Map<String, Double> prices) {
    this.cpu = cpu;
    this.cores = Checks.atLeast(1, cores, "cores");
    this.jdk = Objects.requireNonNull(jdk, "it does not say with which JDK");
    this.os = Objects.requireNonNull(os, "it does not say on which system");
    Checks.notNegative(memoryBytes == null ? 0L : memoryBytes, "memoryBytes of the machine");
    this.memoryBytes = memoryBytes;
    this.version = version;
    this.command = command;
    this.engines = Checks.list(engines, "engines");
    this.peakGflopsPerThread = Checks.positive(peakGflopsPerThread, "peakGflopsPerThread");
    this.date = Objects.requireNonNull(date, "it does not say when");
    this.prices = Checks.amounts(prices, "prices");
  }

  /** The engine of a name; null if nothing is said of it. */
  public @Nullable EngineFacts engine(String name) {
    return engines.stream().filter(engine -> engine.name().equals(name)).findFirst().orElse(null);
  }
}
