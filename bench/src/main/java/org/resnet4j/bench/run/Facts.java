package org.resnet4j.bench.run;

import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.resnet4j.bench.measure.BackendEngines;
import org.resnet4j.bench.measure.PeakFlops;
import org.resnet4j.bench.option.PeerArguments;
import org.resnet4j.bench.report.Machine;
import org.resnet4j.bench.report.Version;
import org.resnet4j.bench.result.EngineFacts;
import org.resnet4j.bench.result.EngineFacts.Kind;
import org.resnet4j.bench.result.MachineFacts;
import org.resnet4j.core.backend.Backend;
import org.resnet4j.core.backend.Backends;
import org.resnet4j.core.backend.Precision;
import picocli.CommandLine.Model.CommandSpec;

/** What is written down of a machine and its engines before they are timed. */
public final class Facts {
  /** How the emulator's devices are called. */
  private static final String EMULATED = "Emulated";

  private Facts() {}

  /**
   * This machine's; measures its peak, which takes a moment.
   *
   * @param spec of the command that measures
   */
  public static MachineFacts machine(
      CommandSpec spec, List<EngineFacts> engines, Map<String, Double> prices) throws IOException {
    return machine(spec, engines, PeakFlops.gflops(), prices);
  }

  /**
   * This machine's, whose peak has been measured.
   *
   * @param spec of the command that measures
   * @param peak GFLOP/s of one thread
   */
  public static MachineFacts machine(
      CommandSpec spec, List<EngineFacts> engines, double peak, Map<String, Double> prices)
      throws IOException {
    Machine machine = Machine.current();
    return new MachineFacts(
        machine.cpu(),
        machine.processors(),
        machine.jdk().toString(),
        machine.os(),
        machine.memoryBytes(),
        Version.number(),
        command(spec),
        engines,
        peak,
        Instant.now().truncatedTo(ChronoUnit.SECONDS).toString(),
        prices);
  }

  /**
   * One of ours, opened for a moment.
   *
   * @throws org.resnet4j.core.backend.BackendUnavailableException if it cannot run here
   * @throws IllegalArgumentException if it does not compute in its precision
   */
  public static EngineFacts ours(BackendEngines engine) {
    try (Backend opened = Backends.open(engine.backend(), engine.options())) {
      return of(opened, engine.name(), engine.options().precision());
    }
  }

  /** One of ours that is open. */
  public static EngineFacts of(Backend opened, String name, Precision precision) {
    String device = opened.device();
    Kind kind =
        BackendEngines.isOnCpu(opened.name())
            ? Kind.CPU
            : device.startsWith(EMULATED) ? Kind.EMULATOR : Kind.GPU;
    return new EngineFacts(name, kind, device, word(precision), null);
  }

  /** Another engine. */
  public static EngineFacts peer(String name, String version) {
    return new EngineFacts(name, Kind.PEER, "CPU", PeerArguments.precision(name), version);
  }

  private static String word(Precision precision) {
    return precision.name().toLowerCase(Locale.ROOT);
  }

  /** As a shell takes it. */
  private static String command(CommandSpec spec) {
    return "./resnet4j "
        + spec.root().commandLine().getParseResult().originalArgs().stream()
            .map(Facts::quoted)
            .collect(Collectors.joining(" "));
  }

  private static String quoted(String argument) {
    return argument.matches("[\\w@%+=:,./-]+")
        ? argument
        : "'" + argument.replace("'", "'\\''") + "'";
  }
}
