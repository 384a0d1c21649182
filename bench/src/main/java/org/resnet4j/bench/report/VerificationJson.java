package org.resnet4j.bench.report;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.resnet4j.bench.screen.Terminal;
import org.resnet4j.golden.CaseResult;
import org.resnet4j.golden.StageResult;
import tools.jackson.core.JsonGenerator;

/**
 * What {@code verify --json} prints: an object for each case, a line each, then one for all. A
 * measure that is infinite or unknown is absent.
 */
public final class VerificationJson implements VerificationReport {
  private final JsonLines lines;
  private final @Nullable String model;
  private final String backend;

  public VerificationJson(Terminal terminal, @Nullable String model, String backend) {
    this.lines = new JsonLines(terminal.out());
    this.model = model;
    this.backend = backend;
  }

  @Override
  public void begin() {}

  @Override
  public void add(CaseResult result) {
    lines.print(json -> write(json, result));
  }

  @Override
  public void failed(String name, String why) {
    lines.print(json -> {
      json.writeStringProperty("name", name);
      json.writeBooleanProperty("passed", false);
      json.writeStringProperty("error", why);
    });
  }

  @Override
  public void end(List<Outcome> outcomes) {
    lines.print(json -> {
      json.writeStringProperty("model", model);
      json.writeStringProperty("backend", backend);
      json.writeNumberProperty("cases", outcomes.size());
      json.writeArrayPropertyStart("failed");
      outcomes.stream()
          .filter(outcome -> !outcome.passed())
          .forEach(outcome -> json.writeString(outcome.name()));
      json.writeEndArray();
      json.writeBooleanProperty("passed", outcomes.stream().allMatch(Outcome::passed));
    });
  }

  private static void write(JsonGenerator json, CaseResult result) {
    StageResult logits = result.logits();
    json.writeStringProperty("name", result.name());
    json.writeStringProperty("model", result.model());
    JsonLines.number(json, "rr", logits.rr());
    JsonLines.number(json, "rm", logits.rm());
    JsonLines.number(json, "maxAbs", logits.maxAbs());
    json.writeStringProperty("top1", result.top1().label());
    json.writeStringProperty("top5", result.top5().label());
    json.writeBooleanProperty("passed", result.passed());
    json.writeStringProperty(
        "firstBadStage", result.firstBadStage().map(StageResult::name).orElse(null));
    json.writeStringProperty("firstBadLayer", result.firstBadLayer());
    json.writeStringProperty("diagnosis", result.diagnosis());
    json.writeArrayPropertyStart("stages");
    result.stages().forEach(stage -> write(json, stage));
    json.writeEndArray();
  }

  private static void write(JsonGenerator json, StageResult stage) {
    json.writeStartObject();
    json.writeStringProperty("name", stage.name());
    JsonLines.number(json, "rr", stage.rr());
    JsonLines.number(json, "rm", stage.rm());
    JsonLines.number(json, "maxAbs", stage.maxAbs());
    JsonLines.number(json, "eRef", stage.eRef());
    JsonLines.number(json, "ratio", stage.ratio());
    JsonLines.number(json, "gate", stage.gate());
    json.writeBooleanProperty("passed", stage.passed());
    json.writeStringProperty("note", stage.note());
    json.writeEndObject();
  }
}
