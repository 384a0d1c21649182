package org.resnet4j.serve;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonWriteFeature;

/**
 * What a request is answered.
 *
 * @param status of HTTP
 * @param type of the content
 * @param content the body
 * @param headerBytes how long its JSON is, which values follow; {@link InferRequest#NO_HEADER} if
 *     none do
 */
record Reply(int status, String type, byte[] content, int headerBytes) {
  static final int OK = 200;

  private static final JsonFactory JSON =
      JsonFactory.builder().disable(JsonWriteFeature.ESCAPE_FORWARD_SLASHES).build();

  /** An object whose properties {@code content} writes. */
  static Reply json(int status, Consumer<JsonGenerator> content) {
    return new Reply(
        status, "application/json", object(content).toByteArray(), InferRequest.NO_HEADER);
  }

  /** An object, and values after it, in little-endian order. */
  static Reply binary(Consumer<JsonGenerator> content, float[] values) {
    ByteArrayOutputStream bytes = object(content);
    int headerBytes = bytes.size();
    ByteBuffer raw =
        ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    raw.asFloatBuffer().put(values);
    bytes.writeBytes(raw.array());
    return new Reply(OK, "application/octet-stream", bytes.toByteArray(), headerBytes);
  }

  private static ByteArrayOutputStream object(Consumer<JsonGenerator> content) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), bytes)) {
      json.writeStartObject();
      content.accept(json);
      json.writeEndObject();
    }
    return bytes;
  }

  /** The protocol's form of an error. */
  static Reply error(int status, String message) {
    return json(status, json -> json.writeStringProperty("error", message));
  }

  static Reply text(String type, String text) {
    return new Reply(OK, type, text.getBytes(StandardCharsets.UTF_8), InferRequest.NO_HEADER);
  }
}
