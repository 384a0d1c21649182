package org.resnet4j.serve;

import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.resnet4j.core.tensor.Shape;
import org.resnet4j.core.text.Quote;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.exc.JacksonIOException;
import tools.jackson.core.json.JsonFactory;

/**
 * The body of an inference request of the Open Inference Protocol: {@code {"id", "inputs":
 * [{"name", "shape", "datatype", "data"}], "outputs": [{"name"}]}}. What else it holds, such as
 * parameters, is passed over.
 *
 * @param id which the answer repeats
 * @param batch how many images there are
 * @param values of all, NCHW; may be longer
 */
record InferRequest(@Nullable String id, int batch, float[] values) {
  static final String INPUT = "input";
  static final String OUTPUT = "logits";
  static final String TYPE = "FP32";

  private static final int MAX_DEPTH = 20;
  private static final int MAX_NAME = 1000;

  private static final JsonFactory JSON =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_DEPTH)
                  .maxNameLength(MAX_NAME)
                  .build())
          .build();

  /**
   * Reads a request.
   *
   * @param image the shape of one, C x H x W
   * @param maxBatch most images
   * @throws RequestException 400 if it is none that the network takes
   * @throws JacksonIOException if {@code body} cannot be read
   */
  static InferRequest read(InputStream body, Shape image, int maxBatch) throws RequestException {
    try (JsonParser json = JSON.createParser(ObjectReadContext.empty(), body)) {
      InferRequest request = new Reader(json, image, maxBatch).request();
      if (json.nextToken() != null) {
        throw bad("the body goes on after its object");
      }
      return request;
    } catch (JacksonIOException e) {
      throw e;
    } catch (JacksonException e) {
      throw bad("the body is no JSON that is understood: " + Quote.oneLine(e.getOriginalMessage()));
    }
  }

  private static RequestException bad(String message) {
    return new RequestException(RequestException.BAD_REQUEST, message);
  }

  /** Of one body. */
  private static final class Reader {
    private final JsonParser json;
    private final Shape image;
    private final int maxBatch;
    private @Nullable String id;
    private long[] shape = {};
    private float @Nullable [] values;
    private int count;

    Reader(JsonParser json, Shape image, int maxBatch) {
      this.json = json;
      this.image = image;
      this.maxBatch = maxBatch;
    }

    InferRequest request() throws RequestException {
      expect(json.nextToken(), JsonToken.START_OBJECT, "the body");
      boolean hasInputs = false;
      Set<String> seen = new HashSet<>();
      for (String name = json.nextName(); name != null; name = json.nextName()) {
        if (!seen.add(name)) {
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
          default -> json.skipChildren();
        }
      }
      if (!hasInputs) {
        throw bad("there is no 'inputs'; give one input, " + expected());
      }
      return checked();
    }

    private InferRequest checked() throws RequestException {
      if (values == null) {
        throw bad("input '%s' has no 'data'".formatted(INPUT));
      }
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
      int batch = (int) shape[0];
      if (count != batch * image.size()) {
        throw bad(
            "input '%s' has %s values, its shape %s of them"
                .formatted(INPUT, count, batch * image.size()));
      }
      return new InferRequest(id, batch, values);
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
        if (!seen.add(name)) {
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
      int most = Math.toIntExact(maxBatch * image.size());
      float[] read = new float[Math.toIntExact(image.size())];
      int depth = 1;
      while (depth > 0) {
        JsonToken token = json.nextToken();
        switch (token) {
          case START_ARRAY -> depth++;
          case END_ARRAY -> depth--;
          case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> {
            if (count == most) {
              throw bad("'data' has more than %s values".formatted(most));
            }
            if (count == read.length) {
              read = Arrays.copyOf(read, (int) Math.min(most, 2L * read.length));
            }
            read[count++] = finite((float) json.getDoubleValue());
          }
          case null, default -> throw bad("'data' has something else than numbers");
        }
      }
      values = read;
    }

    private static float finite(float value) throws RequestException {
      if (!Float.isFinite(value)) {
        throw bad("'data' has a number that " + TYPE + " does not hold");
      }
      return value;
    }

    private void outputs(JsonToken token) throws RequestException {
      expect(token, JsonToken.START_ARRAY, "'outputs'");
      while (json.nextToken() != JsonToken.END_ARRAY) {
        expect(json.currentToken(), JsonToken.START_OBJECT, "an output");
        for (String name = json.nextName(); name != null; name = json.nextName()) {
          JsonToken value = json.nextToken();
          if (name.equals("name")) {
            is(value, OUTPUT, "an output is called");
          } else {
            json.skipChildren();
          }
        }
      }
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
}
