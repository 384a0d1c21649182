package org.resnet4j.serve;

import com.sun.net.httpserver.Headers;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.resnet4j.core.text.Quote;

/** What a request says before its body. Stateless. */
final class RequestHead {
  /** Of the Open Inference Protocol's extension for binary data. */
  static final String HEADER_LENGTH = "Inference-Header-Content-Length";

  static final int MOST_TOP = 100;

  private static final String BYTES = "application/octet-stream";
  private static final int USUAL_TOP = 5;

  private RequestHead() {}

  /**
   * How long the JSON is that values follow; {@link InferRequest#NO_HEADER} if all of the body is.
   *
   * @param most bytes of a body
   */
  static int headerBytes(Headers headers, long most) throws RequestException {
    List<String> values = headers.get(HEADER_LENGTH);
    if (values == null) {
      return InferRequest.NO_HEADER;
    }
    String value = String.join(", ", values); // two are none
    if (!value.matches("[1-9][0-9]{0,9}") || Long.parseLong(value) > most) {
      throw RequestException.bad(
          HEADER_LENGTH + " is " + Quote.name(value) + ", expected the length of the JSON");
    }
    return Integer.parseInt(value);
  }

  /**
   * Bytes without a type are taken for what is wanted; the type of none is said by many clients.
   * None are taken that are compressed for the way.
   *
   * @param prefix a whole type, or up to its slash
   */
  static void requireType(Headers headers, String prefix, String wanted) throws RequestException {
    String type = headers.getFirst("Content-Type");
    String kind = type == null ? BYTES : type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
    boolean fits =
        kind.equals(BYTES)
            || (prefix.endsWith("/") ? kind.startsWith(prefix) : kind.equals(prefix));
    String coding = headers.getFirst("Content-Encoding");
    if (coding != null && !coding.strip().equalsIgnoreCase("identity")) {
      throw new RequestException(
          RequestException.UNSUPPORTED_TYPE,
          "the Content-Encoding is %s, expected none: send the bytes as they are"
              .formatted(Quote.name(coding)));
    }
    if (type != null && !fits) {
      throw new RequestException(
          RequestException.UNSUPPORTED_TYPE,
          "the Content-Type is %s, expected %s".formatted(Quote.name(type), wanted));
    }
  }

  /** The option {@code top} of a query, the only one that there is. */
  static int top(@Nullable String query) throws RequestException {
    if (query == null || query.isEmpty()) {
      return USUAL_TOP;
    }
    int top = 0;
    for (String part : query.split("&", -1)) {
      String[] option = part.split("=", 2);
      if (top > 0 && option[0].equals("top")) {
        throw RequestException.bad("'top' is there twice");
      }
      if (!option[0].equals("top") || option.length < 2) {
        throw RequestException.bad(
            "there is no option %s; 'top' is one".formatted(Quote.name(option[0])));
      }
      String value = URLDecoder.decode(option[1], StandardCharsets.UTF_8);
      top = value.matches("[1-9][0-9]{0,2}") ? Integer.parseInt(value) : 0;
      if (top < 1 || top > MOST_TOP) {
        throw RequestException.bad(
            "top must lie between 1 and %s, got %s".formatted(MOST_TOP, Quote.name(value)));
      }
    }
    return top;
  }
}
