package org.resnet4j.core.weights.safetensors;

import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.resnet4j.core.text.Quote;
import org.resnet4j.core.weights.DType;
import org.resnet4j.core.weights.TensorInfo;
import org.resnet4j.core.weights.WeightsFileException;
import org.resnet4j.core.weights.WeightsFileException.Code;
import org.resnet4j.core.weights.content.Faults;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.JacksonIOException;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.json.JsonFactory;

/**
 * Reads the JSON header of a safetensors file: {@code {"__metadata__": {string: string}, name:
 * {"dtype", "shape", "data_offsets"}, ...}}. Everything the reference reader refuses is refused,
 * and repeated keys too, of which the reference silently keeps the last.
 */
final class HeaderParser {
  /** What a header says, before its byte ranges are checked. */
  record Header(Map<String, String> metadata, List<TensorInfo> tensors) {}

  static final String METADATA = "__metadata__";
  static final int MAX_NAME_LENGTH = 65_536;
  static final int MAX_RANK = 64;
  private static final int MAX_DEPTH = 100;
  private static final int MAX_UNSIGNED_DIGITS = 20;

  // Names are not canonicalised: a table of hostile names would outlive the parser.
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .disable(TokenStreamFactory.Feature.CANONICALIZE_PROPERTY_NAMES)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNameLength(MAX_NAME_LENGTH)
                  .maxStringLength(SafetensorsFile.Limits.SPECIFICATION.maxHeaderBytes())
                  .build())
          .build();

  private final JsonParser json;
  private final int maxTensors;
  private final Faults faults;
  private final Map<String, TensorInfo> tensors = new LinkedHashMap<>();
  private @Nullable Map<String, String> metadata;

  private HeaderParser(JsonParser json, int maxTensors, Faults faults) {
    this.json = json;
    this.maxTensors = maxTensors;
    this.faults = faults;
  }

  /** Parses all of {@code in}, which must hold one JSON object and white space around it. */
  static Header parse(InputStream in, int maxTensors, Faults faults) throws WeightsFileException {
    // A decoder made by newDecoder() reports malformed input; one made from a charset replaces it.
    InputStreamReader reader = new InputStreamReader(in, StandardCharsets.UTF_8.newDecoder());
    try (JsonParser json = JSON.createParser(ObjectReadContext.empty(), reader)) {
      return new HeaderParser(json, maxTensors, faults).header();
    } catch (JacksonIOException e) {
      throw ofStream(e, faults);
    } catch (StreamConstraintsException e) {
      throw faults.of(Code.LIMIT_EXCEEDED, "the header is refused" + detail(e), e);
    } catch (JacksonException e) {
      throw faults.of(Code.INVALID_JSON, "the header is not valid JSON" + detail(e), e);
    }
  }

  private static WeightsFileException ofStream(JacksonIOException e, Faults faults) {
    Throwable cause = e.getCause();
    if (cause instanceof WeightsFileException inner) {
      return inner;
    } else if (cause instanceof CharacterCodingException) {
      return faults.of(Code.INVALID_UTF8, "the header is not valid UTF-8", e);
    }
    return faults.of(Code.UNREADABLE, "cannot be read: " + e.getOriginalMessage(), e);
  }

  private static String detail(JacksonException e) {
    TokenStreamLocation location = e.getLocation(); // null where a limit was exceeded
    String where = location == null ? "" : " at character " + location.getCharOffset();
    return where + ": " + Quote.jackson(e.getOriginalMessage());
  }

  private Header header() throws WeightsFileException {
    if (json.nextToken() != JsonToken.START_OBJECT) {
      throw faults.of(Code.INVALID_JSON, "the header is not a JSON object");
    }
    for (String name = nextName(); name != null; name = nextName()) {
      if (name.equals(METADATA)) {
        metadata();
      } else {
        tensor(name);
      }
    }
    if (json.nextToken() != null) {
      throw faults.of(Code.INVALID_JSON, "the header continues after its JSON object");
    }
    Map<String, String> found = metadata == null ? Map.of() : metadata;
    return new Header(Collections.unmodifiableMap(found), List.copyOf(tensors.values()));
  }

  private void metadata() throws WeightsFileException {
    if (metadata != null) {
      throw duplicate(METADATA);
    }
    if (json.nextToken() != JsonToken.START_OBJECT) {
      throw faults.of(Code.BAD_METADATA, "__metadata__ is not an object");
    }
    metadata = new LinkedHashMap<>();
    for (String key = nextName(); key != null; key = nextName()) {
      if (json.nextToken() != JsonToken.VALUE_STRING) {
        throw faults.of(
            Code.BAD_METADATA, "the metadata value of " + Quote.name(key) + " is not a string");
      }
      if (metadata.putIfAbsent(key, string()) != null) {
        throw duplicate(key);
      }
    }
  }

  private void tensor(String name) throws WeightsFileException {
    if (tensors.containsKey(name)) {
      throw faults.ofTensor(Code.DUPLICATE_KEY, name, "occurs twice in the header");
    }
    if (tensors.size() == maxTensors) {
      throw faults.of(Code.TOO_MANY_TENSORS, "has more than " + maxTensors + " tensors");
    }
    if (json.nextToken() != JsonToken.START_OBJECT) {
      throw badEntry(name, "is not described by an object");
    }
    DType dtype = null;
    List<Long> shape = null;
    long[] offsets = null;
    for (String field = nextName(); field != null; field = nextName()) {
      switch (field) {
        case "dtype" -> dtype = once(name, field, dtype, dtype(name));
        case "shape" -> shape = once(name, field, shape, shape(name));
        case "data_offsets" -> offsets = once(name, field, offsets, offsets(name));
        default -> skipValue();
      }
    }
    if (dtype == null || shape == null || offsets == null) {
      String absent = dtype == null ? "dtype" : shape == null ? "shape" : "data_offsets";
      throw badEntry(name, "has no " + absent);
    }
    tensors.put(name, new TensorInfo(name, dtype, shape, offsets[0], offsets[1]));
  }

  private <T> T once(String name, String field, @Nullable T before, T value)
      throws WeightsFileException {
    if (before != null) {
      throw badEntry(name, "has its " + field + " twice");
    }
    return value;
  }

  private DType dtype(String name) throws WeightsFileException {
    if (json.nextToken() != JsonToken.VALUE_STRING) {
      throw badEntry(name, "has a dtype that is not a string");
    }
    String text = string();
    return DType.of(text)
        .orElseThrow(() ->
            faults.ofTensor(Code.UNKNOWN_DTYPE, name, "has the unknown dtype " + Quote.name(text)));
  }

  private List<Long> shape(String name) throws WeightsFileException {
    if (json.nextToken() != JsonToken.START_ARRAY) {
      throw badEntry(name, "has a shape that is not an array");
    }
    List<Long> shape = new ArrayList<>(4);
    while (json.nextToken() != JsonToken.END_ARRAY) {
      if (shape.size() == MAX_RANK) {
        throw faults.ofTensor(
            Code.LIMIT_EXCEEDED, name, "has more than " + MAX_RANK + " extents in its shape");
      }
      long extent = unsigned(name, "shape");
      if (extent < 0) {
        throw faults.ofTensor(
            Code.OVERFLOW, name, "has the extent " + Long.toUnsignedString(extent));
      }
      shape.add(extent);
    }
    return shape;
  }

  private long[] offsets(String name) throws WeightsFileException {
    if (json.nextToken() != JsonToken.START_ARRAY) {
      throw badEntry(name, "has data_offsets that are not an array");
    }
    long[] offsets = new long[2];
    int count = 0;
    while (json.nextToken() != JsonToken.END_ARRAY) {
      if (count == 2) {
        throw badEntry(name, "has more than two data_offsets");
      }
      long offset = unsigned(name, "data_offsets");
      if (offset < 0) {
        throw faults.ofTensor(
            Code.BAD_OFFSETS, name, "has the offset " + Long.toUnsignedString(offset));
      }
      offsets[count++] = offset;
    }
    if (count < 2) {
      throw badEntry(name, "has fewer than two data_offsets");
    }
    return offsets;
  }

  /** The current number as an unsigned 64-bit integer: {@code 2^63} and more come back negative. */
  private long unsigned(String name, String field) throws WeightsFileException {
    JsonToken token = json.currentToken();
    if (!token.isNumeric()) {
      throw badEntry(name, "has a " + field + " with something other than numbers");
    }
    String digits = json.getString();
    if (token == JsonToken.VALUE_NUMBER_INT
        && digits.charAt(0) != '-'
        && digits.length() <= MAX_UNSIGNED_DIGITS) {
      try {
        return Long.parseUnsignedLong(digits);
      } catch (NumberFormatException _) {
        // Falls through to the common refusal.
      }
    }
    throw faults.ofTensor(
        Code.BAD_NUMBER,
        name,
        "has " + digits + " in its " + field + ", which is no unsigned 64-bit integer");
  }

  /** Passes over the value of a field this reader does not know, refusing what serde refuses. */
  private void skipValue() throws WeightsFileException {
    int depth = 0;
    do {
      JsonToken token = json.nextToken();
      if (token.isStructStart()) {
        depth++;
      } else if (token.isStructEnd()) {
        depth--;
      } else if (token.isNumeric()) {
        if (Double.isInfinite(json.getDoubleValue())) {
          throw faults.of(Code.INVALID_JSON, "the header has a number out of range");
        }
      } else if (token == JsonToken.VALUE_STRING || token == JsonToken.PROPERTY_NAME) {
        string();
      }
      if (depth > MAX_DEPTH) {
        throw faults.of(Code.INVALID_JSON, "the header nests deeper than " + MAX_DEPTH);
      }
    } while (depth > 0);
  }

  private @Nullable String nextName() throws WeightsFileException {
    return json.nextName() == null ? null : string();
  }

  /** The current string or name, refused if an escape made half a surrogate pair. */
  private String string() throws WeightsFileException {
    String text = json.getString();
    if (!isWellFormed(text)) {
      throw faults.of(Code.INVALID_JSON, "the header has a lone surrogate in " + Quote.name(text));
    }
    return text;
  }

  /** Whether {@code text} has no lone surrogate, so that it has a UTF-8 form. */
  static boolean isWellFormed(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (Character.isSurrogate(text.charAt(i))) {
        int codePoint = text.codePointAt(i);
        if (!Character.isSupplementaryCodePoint(codePoint)) {
          return false;
        }
        i++;
      }
    }
    return true;
  }

  private WeightsFileException badEntry(String name, String problem) {
    return faults.ofTensor(Code.BAD_TENSOR_ENTRY, name, problem);
  }

  private WeightsFileException duplicate(String key) {
    return faults.of(Code.DUPLICATE_KEY, "the key " + Quote.name(key) + " occurs twice");
  }
}
