package org.resnet4j.serve;

import static org.resnet4j.serve.InferRequest.INPUT;
import static org.resnet4j.serve.InferRequest.OUTPUT;
import static org.resnet4j.serve.InferRequest.TYPE;
import static org.resnet4j.serve.RequestException.bad;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.resnet4j.core.tensor.Shape;
import org.resnet4j.core.text.Quote;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/** Reads the body of one {@link InferRequest}, piece by piece. Not thread-safe. */
final class InferReader {
  private static final int CHUNK = 1 << 16;
  private static final Set<String> OF_BODY = Set.of("id", "inputs", "outputs", "parameters");
  private static final Set<String> OF_INPUT =
      Set.of("name", "datatype", "shape", "data", "parameters");

  private final JsonParser json;
  private final Shape image;
  private final int maxBatch;
  private @Nullable String id;
  private long[] shape = {};
  private float[] values = new float[CHUNK / Float.BYTES];
  private int count;
  private boolean given;
  private long binaryBytes = -1;
  private @Nullable Boolean binaryOutputs;
  private @Nullable Boolean binaryOutput;

  InferReader(JsonParser json, Shape image, int maxBatch) {
    this.json = json;
    this.image = image;
    this.maxBatch = maxBatch;
  }

  void read() throws RequestException {
    expect(json.nextToken(), JsonToken.START_OBJECT, "the body");
    boolean hasInputs = false;
    Set<String> seen = new HashSet<>();
    for (String name = json.nextName(); name != null; name = json.nextName()) {
      if (OF_BODY.contains(name) && !seen.add(name)) {
        throw bad(Quote.name(name) + " is there twice");
      }
      JsonToken token = json.nextToken();
      switch (name) {
        case "id" -> {
          expect(token, JsonToken.VALUE_STRING, "'id'");
          id = json.getString();
        }
        case "inputs" -> {
          inputs(token);
          hasInputs = true;
        }
        case "outputs" -> outputs(token);
        case "parameters" -> binaryOutputs = flag(token, "binary_data_output");
        default -> json.skipChildren();
      }
    }
    if (!hasInputs) {
      throw bad("there is no 'inputs'; give one input, " + expected());
    }
  }

  /** Values are in the JSON or behind it. */
  void requireOnePlace() throws RequestException {
    if (given && binaryBytes >= 0) {
      throw bad("input '%s' has both 'data' and 'binary_data_size'".formatted(INPUT));
    }
  }

  /** The values that follow the JSON. */
  void follow(InputStream body) throws RequestException, IOException {
    if (binaryBytes >= 0) {
      given = true;
      checkShape();
      long bytes = shape[0] * image.size() * Float.BYTES;
      if (binaryBytes != bytes) {
        throw bad("binary_data_size is %s, the shape's is %s".formatted(binaryBytes, bytes));
      }
      ByteBuffer chunk = ByteBuffer.allocate(CHUNK).order(ByteOrder.LITTLE_ENDIAN);
      for (long left = bytes; left > 0; left -= CHUNK) {
        int most = (int) Math.min(CHUNK, left);
        if (body.readNBytes(chunk.array(), 0, most) < most) {
          throw bad("the body ends before the %s bytes of its values".formatted(bytes));
        }
        for (int i = 0; i < most; i += Float.BYTES) {
          put(chunk.getFloat(i));
        }
      }
    }
    if (body.read() >= 0) {
      throw bad("the body goes on after its values");
    }
  }

  InferRequest checked() throws RequestException {
    if (!given) {
      throw bad(
          binaryBytes < 0
              ? "input '%s' has no 'data'".formatted(INPUT)
              : "binary data needs the header Inference-Header-Content-Length");
    }
    checkShape();
    int batch = (int) shape[0];
    if (count != batch * image.size()) {
      throw bad(
          "input '%s' has %s values, its shape %s of them"
              .formatted(INPUT, count, batch * image.size()));
    }
    // What is said of one output counts more than what is said of all.
    Boolean binary = binaryOutput != null ? binaryOutput : binaryOutputs;
    return new InferRequest(id, batch, values, Boolean.TRUE.equals(binary));
  }

  private void checkShape() throws RequestException {
    boolean fits =
        shape.length == 4
            && shape[1] == image.channels()
            && shape[2] == image.height()
            && shape[3] == image.width();
    if (!fits) {
      throw bad(
          "input '%s' has shape %s, expected %s"
              .formatted(INPUT, Arrays.toString(shape), shapes()));
    }
    if (shape[0] < 1 || shape[0] > maxBatch) {
      throw bad("a batch has 1 to %s images, got %s".formatted(maxBatch, shape[0]));
    }
  }

  private String shapes() {
    return "[1 to %s, %s, %s, %s]"
        .formatted(maxBatch, image.channels(), image.height(), image.width());
  }

  private String expected() {
    return "'%s' of %s %s".formatted(INPUT, TYPE, shapes());
  }

  private void inputs(JsonToken token) throws RequestException {
    expect(token, JsonToken.START_ARRAY, "'inputs'");
    int inputs = 0;
    while (json.nextToken() != JsonToken.END_ARRAY) {
      if (inputs++ > 0) {
        throw bad("there are several inputs; give one, " + expected());
      }
      expect(json.currentToken(), JsonToken.START_OBJECT, "an input");
      input();
    }
    if (inputs == 0) {
      throw bad("'inputs' is empty; give one, " + expected());
    }
  }

