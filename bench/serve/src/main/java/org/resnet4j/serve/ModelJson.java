package org.resnet4j.serve;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.resnet4j.core.Classification;
import org.resnet4j.core.Prediction;
import org.resnet4j.core.backend.Plan;
import org.resnet4j.core.tensor.Shape;
import tools.jackson.core.JsonGenerator;

/**
 * What is said of a model, and what it says: the properties of answers' objects.
 *
 * @param name in paths and answers
 * @param plan what runs
 */
record ModelJson(String name, Plan plan) {
  private static final String VERSION = "1";

  /** The project's version. */
  private static final String SOFTWARE = software();

  private static String software() {
    try (InputStream text = ModelJson.class.getResourceAsStream("version.txt")) {
      return new String(Objects.requireNonNull(text).readAllBytes(), StandardCharsets.UTF_8)
          .strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The server's metadata. */
  static void server(JsonGenerator json) {
    json.writeStringProperty("name", "resnet4j");
    json.writeStringProperty("version", SOFTWARE);
    json.writeArrayPropertyStart("extensions");
    json.writeString("binary_tensor_data");
    json.writeEndArray();
  }

  /** The model's metadata. */
  void describe(JsonGenerator json) {
    json.writeStringProperty("name", name);
    json.writeArrayPropertyStart("versions");
    json.writeString(VERSION);
    json.writeEndArray();
    json.writeStringProperty("platform", "resnet4j");
    Shape image = plan.inputShape();
    json.writeArrayPropertyStart("inputs");
    tensor(json, InferRequest.INPUT, -1, image.channels(), image.height(), image.width());
    json.writeEndArray();
    json.writeArrayPropertyStart("outputs");
    tensor(json, InferRequest.OUTPUT, -1, plan.outputShape().size());
    json.writeEndArray();
  }

  private static void tensor(JsonGenerator json, String name, long... shape) {
    json.writeStartObject();
    writeTensor(json, name, shape);
    json.writeEndObject();
  }

  private static void writeTensor(JsonGenerator json, String name, long... shape) {
    json.writeStringProperty("name", name);
    json.writeStringProperty("datatype", InferRequest.TYPE);
    json.writeArrayPropertyStart("shape");
    for (long extent : shape) {
      json.writeNumber(extent);
    }
    json.writeEndArray();
  }

  /** That it takes requests. */
  void ready(JsonGenerator json) {
    json.writeStringProperty("name", name);
    json.writeBooleanProperty("ready", true);
  }

  /**
   * The logits of a request, unless they follow the JSON.
   *
   * @param logits [N, K]
   */
  void inferred(JsonGenerator json, InferRequest request, float[] logits) {
    json.writeStringProperty("model_name", name);
    json.writeStringProperty("model_version", VERSION);
    if (request.id() != null) {
      json.writeStringProperty("id", request.id());
    }
    json.writeArrayPropertyStart("outputs");
    json.writeStartObject();
    writeTensor(json, InferRequest.OUTPUT, request.batch(), (long) logits.length / request.batch());
    if (request.binaryOutput()) {
      json.writeObjectPropertyStart("parameters");
      json.writeNumberProperty("binary_data_size", logits.length * Float.BYTES);
      json.writeEndObject();
    } else {
      json.writeArrayPropertyStart("data");
      for (float logit : logits) {
        json.writeNumber(logit);
      }
      json.writeEndArray();
    }
    json.writeEndObject();
    json.writeEndArray();
  }

  /**
   * The classes of a picture.
   *
   * @param top most of them
   */
  void classified(JsonGenerator json, Classification answer, int top) {
    json.writeStringProperty("model", name);
    json.writeArrayPropertyStart("predictions");
    List<Prediction> all = answer.predictions();
    for (Prediction each : all.subList(0, Math.min(top, all.size()))) {
      json.writeStartObject();
      json.writeNumberProperty("index", each.index());
      json.writeStringProperty("label", each.label());
      json.writeNumberProperty("probability", each.probability());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeObjectPropertyStart("millis");
    json.writeNumberProperty("decode", answer.timing().decodeMillis());
    json.writeNumberProperty("preprocess", answer.timing().preprocessMillis());
    json.writeNumberProperty("network", answer.timing().networkMillis());
    json.writeEndObject();
  }
}
