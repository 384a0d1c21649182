package org.resnet4j.core.hub;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.resnet4j.core.hub.Patience.PassingFailure;
import org.resnet4j.core.hub.PulledModel.PulledFile;
import org.resnet4j.core.json.Json;
import org.resnet4j.core.model.FolderLayout;
import org.resnet4j.core.model.ModelFileException;
import org.resnet4j.core.text.Quote;
import tools.jackson.core.JacksonException;

/** One visit to the hub, after which a model's files are in the cache under one commit. */
final class Pull {
  private static final int MAX_JSON_BYTES = 16 << 20;

  private final HubModel model;
  private final HubSettings settings;
  private final HubConnection connection;
  private final Patience patience;
  private final CachedModel cache;
  private final HubListener listener;

  /** The files by their names, in the order in which they were asked for. */
  private final Map<String, RemoteFile> files = new LinkedHashMap<>();

  private final Map<String, PulledFile> pulled = new LinkedHashMap<>();

  Pull(
      HubModel model,
      HubSettings settings,
      HubConnection connection,
      Patience patience,
      CachedModel cache,
      HubListener listener) {
    this.model = model;
    this.settings = settings;
    this.connection = connection;
    this.patience = patience;
    this.cache = cache;
    this.listener = listener;
  }

  /**
   * A commit of the model as the hub lists it.
   *
   * @param names of all its files
   */
  private record Listing(String commit, Set<String> names) {}

  /** Fetches what is not here; the names appear when all contents are here. */
  PulledModel run() throws IOException {
    Listing listing = listing();
    List<String> weights = FolderLayout.weights(listing.names);
    if (weights.size() != 1) {
      throw new HubException(
          model.toString(),
          weights.isEmpty()
              ? "has no weights that are read here"
              : "has " + weights.size() + " weights files and no model.safetensors",
          "choose a model with safetensors, PyTorch or ONNX weights");
    }
    Files.createDirectories(cache.blobs());
    describe(listing, FolderLayout.CONFIGS);
    describe(listing, weights);
    if (FolderLayout.isIndex(weights.getFirst())) {
      fetch();
      describe(listing, parts(weights.getFirst()));
    }
    describe(listing, FolderLayout.externalData(weights.getFirst(), listing.names));
    String data = weights.getFirst() + FolderLayout.EXTERNAL_DATA;
    if (FolderLayout.mayHaveExternalData(weights.getFirst()) && !listing.names.contains(data)) {
      cache.setMissing(listing.commit, data);
    }
    fetch();
    publish(listing, weights.getFirst());
    return new PulledModel(
        cache.snapshot(listing.commit), listing.commit, List.copyOf(pulled.values()));
  }

  private Set<String> parts(String index) throws IOException {
    try {
      return FolderLayout.parts(blob(index));
    } catch (ModelFileException e) {
      throw new HubException(
          model.toString(),
          "its " + index + " is no index of files beside it",
          "choose another model, or another revision of it",
          e);
    }
  }

  private Listing listing() throws HubException {
    URI uri = connection.uri("api/models/" + model.name() + "/revision", model.revision());
    byte[] content = patience.persist(() -> small(uri));
    try {
      if (Json.read(new String(content, StandardCharsets.UTF_8)) instanceof Map<?, ?> object
          && object.get("sha") instanceof String commit
          && HubModel.isCommit(commit)
          && object.get("siblings") instanceof List<?> siblings) {
        if (model.isPinned() && !model.revision().equals(commit)) {
          throw new HubException(
              model.toString(),
              settings.endpoint() + " has " + commit + " in its place",
              "check HF_ENDPOINT and the proxy");
        }
        return new Listing(commit, names(siblings));
      }
    } catch (JacksonException e) {
      throw noListing(uri, e);
    }
    throw noListing(uri, null);
  }

  private byte[] small(URI uri) throws HubException, PassingFailure {
    HttpResponse<InputStream> answer = connection.get(uri);
    try (StallGuard in = new StallGuard(answer.body(), patience.stall(), patience.listing())) {
      byte[] content = in.readNBytes(MAX_JSON_BYTES + 1);
      if (content.length > MAX_JSON_BYTES) {
        throw noListing(uri, null);
      }
      return content;
    } catch (HubException e) {
      throw e;
    } catch (IOException e) {
      throw new PassingFailure(connection.broken(uri, e), Duration.ZERO);
    }
  }

