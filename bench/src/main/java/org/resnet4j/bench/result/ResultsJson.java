package org.resnet4j.bench.result;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.io.IOException;
import java.lang.invoke.MethodType;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.cfg.EnumFeature;
import tools.jackson.databind.exc.MismatchedInputException;
import tools.jackson.databind.exc.ValueInstantiationException;
import tools.jackson.databind.json.JsonMapper;

/** Results as JSON: the records' components by their names, those that are null left out. */
public final class ResultsJson {
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .changeDefaultPropertyInclusion(
              all -> all.withValueInclusion(JsonInclude.Include.NON_NULL))
          .disable(JsonWriteFeature.ESCAPE_FORWARD_SLASHES)
          .disable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
          .enable(EnumFeature.WRITE_ENUMS_TO_LOWERCASE)
          .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS)
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
          .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .build();

  /** What JSON may hold and a terminal may obey: DEL, the controls of ISO 6429, directions. */
  private static final Pattern OBEYED =
      Pattern.compile("[\\x7F-\\x9F\\u2028-\\u202E\\u2066-\\u2069]");

  /** Longer than any path; a page says a name with each of its rows. */
  private static final int LONGEST_NAME = 5000;

  /** What only results of {@code bench --files} have. */
  private static final String FROM_FILES = "fromFiles";

  private ResultsJson() {}

  /** One line, without its end. */
  public static String write(Object results) {
    return escaped(JSON.writeValueAsString(results));
  }

  /** The same JSON without what a terminal may obey; outside of strings there is none of it. */
  public static String escaped(String json) {
    return OBEYED
        .matcher(json)
        .replaceAll(
            match -> String.format(Locale.ROOT, "\\\\u%04x", (int) json.charAt(match.start())));
  }

  /**
   * Reads a results file, whatever of a later version it holds beside what is known here.
   *
   * @throws ResultsFileException if it is none; names the place in it
   * @throws IOException if it cannot be read
   */
  public static Results read(Path file) throws IOException {
    String text = TextFile.read(file);
    try {
      Results results = JSON.readValue(text, Results.class);
      if (results == null) {
        throw new ResultsFileException(file, "it is null");
      }
      if (results.results().isEmpty() && JSON.readTree(text).has(FROM_FILES)) {
        throw new ResultsFileException(file, "it is of 'bench --files', of which there is no page");
      }
      if (names(results).anyMatch(name -> name.length() > LONGEST_NAME)) {
        throw new ResultsFileException(
            file, "a name in it has more than %s characters".formatted(LONGEST_NAME));
      }
      return results;
    } catch (JacksonException e) {
      throw new ResultsFileException(file, place(e) + cause(e));
    }
  }

  /** Of networks, engines, versions and algorithms. */
  private static Stream<String> names(Results results) {
    Stream<@Nullable String> engines =
        results.machine().engines().stream()
            .flatMap(engine -> Stream.<@Nullable String>of(engine.name(), engine.version()));
    Stream<String> rows =
        results.results().stream().flatMap(row -> Stream.of(row.model(), row.engine()));
    Stream<String> profiles =
        results.profiles().stream()
            .flatMap(profile ->
                Stream.concat(
                    Stream.of(profile.model(), profile.engine()),
                    profile.algorithms().stream().map(LayerProfile.Group::algorithm)));
    Stream<String> accuracy =
        results.accuracy().stream().flatMap(one -> Stream.of(one.model(), one.engine()));
    return Stream.of(engines.filter(Objects::nonNull), rows, profiles, accuracy)
        .flatMap(names -> names);
  }

  /** {@code "results[3].batch, line 1, column 900: "}; empty if it is unknown. */
  private static String place(JacksonException e) {
    StringBuilder place = new StringBuilder();
    for (JacksonException.Reference step : e.getPath()) {
      if (step.getPropertyName() == null) {
        place.append('[').append(step.getIndex()).append(']');
      } else {
        place.append(place.isEmpty() ? "" : ".").append(step.getPropertyName());
      }
    }
    TokenStreamLocation at = e.getLocation();
    if (at != null && at.getLineNr() > 0) {
      place
          .append(place.isEmpty() ? "" : ", ")
          .append("line %s, column %s".formatted(at.getLineNr(), at.getColumnNr()));
    }
    return place.isEmpty() ? "" : place + ": ";
  }

  private static String cause(JacksonException e) {
    return switch (e) {
      case ValueInstantiationException instantiation when instantiation.getCause() != null ->
          String.valueOf(instantiation.getCause().getMessage());
      case MismatchedInputException mismatch -> "expected " + kind(mismatch.getTargetType());
      case StreamConstraintsException _ -> "it is too deep, or a text in it is too long";
      case StreamReadException read when read.getOriginalMessage().startsWith("Duplicate") ->
          "a name is there twice";
      case StreamReadException _ -> "here ends what is JSON";
      default -> "it does not belong there";
    };
  }

  private static String kind(@Nullable Class<?> type) {
    if (type == null) {
      return "something else";
    }
    if (type.isEnum()) {
      return "one of "
          + Arrays.stream(type.getEnumConstants())
              .map(each -> each.toString().toLowerCase(Locale.ROOT))
              .collect(Collectors.joining(", "));
    }
    Class<?> boxed = MethodType.methodType(type).wrap().returnType();
    if (boxed == Integer.class || boxed == Long.class) {
      return "a whole number";
    }
    if (Number.class.isAssignableFrom(boxed)) {
      return "a number";
    }
    if (boxed == Boolean.class) {
      return "true or false";
    }
    if (boxed == String.class) {
      return "a text";
    }
    return Collection.class.isAssignableFrom(boxed) ? "a list" : "an object";
  }
}
