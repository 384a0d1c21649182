package org.resnet4j.bench.result;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.cfg.EnumFeature;
import tools.jackson.databind.exc.ValueInstantiationException;
import tools.jackson.databind.json.JsonMapper;

/** Results as JSON: the records' components by their names, those that are null left out. */
public final class ResultsJson {
  /** Results of a thousand rows have a megabyte. */
  private static final long MAX_BYTES = 256L << 20;

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .changeDefaultPropertyInclusion(
              all -> all.withValueInclusion(JsonInclude.Include.NON_NULL))
          .disable(JsonWriteFeature.ESCAPE_FORWARD_SLASHES)
          .disable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
          .enable(EnumFeature.WRITE_ENUMS_TO_LOWERCASE)
          .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .build();

  /** What JSON may hold and a terminal may obey: DEL, the controls of ISO 6429, directions. */
  private static final Pattern OBEYED =
      Pattern.compile("[\\x7F-\\x9F\\u2028-\\u202E\\u2066-\\u2069]");

  private ResultsJson() {}

  /** One line, without its end. */
  public static String write(Object results) {
    return escaped(JSON.writeValueAsString(results));
  }

  /** The same JSON without what a terminal may obey; outside of strings there is none of it. */
  public static String escaped(String json) {
    return OBEYED
        .matcher(json)
        .replaceAll(match -> "\\\\u%04x".formatted((int) json.charAt(match.start())));
  }

  /**
   * Reads a results file, whatever of a later version it holds beside what is known here.
   *
   * @throws IOException if it cannot be read or is none; names the file and the place in it
   */
  public static Results read(Path file) throws IOException {
    if (Files.size(file) > MAX_BYTES) {
      throw new FileSystemException(file.toString(), null, "is no results file: too large");
    }
    try {
      return JSON.readValue(Files.readString(file), Results.class);
    } catch (CharacterCodingException _) {
      throw none(file, "it is no text");
    } catch (ValueInstantiationException e) {
      Throwable cause = e.getCause();
      throw none(file, cause == null ? e.getOriginalMessage() : String.valueOf(cause.getMessage()));
    } catch (JacksonException e) {
      String where =
          e.getPath().stream()
              .map(JacksonException.Reference::getPropertyName)
              .filter(Objects::nonNull)
              .collect(Collectors.joining("."));
      throw none(
          file,
          "%s%s, line %s, column %s"
              .formatted(
                  where.isEmpty() ? "" : where + ": ",
                  e.getOriginalMessage(),
                  e.getLocation().getLineNr(),
                  e.getLocation().getColumnNr()));
    }
  }

  private static FileSystemException none(Path file, String cause) {
    return new FileSystemException(file.toString(), null, "is no results file: " + cause);
  }
}
