package org.resnet4j.bench.picture;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.resnet4j.bench.failure.Failures;
import org.resnet4j.bench.report.JsonLines;
import org.resnet4j.bench.screen.ProgressBar;
import org.resnet4j.bench.screen.Terminal;
import org.resnet4j.core.image.Preprocessing;
import org.resnet4j.core.model.PretrainedModel;
import tools.jackson.core.JsonGenerator;

/**
 * Where the features of pictures go: a NumPy file with its description beside it, or JSON lines.
 */
public abstract sealed class Embeddings implements Results<float[]> {
  private final Terminal terminal;
  private final PretrainedModel model;
  private final String backend;

  private Embeddings(Terminal terminal, PretrainedModel model, String backend) {
    this.terminal = terminal;
    this.model = model;
    this.backend = backend;
  }

  final Terminal terminal() {
    return terminal;
  }

  /** What the numbers are: the model, its preprocessing, and how many there are of a picture. */
  final void describe(JsonGenerator json) {
    Preprocessing preprocessing = model.preprocessing();
    json.writeStringProperty("model", model.name());
    json.writeStringProperty("description", model.description());
    json.writeStringProperty("backend", backend);
    json.writeNumberProperty("features", model.features());
    json.writeObjectPropertyStart("preprocessing");
    json.writeStringProperty("name", preprocessing.name());
    json.writeNumberProperty("resize", preprocessing.resizeShorterSide());
    json.writeNumberProperty("crop", preprocessing.crop());
    json.writeStringProperty(
        "interpolation", preprocessing.interpolation().name().toLowerCase(Locale.ROOT));
    write(json, "mean", preprocessing.mean());
    write(json, "std", preprocessing.std());
    json.writeEndObject();
  }

  private static void write(JsonGenerator json, String name, List<Float> values) {
    json.writeArrayPropertyStart(name);
    values.forEach(json::writeNumber);
    json.writeEndArray();
  }

  /** An object that says what the numbers are, then one for each picture. */
  public static final class Lines extends Embeddings {
    private final JsonLines lines;

    public Lines(Terminal terminal, PretrainedModel model, String backend) {
      super(terminal, model, backend);
      this.lines = new JsonLines(terminal.out());
    }

    @Override
    public void begin() {
      lines.print(this::describe);
    }

    @Override
    public void answered(Path file, float[] features) {
      lines.print(json -> {
        json.writeStringProperty("image", file.toString());
        json.writeArrayPropertyStart("features");
        for (float feature : features) {
          json.writeNumber(feature);
        }
        json.writeEndArray();
      });
    }

    @Override
    public void refused(Path file, Exception cause) {
      lines.refused(file, cause);
    }

    @Override
    public void progress(int done) {}

    @Override
    public void end(int answered, int refused, double seconds) {}
  }

  /** A row for each picture that has features; which pictures these are goes beside it. */
  public static final class Matrix extends Embeddings {
    private final NpyWriter matrix;
    private final List<Path> rows = new ArrayList<>();
    private final ProgressBar bar;

    /**
     * @param channel of the NumPy file
     * @param total how many pictures there are
     */
    public Matrix(
        Terminal terminal, PretrainedModel model, String backend, FileChannel channel, int total)
        throws IOException {
      super(terminal, model, backend);
      this.matrix = new NpyWriter(channel, model.features());
      this.bar = new ProgressBar(terminal, total, "images");
    }

    @Override
    public void begin() {}

    @Override
    public void answered(Path file, float[] features) throws IOException {
      matrix.add(features);
      rows.add(file);
    }

    @Override
    public void refused(Path file, Exception cause) {
      bar.clear();
      terminal().err().println("resnet4j: " + Failures.line(cause));
    }

    @Override
    public void progress(int done) {
      bar.show(done);
    }

    @Override
    public void end(int answered, int refused, double seconds) throws IOException {
      bar.clear();
      matrix.finish();
    }

    /** What the numbers are, and the file of each row. */
    public void describeRows(JsonGenerator json) {
      describe(json);
      json.writeArrayPropertyStart("images");
      rows.forEach(file -> json.writeString(file.toString()));
      json.writeEndArray();
    }

    public int rows() {
      return rows.size();
    }
  }
}