  private void input() throws RequestException {
    Set<String> seen = new HashSet<>();
    for (String name = json.nextName(); name != null; name = json.nextName()) {
      if (OF_INPUT.contains(name) && !seen.add(name)) {
        throw bad("an input has " + Quote.name(name) + " twice");
      }
      JsonToken token = json.nextToken();
      switch (name) {
        case "name" -> is(token, INPUT, "an input is called");
        case "datatype" -> is(token, TYPE, "input '" + INPUT + "' has datatype");
        case "shape" -> shape = shape(token);
        case "data" -> {
          expect(token, JsonToken.START_ARRAY, "'data'");
          data();
        }
        case "parameters" -> binaryBytes = size(token);
        default -> json.skipChildren();
      }
    }
    for (String needed : List.of("name", "datatype", "shape")) {
      if (!seen.contains(needed)) {
        throw bad("an input lacks its '%s'; give one, %s".formatted(needed, expected()));
      }
    }
  }

  private void is(JsonToken token, String wanted, String what) throws RequestException {
    expect(token, JsonToken.VALUE_STRING, "a name or datatype");
    String got = json.getString();
    if (!got.equals(wanted)) {
      throw bad("%s %s, expected '%s'".formatted(what, Quote.name(got), wanted));
    }
  }

  private long[] shape(JsonToken token) throws RequestException {
    expect(token, JsonToken.START_ARRAY, "'shape'");
    List<Long> extents = new ArrayList<>();
    while (json.nextToken() != JsonToken.END_ARRAY) {
      expect(json.currentToken(), JsonToken.VALUE_NUMBER_INT, "an extent");
      if (extents.size() == 4) {
        throw bad("'shape' has more than 4 extents, expected " + shapes());
      }
      extents.add(json.getLongValue());
    }
    return extents.stream().mapToLong(Long::longValue).toArray();
  }

  /** Flat or nested, the last extent fastest. */
  private void data() throws RequestException {
    given = true;
    int depth = 1;
    while (depth > 0) {
      JsonToken token = json.nextToken();
      switch (token) {
        case START_ARRAY -> depth++;
        case END_ARRAY -> depth--;
        case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> put((float) json.getDoubleValue());
        case null, default -> throw bad("'data' has something else than numbers");
      }
    }
  }

  /** Takes memory for what has come, whatever was announced. */
  private void put(float value) throws RequestException {
    if (!Float.isFinite(value)) {
      throw bad("input '%s' has a value that is no finite %s".formatted(INPUT, TYPE));
    }
    long most = maxBatch * image.size();
    if (count == most) {
      throw bad("'data' has more than %s values".formatted(most));
    }
    if (count == values.length) {
      values = Arrays.copyOf(values, (int) Math.min(most, 2L * values.length));
    }
    values[count++] = value;
  }

  private void outputs(JsonToken token) throws RequestException {
    expect(token, JsonToken.START_ARRAY, "'outputs'");
    while (json.nextToken() != JsonToken.END_ARRAY) {
      expect(json.currentToken(), JsonToken.START_OBJECT, "an output");
      for (String name = json.nextName(); name != null; name = json.nextName()) {
        JsonToken value = json.nextToken();
        switch (name) {
          case "name" -> is(value, OUTPUT, "an output is called");
          case "parameters" -> binaryOutput = flag(value, "binary_data");
          default -> json.skipChildren();
        }
      }
    }
  }

  /** What parameters say of a flag; null for nothing. */
  private @Nullable Boolean flag(JsonToken token, String wanted) throws RequestException {
    expect(token, JsonToken.START_OBJECT, "'parameters'");
    Boolean set = null;
    for (String name = json.nextName(); name != null; name = json.nextName()) {
      JsonToken value = json.nextToken();
      if (name.equals(wanted)) {
        if (value != JsonToken.VALUE_TRUE && value != JsonToken.VALUE_FALSE) {
          throw bad(Quote.name(wanted) + " is neither true nor false");
        }
        set = value == JsonToken.VALUE_TRUE;
      } else if (name.equals("classification")) {
        throw bad("'classification' is not built; /classify takes pictures");
      }
      json.skipChildren();
    }
    return set;
  }

  /** How many bytes of values follow the JSON; -1 if none do. */
  private long size(JsonToken token) throws RequestException {
    expect(token, JsonToken.START_OBJECT, "'parameters'");
    long size = -1;
    for (String name = json.nextName(); name != null; name = json.nextName()) {
      JsonToken value = json.nextToken();
      if (name.equals("binary_data_size")) {
        if (size >= 0) {
          throw bad("'binary_data_size' is there twice");
        }
        expect(value, JsonToken.VALUE_NUMBER_INT, "'binary_data_size'");
        size = json.getLongValue();
        if (size < 0) {
          throw bad("'binary_data_size' is " + size);
        }
      }
      json.skipChildren();
    }
    return size;
  }

  private static void expect(@Nullable JsonToken token, JsonToken wanted, String what)
      throws RequestException {
    if (token != wanted) {
      throw bad(what + " is not " + kind(wanted));
    }
  }

  private static String kind(JsonToken token) {
    return switch (token) {
      case START_OBJECT -> "an object";
      case START_ARRAY -> "an array";
      case VALUE_STRING -> "a string";
      default -> "an integer";
    };
  }
}
