package org.resnet4j.bench.picture;

import java.nio.file.Path;
import org.resnet4j.bench.report.JsonLines;
import org.resnet4j.bench.screen.Terminal;
import org.resnet4j.core.Classification;
import org.resnet4j.core.Prediction;
import tools.jackson.core.JsonGenerator;

/** One object for each picture, and nothing else. */
public final class JsonResults implements Results<Classification> {
  private final JsonLines lines;
  private final String model;
  private final String backend;

  public JsonResults(Terminal terminal, String model, String backend) {
    this.lines = new JsonLines(terminal.out());
    this.model = model;
    this.backend = backend;
  }

  @Override
  public void begin() {}

  @Override
  public void answered(Path file, Classification answer) {
    lines.print(json -> {
      json.writeStringProperty("image", file.toString());
      json.writeStringProperty("model", model);
      json.writeStringProperty("backend", backend);
      json.writeArrayPropertyStart("predictions");
      answer.predictions().forEach(prediction -> write(json, prediction));
      json.writeEndArray();
      json.writeObjectPropertyStart("millis");
      JsonLines.number(json, "decode", answer.timing().decodeMillis());
      JsonLines.number(json, "preprocess", answer.timing().preprocessMillis());
      JsonLines.number(json, "network", answer.timing().networkMillis());
      json.writeEndObject();
    });
  }

  private static void write(JsonGenerator json, Prediction prediction) {
    json.writeStartObject();
    json.writeNumberProperty("index", prediction.index());
    json.writeStringProperty("label", prediction.label());
    JsonLines.number(json, "probability", prediction.probability());
    json.writeEndObject();
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
