package org.resnet4j.bench.option;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.resnet4j.bench.failure.CommandException;
import org.resnet4j.bench.screen.Terminal;
import org.resnet4j.bench.screen.TuningBar;
import org.resnet4j.core.backend.Availability;
import org.resnet4j.core.backend.Backend;
import org.resnet4j.core.backend.BackendOptions;
import org.resnet4j.core.backend.BackendProvider;
import org.resnet4j.core.backend.BackendUnavailableException;
import org.resnet4j.core.backend.Backends;
import org.resnet4j.core.backend.Precision;
import org.resnet4j.core.image.DecodeOptions;
import org.resnet4j.simd.machine.MachineModel;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options that choose what computes. */
public final class BackendArguments {
  private static final String AUTO = "auto";
  private static final List<String> PREFERENCE = List.of("cuda", "simd", "reference");

  @Option(
      names = "--backend",
      paramLabel = "NAME",
      defaultValue = AUTO,
      description =
          "auto, cuda, simd or reference; auto takes the first of these three that can run here"
              + " and says why. Default: ${DEFAULT-VALUE}.")
  private String name = AUTO;

  @Option(
      names = "--threads",
      paramLabel = "N",
      converter = ThreadCount.class,
      description = "CPU threads. Default: one for each processor.")
  private @Nullable Integer threads;

  @Mixin private AlgorithmArguments algorithms = new AlgorithmArguments();

  @Mixin private PrecisionArguments precision = new PrecisionArguments();

  @Mixin private DeviceArguments device = new DeviceArguments();

  /**
   * An open backend and how it was found.
   *
   * @param precision in which it was opened
   * @param passedOver why auto did not take the better ones; empty if the user named it
   */
  public record Choice(
      Backend backend, Precision precision, boolean automatic, List<String> passedOver) {
    /** For people: {@code "simd: CPU, 512-bit vectors, FMA, 2 threads"}. */
    public String device() {
      return backend.name() + ": " + PrecisionArguments.describe(backend, precision);
    }

    /** The same with what decodes its pictures: {@code "..., JPEG by libjpeg-turbo"}. */
    public String device(DecodeOptions decoding) {
      return device() + ", JPEG by " + decoding.jpegCodec().describe();
    }
  }

  /**
   * Opens it.
   *
   * @param terminal where it is shown how far it is with choosing algorithms
   * @throws BackendUnavailableException if it cannot run here or there is none of that name
   * @throws IllegalArgumentException if it does not compute in the precision asked for
   * @throws CommandException if the options name several ways to choose algorithms
   */
  public Choice open(Terminal terminal) throws CommandException {
    BackendOptions options = options().withTuning(new TuningBar(terminal));
    return name.equals(AUTO)
        ? choose(Backends.providers(), options)
        : new Choice(Backends.open(name, options), options.precision(), false, List.of());
  }

  /** The threads it gets. */
  public int threads() {
    return chosen().threads();
  }

  /** The kind of processor that algorithms are chosen for. */
  public MachineModel machine() throws CommandException {
    return MachineModel.named(options().machine()).orElse(MachineModel.current());
  }

  private BackendOptions chosen() {
    BackendOptions defaults = BackendOptions.defaults();
    return threads == null ? defaults : defaults.withThreads(threads);
  }

  private BackendOptions options() throws CommandException {
    return device.applyTo(precision.applyTo(algorithms.applyTo(chosen())));
  }

  /** The first of the preferred ones that has the device and computes in the precision. */
  static Choice choose(List<BackendProvider> providers, BackendOptions options) {
    List<String> passedOver = new ArrayList<>();
    for (String preferred : PREFERENCE) {
      for (BackendProvider provider : providers) {
        if (!provider.name().equals(preferred)) {
          continue;
        }
        switch (provider.availability(options.device())) {
          case Availability.Available _ -> {
            if (provider.precisions().contains(options.precision())) {
              try {
                provider.check(options);
                return new Choice(provider.open(options), options.precision(), true, passedOver);
              } catch (BackendUnavailableException e) {
                passedOver.add(preferred + ": " + e.reason());
              }
            } else {
              passedOver.add(preferred + ": does not compute in " + options.precision());
            }
          }
          case Availability.Unavailable(String reason, String _) ->
              passedOver.add(preferred + ": " + reason);
        }
      }
    }
    throw new BackendUnavailableException(
        AUTO,
        "nothing can run here (" + String.join("; ", passedOver) + ")",
        (options.device() == 0 ? "" : "leave --device out, or ") + "see resnet4j doctor");
  }
}
