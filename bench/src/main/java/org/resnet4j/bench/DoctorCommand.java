package org.resnet4j.bench;

import java.io.PrintStream;
import java.util.List;
import java.util.concurrent.Callable;
import org.resnet4j.core.backend.Availability.Available;
import org.resnet4j.core.backend.Availability.Unavailable;
import org.resnet4j.core.backend.BackendProvider;
import org.resnet4j.core.backend.Backends;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.core.JsonGenerator;

/** {@code resnet4j doctor}. */
@Command(
    name = "doctor",
    description = "Shows what this machine and this Java offer, and what is missing.",
    footerHeading = "%nExamples:%n",
    footer = {"  resnet4j doctor", "  resnet4j doctor --json"})
final class DoctorCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  DoctorCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    Machine machine = Machine.current();
    List<BackendProvider> backends = Backends.providers();
    if (json) {
      new JsonLines(terminal.out()).print(out -> write(out, machine, backends));
    } else {
      print(terminal.out(), machine, backends);
    }
    return ExitCodes.OK;
  }

  private static void print(PrintStream out, Machine machine, List<BackendProvider> backends) {
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
    for (BackendProvider backend : backends) {
      String name = "%-9s  ".formatted(backend.name());
      switch (backend.availability()) {
        case Available(String device) -> out.println(name + "ready: " + device);
        case Unavailable(String reason, String remedy) -> {
          out.println(name + "not available: " + reason);
          out.println("           " + remedy);
        }
      }
    }
  }

  private static void write(JsonGenerator out, Machine machine, List<BackendProvider> backends) {
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
    out.writeArrayPropertyStart("backends");
    for (BackendProvider backend : backends) {
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
      out.writeEndObject();
    }
    out.writeEndArray();
  }
}
