package org.resnet4j.bench.browser;

import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import org.resnet4j.core.json.Json;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/**
 * A JSON object of the DevTools protocol; a path is the names from the outermost object inwards.
 */
record Message(Map<?, ?> fields) {
  private static final JsonFactory FACTORY = new JsonFactory();

  static Message parse(String json) {
    return new Message((Map<?, ?>) Json.read(json));
  }

  /** The value there, or null. */
  Object at(String... path) {
    Object value = fields;
    for (String name : path) {
      value = value instanceof Map<?, ?> object ? object.get(name) : null;
    }
    return value;
  }

  /** The value there as a text, empty if there is none. */
  String text(String... path) {
    Object value = at(path);
    return value == null ? "" : value.toString();
  }

  double number(String... path) {
    return ((Number) at(path)).doubleValue();
  }

  /** The object there, empty if there is none. */
  Message message(String... path) {
    return at(path) instanceof Map<?, ?> object ? new Message(object) : new Message(Map.of());
  }

  /** The objects of the list there. */
  List<Message> messages(String... path) {
    return list(path).stream().map(each -> new Message((Map<?, ?>) each)).toList();
  }

  /** The texts of the list there. */
  List<String> texts(String... path) {
    return list(path).stream().map(Object::toString).toList();
  }

  private List<?> list(String... path) {
    return at(path) instanceof List<?> list ? list : List.of();
  }

  /** JSON of maps, lists, texts, numbers, booleans and null. */
  static String write(Object value) {
    StringWriter out = new StringWriter();
    try (JsonGenerator json = FACTORY.createGenerator(ObjectWriteContext.empty(), out)) {
      write(value, json);
    }
    return out.toString();
  }

  private static void write(Object value, JsonGenerator json) {
    switch (value) {
      case Map<?, ?> object -> {
        json.writeStartObject();
        object.forEach((name, each) -> {
          json.writeName(name.toString());
          write(each, json);
        });
        json.writeEndObject();
      }
      case List<?> list -> {
        json.writeStartArray();
        list.forEach(each -> write(each, json));
        json.writeEndArray();
      }
      case Boolean truth -> json.writeBoolean(truth);
      case Integer number -> json.writeNumber(number);
      case Long number -> json.writeNumber(number);
      case Number number -> json.writeNumber(number.doubleValue());
      case null -> json.writeNull();
      default -> json.writeString(value.toString());
    }
  }
}
