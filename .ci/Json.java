import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/** Fails unless a file is one line with one JSON object that has the given properties. */
void main(String[] args) throws Exception {
  String text = Files.readString(Path.of(args[0]));
  Set<String> missing = new HashSet<>(Arrays.asList(args).subList(1, args.length));
  try (JsonParser json = new JsonFactory().createParser(ObjectReadContext.empty(), text)) {
    boolean object = json.nextToken() == JsonToken.START_OBJECT;
    while (json.nextToken() == JsonToken.PROPERTY_NAME) {
      missing.remove(json.currentName());
      json.nextToken();
      json.skipChildren();
    }
    if (!object || json.nextToken() != null || text.lines().count() != 1 || !missing.isEmpty()) {
      throw new IllegalStateException("not one object, or without " + missing + ": " + text);
    }
  }
}
