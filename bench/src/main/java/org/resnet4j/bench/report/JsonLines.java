package org.resnet4j.bench.report;

import java.io.PrintStream;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.stream.DoubleStream;
import org.resnet4j.bench.failure.Failures;
import org.resnet4j.bench.result.ResultsJson;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonWriteFeature;

/** One JSON object a line. */
public final class JsonLines {
  private static final JsonFactory JSON =
      JsonFactory.builder().disable(JsonWriteFeature.ESCAPE_FORWARD_SLASHES).build();

  private final PrintStream out;

  public JsonLines(PrintStream out) {
    this.out = out;
  }

  /** Prints an object whose properties {@code content} writes. */
  public void print(Consumer<JsonGenerator> content) {
    StringWriter line = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), line)) {
      json.writeStartObject();
      content.accept(json);
      json.writeEndObject();
    }
    out.print(ResultsJson.escaped(line.toString()) + '\n');
  }

  /** Prints the object of a picture that has no answer. */
  public void refused(Path picture, Exception cause) {
    refused(picture.toString(), Failures.line(cause));
  }

  /** Prints the object of a picture that has no answer for the reason given. */
  public void refused(String picture, String error) {
    print(json -> {
      json.writeStringProperty("image", picture);
      json.writeStringProperty("error", error);
    });
  }

  /** A number; none if it is unknown or infinite, which JSON cannot write. */
  public static void number(JsonGenerator json, String name, double value) {
    if (Double.isFinite(value)) {
      json.writeNumberProperty(name, value);
    }
  }

  /** An array of numbers; none if one is unknown or infinite. */
  public static void numbers(JsonGenerator json, String name, double... values) {
    if (DoubleStream.of(values).allMatch(Double::isFinite)) {
      json.writeArrayPropertyStart(name);
      DoubleStream.of(values).forEach(json::writeNumber);
      json.writeEndArray();
    }
  }
}
