package org.resnet4j.bench.report;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.resnet4j.bench.measure.BackendEngines;
import org.resnet4j.bench.measure.Problem;
import org.resnet4j.bench.measure.Score;
import org.resnet4j.bench.option.Subject;
import org.resnet4j.bench.screen.OutputException;
import org.resnet4j.bench.screen.Terminal;
import org.resnet4j.core.file.WholeFile;
import org.resnet4j.core.tensor.Shape;
import tools.jackson.core.JsonGenerator;

/**
 * What {@code bench} prints and writes: a row for each problem and engine, as soon as it is known,
 * so that a run that is cut short leaves what it has measured.
 */
public final class BenchReport {
  private static final String ROW = "%7s  %5s  %-12s  %10s  %8s  %8s  %8s  %-20s  %8s  %6s";

  /** One row. The graph is not kept. */
  private record Row(
      String model,
      int batch,
      int threads,
      Shape size,
      Score score,
      double gflops,
      double shareOfPeak) {}

  private final Terminal terminal;
  private final @Nullable Path file;

  /** Where everything is written at the end, if that is no file to be replaced. */
  private @Nullable OutputStream stream;

  private final double peak;
  private final String device;
  private final Map<String, String> others;
  private final Map<String, String> peers;
  private final String pictures;
  private final String model;
  private final String date = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
  private final Machine machine = Machine.current();
  private final List<Row> rows = new ArrayList<>();

  /**
   * A report without rows.
   *
   * @param file where JSON goes, if it is wanted
   * @param peak GFLOP/s of one thread
   * @param device what our engine runs on
   * @param others what other backends run on, by name
   * @param peers versions by name
   * @param subjects what will be measured
   */
  public BenchReport(
      Terminal terminal,
      @Nullable Path file,
      double peak,
      String device,
      Map<String, String> others,
      Map<String, String> peers,
      List<Subject> subjects) {
    this.terminal = terminal;
    this.file = file;
    this.peak = peak;
    this.device = device;
    this.others = others;
    this.peers = peers;
    this.pictures =
        subjects.stream()
            .map(subject -> subject.outline().inputShape())
            .map(Shape::toString)
            .distinct()
            .collect(Collectors.joining(", "));
    this.model = "%-" + subjects.stream().mapToInt(s -> s.name().length()).max().orElse(0) + "s  ";
  }

  /** Shows now whether the file can be written; prints the machine and the headings. */
  public void begin() throws IOException {
    if (file != null) {
      if (WholeFile.isSystems(file)) {
        WholeFile.checkStream(file);
        stream = Files.newOutputStream(file, StandardOpenOption.APPEND);
      } else {
        WholeFile.check(file);
      }
    }
    PrintStream out = terminal.out();
    out.println("machine  " + (machine.cpu() == null ? "unknown CPU" : machine.cpu()));
    out.println("device   " + device);
    out.println("peak     " + number("%.1f", peak) + " GFLOP/s on one thread, in registers alone");
    others.forEach((name, where) -> out.println("against  " + name + ": " + where));
    peers.forEach((name, version) -> out.println("peer     " + name + " " + version));
    out.println("picture  " + pictures + ", float32");
    out.println();
    String headings =
        ROW.formatted(
            "threads",
            "batch",
            "engine",
            "images/s",
            "p50 ms",
            "p90 ms",
            "p99 ms",
            "ours : it (spread)",
            "GFLOP/s",
            "peak");
    out.println(model.formatted("model") + headings);
    show();
  }

  /** Adds a problem's rows. */
  public void add(Problem problem, List<Score> scores) throws IOException {
    for (Score score : scores) {
      double gflops = problem.operations() / problem.batch() * score.imagesPerSecond() / 1e9;
      Row row =
          new Row(
              problem.model(),
              problem.batch(),
              problem.threads(),
              problem.graph().inputShape(),
              score,
              gflops,
              BackendEngines.isOnCpu(score.engine())
                  ? gflops / (peak * problem.threads())
                  : Double.NaN);
      rows.add(row);
      terminal.out().println(line(row));
    }
    write(); // before the screen, whose reader may have gone
    show();
  }

