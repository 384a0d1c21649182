package org.resnet4j.core.hub;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.resnet4j.core.file.WholeFile;
import org.resnet4j.core.model.FolderLayout;

/**
 * A model's folder in the cache, laid out as the hub's Python library does: {@code blobs/<hash>}
 * hold the contents, {@code snapshots/<commit>/<name>} are links to them, {@code refs/<revision>}
 * say which commit a branch was at, and {@code .no_exist/<commit>/<name>} which files a commit does
 * not have.
 *
 * @param folder {@code models--owner--name}
 */
record CachedModel(Path folder) {
  private static final int MAX_REF_BYTES = 100;

  static CachedModel of(Path cache, HubModel model) {
    return new CachedModel(cache.resolve("models--" + model.name().replace("/", "--")));
  }

  Path blobs() {
    return folder.resolve("blobs");
  }

  Path blob(BlobHash hash) {
    return blobs().resolve(hash.hex());
  }

  /** Where a blob grows; the Python library, which may be at it too, has another name. */
  Path partial(BlobHash hash) {
    return blobs().resolve(hash.hex() + ".resnet4j.incomplete");
  }

  Path snapshot(String commit) {
    return folder.resolve("snapshots").resolve(commit);
  }

  /** The commit that a revision was at when it was last asked for. */
  Optional<String> commit(HubModel model) throws IOException {
    if (model.isPinned()) {
      return Optional.of(model.revision());
    }
    Path ref = ref(model);
    if (!Files.isRegularFile(ref) || Files.size(ref) > MAX_REF_BYTES) {
      return Optional.empty();
    }
    // Of one byte a character: whatever else is in it is no commit.
    return Optional.of(Files.readString(ref, StandardCharsets.ISO_8859_1).strip())
        .filter(HubModel::isCommit);
  }

  private Path ref(HubModel model) {
    return folder.resolve("refs").resolve(model.revision());
  }

  void setCommit(HubModel model, String commit) throws IOException {
    if (!model.isPinned()) {
      Files.createDirectories(ref(model).getParent());
      WholeFile.replace(
          ref(model),
          channel -> channel.write(ByteBuffer.wrap(commit.getBytes(StandardCharsets.US_ASCII))));
    }
  }

  /** Gives a blob its name in a commit: a link, or a copy where there are no links. */
  void publish(String commit, String name, Path blob) throws IOException {
    Path file = snapshot(commit).resolve(name);
    Path parent = Objects.requireNonNull(file.getParent());
    if (!file.normalize().startsWith(snapshot(commit).normalize())) {
      throw new AssertionError(name + " leads out of its folder");
    }
    Files.createDirectories(parent);
    if (Files.exists(file) && Files.isSameFile(file, blob)) {
      return;
    }
    Files.deleteIfExists(file); // a link to nothing, or a copy
    try {
      // From where the folder is, which may be behind a link of its own.
      Files.createSymbolicLink(file, parent.toRealPath().relativize(blob.toRealPath()));
    } catch (FileAlreadyExistsException e) {
      throw e;
    } catch (UnsupportedOperationException | FileSystemException _) {
      copy(blob, file);
    }
  }

  private static void copy(Path blob, Path file) throws IOException {
    Path copy = file.resolveSibling(file.getFileName() + ".incomplete");
    try {
      Files.copy(blob, copy, StandardCopyOption.REPLACE_EXISTING);
      Files.move(copy, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(copy);
    }
  }

  /** Notes that a commit has no such file. */
  void setMissing(String commit, String name) throws IOException {
    Path mark = missing(commit, name);
    Files.createDirectories(mark.getParent());
    if (!Files.exists(mark)) {
      Files.createFile(mark);
    }
  }

  private Path missing(String commit, String name) {
    return folder.resolve(".no_exist").resolve(commit).resolve(name);
  }

  /** Whether all is here that makes the model, or is known to be nowhere. */
  boolean isComplete(String commit) throws IOException {
    if (!hasWeights(commit)) {
      return false;
    }
    List<String> needed = new ArrayList<>(FolderLayout.CONFIGS);
    String weights = weights(commit).getFirst();
    if (FolderLayout.mayHaveExternalData(weights)) {
      needed.add(weights + FolderLayout.EXTERNAL_DATA);
    }
    return needed.stream()
        .allMatch(name ->
            Files.exists(snapshot(commit).resolve(name)) || Files.exists(missing(commit, name)));
  }

  private List<String> weights(String commit) throws IOException {
    return Files.isDirectory(snapshot(commit))
        ? FolderLayout.weights(FolderLayout.names(snapshot(commit)))
        : List.of();
  }

  /** Whether weights are here, all their parts if there are some. */
  boolean hasWeights(String commit) throws IOException {
    List<String> weights = weights(commit);
    if (weights.size() != 1) {
      return false;
    }
    Path file = snapshot(commit).resolve(weights.getFirst());
    if (FolderLayout.isIndex(weights.getFirst())) {
      for (String part : FolderLayout.parts(file)) {
        if (!Files.exists(file.resolveSibling(part))) {
          return false;
        }
      }
    }
    return true;
  }
}
