package org.resnet4j.core.hub;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.resnet4j.core.stack.AmpleStack;
import org.resnet4j.core.text.Quote;

/**
 * What an environment says of the hub.
 *
 * @param environment its variables
 * @param user whose folder it is; {@code "?"} where the system knows of none
 */
record HubEnvironment(Map<String, String> environment, String user)
    implements AmpleStack.Call<HubSettings, HubException> {
  private static final String DEFAULT_ENDPOINT = "https://huggingface.co";
  private static final int MAX_TOKEN_BYTES = 4096;

  @Override
  public HubSettings run() throws HubException {
    URI endpoint = uri(value("HF_ENDPOINT", DEFAULT_ENDPOINT));
    return new HubSettings(
        endpoint,
        cache(),
        token(),
        isTrue(environment.get("HF_HUB_OFFLINE")),
        HubProxies.of(environment));
  }

  private Path cache() throws HubException {
    String stated = value("HF_HUB_CACHE", "");
    return stated.isEmpty() ? inHome("hub") : path(stated);
  }

  /** In the library's own folder. */
  private Path inHome(String name) throws HubException {
    String stated = value("HF_HOME", "");
    if (!stated.isEmpty()) {
      return path(stated).resolve(name);
    }
    String caches = value("XDG_CACHE_HOME", "");
    Path folder = caches.isEmpty() ? userFolder().resolve(".cache") : path(caches);
    return folder.resolve("huggingface").resolve(name);
  }

  /** With the user's folder for a tilde, which stays where a variable is set without a shell. */
  private Path path(String text) throws HubException {
    return text.equals("~") || text.startsWith("~/")
        ? userFolder().resolve(text.substring(Math.min(2, text.length())))
        : file(text);
  }

  private static Path file(String text) throws HubException {
    try {
      return Path.of(text);
    } catch (InvalidPathException _) {
      throw new HubException(
          Quote.name(text),
          "this process cannot name the folder for models",
          "set HF_HOME to one whose name is plain, or LC_ALL to a locale in UTF-8");
    }
  }

  /** One that is not absolute would be another in each folder that a user stands in. */
  private Path userFolder() throws HubException {
    Path folder = file(user);
    if (!folder.isAbsolute()) {
      throw new HubException(
          "home folder", "this user has none", "set HF_HOME to a folder for models");
    }
    return folder;
  }

  private @Nullable String token() throws HubException {
    String token = value("HF_TOKEN", "");
    if (token.isEmpty()) {
      Path file = tokenFile();
      token = file != null && Files.isReadable(file) ? content(file).strip() : "";
    }
    if (token.chars().anyMatch(c -> c <= ' ' || c > '~')) {
      throw new HubException(
          "HF_TOKEN", "holds what no token has", "copy it again from the hub's settings");
    }
    return token.isEmpty() ? null : token;
  }

  private @Nullable Path tokenFile() throws HubException {
    String stated = value("HF_TOKEN_PATH", "");
    if (!stated.isEmpty()) {
      return path(stated);
    }
    try {
      return inHome("token");
    } catch (HubException _) {
      return null; // who has no home has no token there
    }
  }

  private String value(String name, String otherwise) {
    String value = environment.getOrDefault(name, "");
    return value.isBlank() ? otherwise : value.strip();
  }

  private static URI uri(String endpoint) throws HubException {
    try {
      URI uri = new URI(endpoint.replaceAll("/+$", ""));
      if (HubSettings.isEndpoint(uri)) {
        return uri;
      }
    } catch (URISyntaxException _) {
      // Not quoted, as it may hold a password.
    }
    throw new HubException(
        "HF_ENDPOINT", "is no address of a server", "write it as " + DEFAULT_ENDPOINT);
  }

  private static String content(Path file) throws HubException {
    try {
      return Files.isRegularFile(file) && Files.size(file) <= MAX_TOKEN_BYTES
          ? Files.readString(file)
          : "";
    } catch (IOException e) {
      throw new HubException(
          file.toString(), "cannot be read (" + e.getMessage() + ")", "give HF_TOKEN itself", e);
    }
  }

  private static boolean isTrue(@Nullable String text) {
    return text != null && text.matches("(?i)1|on|yes|true");
  }
}
