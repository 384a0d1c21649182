package org.resnet4j.core.hub;

import static org.resnet4j.core.hub.LoopbackServer.head;
import static org.resnet4j.core.hub.LoopbackServer.write;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.resnet4j.core.hub.LoopbackServer.Request;

/** A hub with one model, which answers as huggingface.co does. */
final class FakeHub implements LoopbackServer.Handler {
  static final HubModel MODEL = HubModel.parse("timm/resnet18.a1_in1k");
  static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";

  /** From this size on a file is stored elsewhere and known by its SHA-256. */
  static final int LARGE = 1000;

  final Map<String, byte[]> files = new TreeMap<>();

  FakeHub with(String name, byte[] content) {
    files.put(name, content);
    return this;
  }

  FakeHub with(String name, String content) {
    return with(name, content.getBytes(StandardCharsets.UTF_8));
  }

  /** A file of {@code size} bytes, of which no two runs of 256 are equal. */
  static byte[] content(int size) {
    byte[] content = new byte[size];
    for (int i = 0; i < size; i++) {
      content[i] = (byte) (i ^ (i >> 8) ^ (i >> 16));
    }
    return content;
  }

  static String hash(byte[] content) {
    try {
      if (content.length >= LARGE) {
        return hex(MessageDigest.getInstance("SHA-256").digest(content));
      }
      MessageDigest git = MessageDigest.getInstance("SHA-1");
      git.update(("blob " + content.length + "\0").getBytes(StandardCharsets.US_ASCII));
      return hex(git.digest(content));
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }

  @Override
  public void answer(Request request, OutputStream out) throws IOException {
    String resolve = "/" + MODEL.name() + "/resolve/" + COMMIT + "/";
    if (request
        .target()
        .matches("/api/models/" + MODEL.name() + "/revision/(main|" + COMMIT + ")")) {
      String listing = listing();
      write(out, head(200, "Content-Length: " + listing.length()) + listing);
    } else if (request.target().startsWith("/stored/")) {
      send(request, files.get(request.target().substring("/stored/".length())), out);
    } else if (request.target().startsWith(resolve)
        && files.containsKey(request.target().substring(resolve.length()))) {
      String name = request.target().substring(resolve.length());
      resolve(request, name, files.get(name), out);
    } else if (request.target().contains("/revision/")
        && request.target().startsWith("/api/models/" + MODEL.name() + "/")) {
      write(out, head(404, "X-Error-Code: RevisionNotFound", "Content-Length: 0"));
    } else {
      write(out, head(401, "X-Error-Code: RepoNotFound", "Content-Length: 0"));
    }
  }

  String listing() {
    return "{\"id\":\"x\",\"sha\":\""
        + COMMIT
        + "\",\"siblings\":["
        + files.keySet().stream()
            .map(name -> "{\"rfilename\":\"" + name + "\"}")
            .collect(Collectors.joining(","))
        + "]}";
  }

  /** A small file's content, or where a large one is stored. */
  void resolve(Request request, String name, byte[] content, OutputStream out) throws IOException {
    if (content.length >= LARGE) {
      write(
          out,
          head(
              302,
              "X-Linked-Etag: \"" + hash(content) + "\"",
              "X-Linked-Size: " + content.length,
              "ETag: \"of the pointer\"",
              "Location: /stored/" + name,
              "Content-Length: 0"));
    } else {
      write(
          out, head(200, "ETag: W/\"" + hash(content) + "\"", "Content-Length: " + content.length));
      if (request.method().equals("GET")) {
        out.write(content);
      }
    }
  }

  private static void send(Request request, byte[] content, OutputStream out) throws IOException {
    String range = request.headers().getOrDefault("range", "");
    if (range.isEmpty()) {
      write(out, head(200, "Content-Length: " + content.length));
      out.write(content);
    } else {
      int from = Integer.parseInt(range.replaceAll("bytes=(\\d+)-", "$1"));
      write(
          out,
          head(
              206,
              "Content-Length: " + (content.length - from),
              "Content-Range: bytes " + from + "-" + (content.length - 1) + "/" + content.length));
      out.write(content, from, content.length - from);
    }
  }
}