  private static Set<String> names(List<?> siblings) {
    Set<String> names = new TreeSet<>();
    for (Object sibling : siblings) {
      if (sibling instanceof Map<?, ?> file
          && file.get("rfilename") instanceof String name
          && FolderLayout.isWithin(name)) { // any other is nothing that a model needs
        names.add(name);
      }
    }
    return names;
  }

  private HubException noListing(URI uri, @Nullable Exception origin) {
    return new HubException(
        model.toString(),
        HubConnection.origin(uri) + " does not answer as a model hub does",
        "check HF_ENDPOINT and the proxy",
        origin);
  }

  /** Asks what the hub promises of files, and notes which of them there are not. */
  private void describe(Listing listing, Iterable<String> names) throws IOException {
    for (String name : names) {
      if (listing.names.contains(name)) {
        URI uri = connection.uri(model.name() + "/resolve/" + listing.commit, name.split("/"));
        files.put(
            name,
            patience.persist(
                () -> RemoteFile.of(model, name, uri, connection.head(uri).headers())));
      } else if (FolderLayout.CONFIGS.contains(name)) {
        cache.setMissing(listing.commit, name);
      } else {
        throw new HubException(
            model.toString(),
            "its index names " + Quote.name(name) + ", which it has not",
            "tell its owner, or choose another model");
      }
    }
  }

  private Path blob(String name) {
    return cache.blob(file(name).hash());
  }

  private RemoteFile file(String name) {
    return Objects.requireNonNull(files.get(name), name);
  }

  /** Fetches the contents of all files asked for so far that are not here. */
  private void fetch() throws IOException {
    List<RemoteFile> missing = new ArrayList<>();
    long here = 0;
    long all = 0;
    for (RemoteFile file : files.values()) {
      all += file.bytes();
      if (isHere(file)) {
        here += file.bytes();
        pulled.putIfAbsent(file.name(), pulled(file, false));
      } else {
        missing.add(file);
      }
    }
    requireRoom(missing);
    for (RemoteFile file : missing) {
      long before = here;
      long of = all;
      new BlobDownload(
              model,
              file,
              connection,
              patience,
              cache,
              bytes -> listener.fetched(before + bytes, of))
          .run();
      here += file.bytes();
      pulled.put(file.name(), pulled(file, true));
    }
  }

  /** Whether a file's content is here; one that has been damaged since it came is not. */
  private boolean isHere(RemoteFile file) throws IOException {
    Path blob = cache.blob(file.hash());
    if (pulled.containsKey(file.name())) {
      return true;
    }
    return Files.isRegularFile(blob)
        && Files.size(blob) == file.bytes()
        && file.hash().isOf(blob, file.bytes());
  }

  private static PulledFile pulled(RemoteFile file, boolean fetched) {
    return new PulledFile(file.name(), file.bytes(), file.hash().hex(), fetched);
  }

  private void requireRoom(List<RemoteFile> missing) throws IOException {
    long needed = 0;
    for (RemoteFile file : missing) {
      Path partial = cache.partial(file.hash());
      needed += file.bytes() - (Files.exists(partial) ? Files.size(partial) : 0);
    }
    long room = Files.getFileStore(cache.blobs()).getUsableSpace();
    if (needed > room) {
      throw new HubException(
          model.toString(),
          "its files need %s more bytes, and %s are free in %s"
              .formatted(needed, room, cache.folder()),
          "make room, or name another folder with HF_HOME");
    }
  }

  /** The weights last: until then a snapshot is not complete. */
  private void publish(Listing listing, String weights) throws IOException {
    for (RemoteFile file : files.values()) {
      if (!file.name().equals(weights)) {
        cache.publish(listing.commit, file.name(), cache.blob(file.hash()));
      }
    }
    cache.publish(listing.commit, weights, blob(weights));
    cache.setCommit(model, listing.commit);
  }
}
