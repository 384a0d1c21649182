package org.resnet4j.bench.command;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.resnet4j.bench.failure.ExitCodes;
import org.resnet4j.bench.failure.Failures;
import org.resnet4j.bench.measure.BackendEngines;
import org.resnet4j.bench.option.Debugging;
import org.resnet4j.bench.option.PrecisionArguments;
import org.resnet4j.bench.option.Size;
import org.resnet4j.bench.option.Subject;
import org.resnet4j.bench.report.JsonLines;
import org.resnet4j.bench.report.Machine;
import org.resnet4j.bench.report.MeasuredMachine;
import org.resnet4j.bench.screen.Terminal;
import org.resnet4j.bench.screen.Units;
import org.resnet4j.core.backend.Availability;
import org.resnet4j.core.backend.Availability.Available;
import org.resnet4j.core.backend.Availability.Unavailable;
import org.resnet4j.core.backend.Backend;
import org.resnet4j.core.backend.BackendOptions;
import org.resnet4j.core.backend.BackendProvider;
import org.resnet4j.core.backend.Backends;
import org.resnet4j.core.backend.Plan;
import org.resnet4j.core.backend.Precision;
import org.resnet4j.core.backend.Requirement;
import org.resnet4j.core.backend.Requirement.Met;
import org.resnet4j.core.backend.Requirement.Unmet;
import org.resnet4j.core.backend.Requirement.Without;
import org.resnet4j.core.graph.Graph;
import org.resnet4j.core.image.JpegCodec;
import org.resnet4j.core.text.Quote;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.core.JsonGenerator;

/** {@code resnet4j doctor}. */
@Command(
    name = "doctor",
    description = {
      "Shows what this machine and this Java offer, and what is missing.",
      "",
      "With --debug also what a GPU's libraries decline of a ResNet-50, and why."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  resnet4j doctor",
      "  resnet4j doctor --self-test",
      "  resnet4j doctor --measure --json",
      "  resnet4j doctor --debug"
    })
public final class DoctorCommand implements Callable<Integer> {
  /** Of which it is asked what libraries decline. */
  private static final String SAMPLE = "resnet50";

  private static final Size SAMPLE_SIZE = new Size(64, 64);

  private final Terminal terminal;
  private final Supplier<List<BackendProvider>> backends;

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  @Option(
      names = "--self-test",
      description =
          "Compare answers with known ones until the JVM has compiled all kernels; exit 1 if one is"
              + " wrong.")
  private boolean selfTest;

  @Option(
      names = "--measure",
      description =
          "Measure what the machine model says of this processor, in some ten seconds in which"
              + " nothing else should run, and show both.")
  private boolean measure;

  @Spec private CommandSpec spec = CommandSpec.create();

  public DoctorCommand(Terminal terminal) {
    this(terminal, Backends::providers);
  }

  /** About backends, which are asked for when the command runs. */
  public DoctorCommand(Terminal terminal, Supplier<List<BackendProvider>> backends) {
    this.terminal = terminal;
    this.backends = backends;
  }

  @Override
  public Integer call() {
    Machine machine = Machine.current();
    List<Examined> examined = backends.get().stream().map(this::examine).toList();
    MeasuredMachine measured = measure ? MeasuredMachine.take() : null;
    if (json) {
      new JsonLines(terminal.out())
          .print(out -> {
            write(out, machine, examined);
            if (measured != null) {
              measured.write(out);
            }
          });
    } else {
      print(terminal.out(), machine, examined);
      if (measured != null) {
        terminal.out().println();
        measured.print(terminal.out());
      }
    }
    return examined.stream().allMatch(Examined::sound) ? ExitCodes.OK : ExitCodes.SOME_FAILED;
  }

  private Examined examine(BackendProvider backend) {
    return new Examined(
        backend.name(),
        backend.availability(),
        backend.requirements(),
        selfTest ? backend.selfTest() : List.of(),
        Debugging.isOn(spec) ? declined(backend) : List.of());
  }

  /** What a GPU's libraries decline of a network, by precision, and in their words why. */
  private static List<String> declined(BackendProvider provider) {
    List<String> declined = new ArrayList<>();
    if (BackendEngines.isOnCpu(provider.name()) || provider.availability() instanceof Unavailable) {
      return declined;
    }
    Graph graph = Subject.named(SAMPLE, SAMPLE_SIZE).fused();
    for (Precision precision : provider.precisions()) {
      String head = SAMPLE + " in " + PrecisionArguments.word(precision) + ": ";
      try (Backend backend = provider.open(BackendOptions.defaults().withPrecision(precision));
          Plan plan = backend.compile(graph)) {
        plan.notes().forEach(note -> declined.add(head + note));
      } catch (RuntimeException e) { // such as a precision that this device does not have
        declined.add(head + Failures.line(e));
      }
    }
    return declined;
  }