  /** Results that go to a file need no reader. */
  private void show() throws OutputException {
    if (file == null) {
      terminal.flush();
    } else {
      terminal.flushIfRead();
    }
  }

  /** Writes the file, also if nothing could be timed, or all results to a stream. */
  public void end() throws IOException {
    write();
    if (file != null && stream != null) {
      try (OutputStream out = stream) {
        content().writeTo(out);
      } catch (FileSystemException e) {
        throw e;
      } catch (IOException e) {
        throw new FileSystemException(file.toString(), null, String.valueOf(e.getMessage()));
      }
    }
  }

  private ByteArrayOutputStream content() {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    new JsonLines(new PrintStream(content, false, StandardCharsets.UTF_8)).print(this::write);
    return content;
  }

  private String line(Row row) {
    Score score = row.score();
    boolean cpu = BackendEngines.isOnCpu(score.engine());
    return model.formatted(row.model())
        + ROW.formatted(
            cpu ? row.threads() : "-",
            row.batch(),
            score.engine(),
            number("%.1f", score.imagesPerSecond()),
            number("%.2f", score.p50Millis()),
            number("%.2f", score.p90Millis()),
            number("%.2f", score.p99Millis()),
            String.format(
                Locale.ROOT,
                "%.2f (%.2f to %.2f)",
                1 / score.ratioToOurs(),
                1 / score.highestRatio(),
                1 / score.lowestRatio()),
            number("%.1f", row.gflops()),
            cpu ? number("%.0f %%", 100 * row.shareOfPeak()) : "-");
  }

  private static String number(String format, double value) {
    return String.format(Locale.ROOT, format, value);
  }

  private void write() throws IOException {
    if (file == null || stream != null) {
      return;
    }
    ByteArrayOutputStream content = content();
    ByteBuffer bytes = ByteBuffer.wrap(content.toByteArray());
    WholeFile.replace(
        file,
        channel -> {
          while (bytes.hasRemaining()) {
            channel.write(bytes);
          }
        });
  }

  private void write(JsonGenerator out) {
    out.writeObjectPropertyStart("machine");
    out.writeStringProperty("cpu", machine.cpu());
    out.writeNumberProperty("cores", machine.processors());
    out.writeStringProperty("jdk", machine.jdk().toString());
    out.writeStringProperty("os", machine.os());
    out.writeStringProperty("device", device);
    out.writeObjectPropertyStart("against");
    others.forEach(out::writeStringProperty);
    out.writeEndObject();
    out.writeObjectPropertyStart("peers");
    peers.forEach(out::writeStringProperty);
    out.writeEndObject();
    JsonLines.number(out, "peakGflopsPerThread", peak);
    out.writeStringProperty("date", date);
    out.writeEndObject();
    out.writeArrayPropertyStart("results");
    rows.forEach(row -> write(out, row));
    out.writeEndArray();
  }

  private void write(JsonGenerator out, Row row) {
    Score score = row.score();
    out.writeStartObject();
    out.writeStringProperty("model", row.model());
    out.writeStringProperty("engine", score.engine());
    out.writeNumberProperty("batch", row.batch());
    out.writeNumberProperty("threads", row.threads());
    out.writeArrayPropertyStart("size");
    out.writeNumber(row.size().height());
    out.writeNumber(row.size().width());
    out.writeEndArray();
    JsonLines.number(out, "imagesPerSecond", score.imagesPerSecond());
    out.writeObjectPropertyStart("millis");
    JsonLines.number(out, "p50", score.p50Millis());
    JsonLines.number(out, "p90", score.p90Millis());
    JsonLines.number(out, "p99", score.p99Millis());
    out.writeEndObject();
    JsonLines.number(out, "ratioToOurs", score.ratioToOurs());
    JsonLines.numbers(out, "ratioSpread", score.lowestRatio(), score.highestRatio());
    JsonLines.number(out, "gflops", row.gflops());
    JsonLines.number(out, "shareOfPeak", row.shareOfPeak());
    out.writeEndObject();
  }
}
