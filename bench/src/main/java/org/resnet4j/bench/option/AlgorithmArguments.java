package org.resnet4j.bench.option;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.resnet4j.bench.failure.CommandException;
import org.resnet4j.core.backend.AlgorithmChoice;
import org.resnet4j.core.backend.BackendOptions;
import org.resnet4j.core.text.Quote;
import org.resnet4j.simd.machine.MachineModel;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** The options that say how the CPU backend decides between algorithms. */
public final class AlgorithmArguments {
  @Option(
      names = "--algorithms",
      split = ",",
      paramLabel = "HOW",
      converter = Converter.class,
      description =
          "by-shape, portable or measured, for the simd backend. portable gives the same bits on"
              + " every kind of processor, in fp32. measured times the algorithms of each convolution at"
              + " first, some seconds for each, and keeps the results in the user's cache"
              + " directory; bits may differ from run to run. Default: by-shape.")
  private List<AlgorithmChoice> choices = List.of(AlgorithmChoice.BY_SHAPE);

  @Option(
      names = "--machine",
      split = ",",
      paramLabel = "KIND",
      converter = MachineConverter.class,
      description =
          "Kind of processor that by-shape is for: zen4, zen5, xeon or generic. Default: this one.")
  private List<String> machines = List.of("");

  /**
   * These options with the choice.
   *
   * @throws CommandException if there are several
   */
  public BackendOptions applyTo(BackendOptions options) throws CommandException {
    Map<String, BackendOptions> variants = variants(options);
    if (variants.size() > 1) {
      throw new CommandException(
          choices.size() > 1 ? "--algorithms" : "--machine",
          "are several, which only bench compares",
          "name one");
    }
    return variants.values().iterator().next();
  }

  /**
   * Each choice for each kind of processor, by a name of its own; that of a single one is empty.
   */
  public Map<String, BackendOptions> variants(BackendOptions options) {
    Map<String, BackendOptions> variants = new LinkedHashMap<>();
    for (AlgorithmChoice choice : choices) {
      for (String machine : machines) {
        List<String> name = new ArrayList<>();
        if (choices.size() > 1) {
          name.add(text(choice));
        }
        if (machines.size() > 1) {
          name.add(machine);
        }
        variants.put(String.join(" ", name), options.withAlgorithms(choice).withMachine(machine));
      }
    }
    return variants;
  }

  private static String text(AlgorithmChoice choice) {
    return choice.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Reads {@code by-shape}, {@code portable} and {@code measured}. */
  public static final class Converter implements ITypeConverter<AlgorithmChoice> {
    @Override
    public AlgorithmChoice convert(String text) {
      for (AlgorithmChoice choice : AlgorithmChoice.values()) {
        if (text(choice).equals(text)) {
          return choice;
        }
      }
      throw new TypeConversionException(
          "must be by-shape, portable or measured, got " + Quote.name(text));
    }
  }

  /** Reads the name of a kind of processor. */
  public static final class MachineConverter implements ITypeConverter<String> {
    @Override
    public String convert(String text) {
      if (MachineModel.named(text).isEmpty()) {
        throw new TypeConversionException(
            "must be one of %s, got %s".formatted(MachineModel.names(), Quote.name(text)));
      }
      return text;
    }
  }
}
