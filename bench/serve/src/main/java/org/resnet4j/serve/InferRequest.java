package org.resnet4j.serve;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;
import org.resnet4j.core.tensor.Shape;
import org.resnet4j.core.text.Quote;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.exc.JacksonIOException;
import tools.jackson.core.json.JsonFactory;

/**
 * The body of an inference request of the Open Inference Protocol: {@code {"id", "inputs":
 * [{"name", "shape", "datatype", "data"}], "outputs": [{"name"}]}}. By the protocol's binary
 * extension the values may follow it as float32 in little-endian order, {@code "parameters":
 * {"binary_data_size"}} of the input saying how many bytes, and the answer's may, where {@code
 * "binary_data_output"} of the request or {@code "binary_data"} of the output asks for it. What
 * else it holds is passed over.
 *
 * @param id which the answer repeats
 * @param batch how many images there are
 * @param values of all, NCHW; may be longer
 * @param binaryOutput whether the answer's values follow its JSON
 */
record InferRequest(@Nullable String id, int batch, float[] values, boolean binaryOutput) {
  static final String INPUT = "input";
  static final String OUTPUT = "logits";
  static final String TYPE = "FP32";

  /** All JSON. */
  static final int NO_HEADER = -1;

  private static final int MAX_DEPTH = 20;
  private static final int MAX_TEXT = 1000;

  /** Names are not kept to be found again: a caller may send millions of them. */
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .disable(TokenStreamFactory.Feature.CANONICALIZE_PROPERTY_NAMES)
          .disable(TokenStreamFactory.Feature.INTERN_PROPERTY_NAMES)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_DEPTH)
                  .maxNameLength(MAX_TEXT)
                  .maxStringLength(MAX_TEXT)
                  .build())
          .build();

  /**
   * Reads a request.
   *
   * @param headerBytes how long its JSON is, which values follow; {@link #NO_HEADER} if all is
   * @param image the shape of one, C x H x W
   * @param maxBatch most images
   * @throws RequestException 400 if it is none that the network takes
   * @throws IOException if {@code body} cannot be read
   */
  static InferRequest read(InputStream body, int headerBytes, Shape image, int maxBatch)
      throws RequestException, IOException {
    InputStream header =
        headerBytes == NO_HEADER ? body : new ByteArrayInputStream(body.readNBytes(headerBytes));
    try (JsonParser json = JSON.createParser(ObjectReadContext.empty(), header)) {
      InferReader reader = new InferReader(json, image, maxBatch);
      reader.read();
      if (json.nextToken() != null) {
        throw RequestException.bad("the body goes on after its object");
      }
      reader.requireOnePlace();
      if (headerBytes != NO_HEADER) {
        reader.follow(body);
      }
      return reader.checked();
    } catch (JacksonIOException e) {
      throw e;
    } catch (JacksonException e) {
      throw RequestException.bad(
          "the body is no JSON that is understood: " + Quote.jackson(e.getOriginalMessage()));
    }
  }
}
