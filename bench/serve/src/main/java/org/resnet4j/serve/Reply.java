package org.resnet4j.serve;

import java.io.ByteArrayOutputStream;
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
 */
record Reply(int status, String type, byte[] content) {
  static final int OK = 200;

  private static final JsonFactory JSON =
      JsonFactory.builder().disable(JsonWriteFeature.ESCAPE_FORWARD_SLASHES).build();

  /** An object whose properties {@code content} writes. */
  static Reply json(int status, Consumer<JsonGenerator> content) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), bytes)) {
      json.writeStartObject();
      content.accept(json);
      json.writeEndObject();
    }
    return new Reply(status, "application/json", bytes.toByteArray());
  }

  /** The protocol's form of an error. */
  static Reply error(int status, String message) {
    return json(status, json -> json.writeStringProperty("error", message));
  }

  static Reply text(String type, String text) {
    return new Reply(OK, type, text.getBytes(StandardCharsets.UTF_8));
  }
}
