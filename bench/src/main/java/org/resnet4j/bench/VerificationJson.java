package org.resnet4j.bench;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.resnet4j.golden.CaseResult;
import org.resnet4j.golden.StageResult;
import tools.jackson.core.JsonGenerator;

/** What {@code verify --json} prints. A measure that is infinite or unknown is absent. */
final class VerificationJson {
  private VerificationJson() {}

  /** Writes the properties of the one object. */
  static void write(
      JsonGenerator json, @Nullable String model, String backend, List<CaseResult> results) {
    json.writeStringProperty("model", model);
    json.writeStringProperty("backend", backend);
    json.writeBooleanProperty("passed", results.stream().allMatch(CaseResult::passed));
    json.writeArrayPropertyStart("cases");
    results.forEach(result -> write(json, result));
    json.writeEndArray();
  }

  private static void write(JsonGenerator json, CaseResult result) {
    StageResult logits = result.logits();
    json.writeStartObject();
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
    json.writeEndObject();
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
