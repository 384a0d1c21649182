package org.resnet4j.bench.report;

import java.io.PrintStream;
import java.util.Locale;
import org.resnet4j.bench.measure.MachineMeasurement;
import org.resnet4j.bench.screen.Table;
import org.resnet4j.core.backend.BackendOptions;
import org.resnet4j.simd.machine.MachineModel;
import tools.jackson.core.JsonGenerator;

/**
 * A machine model beside what was measured.
 *
 * @param model of this machine
 * @param measured on it
 */
public record MeasuredMachine(MachineModel model, MachineMeasurement measured) {
  /** This machine's, with as many threads as a backend has by default. */
  public static MeasuredMachine take() {
    MachineModel model = MachineModel.current();
    int threads = BackendOptions.defaults().threads();
    return new MeasuredMachine(model, MachineMeasurement.take(model, threads));
  }

  public void print(PrintStream out) {
    Table table = new Table("one core", ">" + model.name() + " has", ">measured");
    table.add("multiply-adds", number(gflops(), "GFLOP/s"), number(measured.gflops(), "GFLOP/s"));
    table.add("first cache", model.l1Bytes() / 1024 + " KB", read(measured.l1Gigabytes()));
    table.add("second cache", model.l2Bytes() / 1024 + " KB", read(measured.l2Gigabytes()));
    table.add("beyond it", "", read(measured.beyondGigabytes()));
    table.add(
        "memory, all cores reading",
        read(model.memoryGigabytes()),
        read(measured.memoryGigabytes()));
    table.add("memory, the others at rest", "", read(measured.memoryGigabytesAlone()));
    if (!Double.isNaN(measured.exchangeNanos())) {
      table.add("until another core sees it", "", number(measured.exchangeNanos(), "ns"));
    }
    table.print(out);
  }

  public void write(JsonGenerator out) {
    out.writeObjectPropertyStart("machine");
    out.writeStringProperty("model", model.name());
    out.writeObjectPropertyStart("expected");
    JsonLines.number(out, "gflops", gflops());
    out.writeNumberProperty("l1Bytes", model.l1Bytes());
    out.writeNumberProperty("l2Bytes", model.l2Bytes());
    JsonLines.number(out, "memoryGigabytesPerSecond", model.memoryGigabytes());
    out.writeEndObject();
    out.writeObjectPropertyStart("measured");
    JsonLines.number(out, "gflops", measured.gflops());
    JsonLines.number(out, "l1GigabytesPerSecond", measured.l1Gigabytes());
    JsonLines.number(out, "l2GigabytesPerSecond", measured.l2Gigabytes());
    JsonLines.number(out, "beyondGigabytesPerSecond", measured.beyondGigabytes());
    JsonLines.number(out, "memoryGigabytesPerSecond", measured.memoryGigabytes());
    JsonLines.number(out, "memoryGigabytesPerSecondAlone", measured.memoryGigabytesAlone());
    JsonLines.number(out, "exchangeNanos", measured.exchangeNanos());
    out.writeEndObject();
    out.writeEndObject();
  }

  private double gflops() {
    return 2 * model.multiplyAdds() * model.gigahertz();
  }

  private static String read(double gigabytes) {
    return number(gigabytes, "GB/s");
  }

  private static String number(double value, String unit) {
    return String.format(Locale.ROOT, "%.0f %s", value, unit);
  }
}
