package org.resnet4j.core.hub;

import java.net.URI;
import java.net.http.HttpHeaders;
import java.util.Optional;

/**
 * What the hub promises of a file.
 *
 * @param name in the model's folder
 * @param uri where it is to be had
 * @param bytes its size
 * @param hash of its content
 */
record RemoteFile(String name, URI uri, long bytes, BlobHash hash) {
  private static final String STORED_HASH = "X-Linked-Etag";
  private static final String STORED_BYTES = "X-Linked-Size";

  /** Whether the hub has said what it stores elsewhere. */
  static boolean isDescribedBy(HttpHeaders headers) {
    return headers.firstValue(STORED_HASH).isPresent();
  }

  /**
   * Reads the promise.
   *
   * @throws HubException if there is none
   */
  static RemoteFile of(HubModel model, String name, URI uri, HttpHeaders headers)
      throws HubException {
    String etag = headers.firstValue(STORED_HASH).or(() -> headers.firstValue("ETag")).orElse("");
    Optional<BlobHash> hash = BlobHash.of(etag.replaceFirst("^W/", "").replace("\"", ""));
    String bytes =
        headers.firstValue(STORED_BYTES).or(() -> headers.firstValue("Content-Length")).orElse("");
    if (hash.isEmpty() || !bytes.matches("\\d{1,15}")) {
      throw new HubException(
          model.toString(),
          HubConnection.origin(uri)
              + " says neither size nor hash of "
              + name
              + ", which cannot be checked",
          "check HF_ENDPOINT and the proxy");
    }
    return new RemoteFile(name, uri, Long.parseLong(bytes), hash.get());
  }
}