  /** What is known of a backend. */
  private record Examined(
      String name,
      Availability availability,
      List<Requirement> requirements,
      List<Requirement> selfTest,
      List<String> declined) {
    boolean sound() {
      return selfTest.stream().allMatch(Met.class::isInstance);
    }

    List<Requirement> all() {
      return Stream.concat(requirements.stream(), selfTest.stream()).toList();
    }
  }

  private void print(PrintStream out, Machine machine, List<Examined> examined) {
    out.println("java       " + machine.jdk() + ", " + machine.vendor());
    out.println("           " + machine.jvm());
    Machine.warning(machine.jdk()).ifPresent(text -> out.println("           warning: " + text));
    out.println("system     " + machine.os());
    out.println("processor  " + (machine.cpu() == null ? "unknown" : machine.cpu()));
    out.println("           " + machine.processors() + " available to this process");
    out.println(
        "memory     %s, heap up to %s"
            .formatted(Units.bytes(machine.memoryBytes()), Units.bytes(machine.maxHeapBytes())));
    out.println(
        "vectors    module jdk.incubator.vector " + (machine.vectorModule() ? "found" : "missing"));
    out.println("pictures   JPEG by " + JpegCodec.AUTO.describe());
    examined.forEach(backend -> print(out, backend));
  }

  private static void print(PrintStream out, Examined backend) {
    String name = "%-9s  ".formatted(backend.name());
    switch (backend.availability()) {
      case Available(String device) -> out.println(name + "ready: " + device);
      case Unavailable(String reason, String remedy) -> {
        out.println(name + "not available: " + reason);
        out.println("           " + remedy);
      }
    }
    for (Requirement requirement : backend.all()) {
      String what = "           %-9s  ".formatted(requirement.name());
      switch (requirement) {
        case Met(String _, String found) -> out.println(what + found);
        case Unmet(String _, String reason, String remedy) -> {
          out.println(what + "problem: " + reason);
          out.println("                      " + remedy);
        }
        case Without(String _, String reason, String remedy) -> {
          out.println(what + "none: " + reason);
          out.println("                      " + remedy);
        }
      }
    }
    backend.declined().forEach(line -> out.println("           declined   " + Quote.oneLine(line)));
  }

  private void write(JsonGenerator out, Machine machine, List<Examined> examined) {
    out.writeStringProperty("java", machine.jdk().toString());
    out.writeStringProperty("vendor", machine.vendor());
    out.writeStringProperty("jvm", machine.jvm());
    out.writeStringProperty("warning", Machine.warning(machine.jdk()).orElse(null));
    out.writeStringProperty("os", machine.os());
    out.writeStringProperty("cpu", machine.cpu());
    out.writeNumberProperty("processors", machine.processors());
    out.writeNumberProperty("memoryBytes", machine.memoryBytes());
    out.writeNumberProperty("maxHeapBytes", machine.maxHeapBytes());
    out.writeBooleanProperty("vectorModule", machine.vectorModule());
    out.writeStringProperty("jpeg", JpegCodec.AUTO.describe());
    out.writeArrayPropertyStart("backends");
    examined.forEach(backend -> write(out, backend));
    out.writeEndArray();
  }

  private static void write(JsonGenerator out, Examined backend) {
    out.writeStartObject();
    out.writeStringProperty("name", backend.name());
    switch (backend.availability()) {
      case Available(String device) -> {
        out.writeBooleanProperty("available", true);
        out.writeStringProperty("device", device);
      }
      case Unavailable(String reason, String remedy) -> {
        out.writeBooleanProperty("available", false);
        out.writeStringProperty("reason", reason);
        out.writeStringProperty("remedy", remedy);
      }
    }
    out.writeArrayPropertyStart("requirements");
    backend.all().forEach(requirement -> write(out, requirement));
    out.writeEndArray();
    if (!backend.declined().isEmpty()) {
      out.writeArrayPropertyStart("declined");
      backend.declined().forEach(out::writeString);
      out.writeEndArray();
    }
    out.writeEndObject();
  }

  private static void write(JsonGenerator out, Requirement requirement) {
    out.writeStartObject();
    out.writeStringProperty("name", requirement.name());
    switch (requirement) {
      case Met(String _, String found) -> {
        out.writeBooleanProperty("met", true);
        out.writeStringProperty("found", found);
      }
      case Unmet(String _, String reason, String remedy) -> {
        out.writeBooleanProperty("met", false);
        out.writeBooleanProperty("needed", true);
        out.writeStringProperty("reason", reason);
        out.writeStringProperty("remedy", remedy);
      }
      case Without(String _, String reason, String remedy) -> {
        out.writeBooleanProperty("met", false);
        out.writeBooleanProperty("needed", false);
        out.writeStringProperty("reason", reason);
        out.writeStringProperty("remedy", remedy);
      }
    }
    out.writeEndObject();
  }
}
