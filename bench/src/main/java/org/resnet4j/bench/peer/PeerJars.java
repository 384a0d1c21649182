package org.resnet4j.bench.peer;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;

/**
 * The peers' jars, native libraries in them: fetched by Maven when first asked for, kept in {@code
 * bench/target/peers/<name>-<version>}, loaded beside the command and never on its class path.
 */
public final class PeerJars {
  private static final String RESOURCE = "peers.properties";

  private final @Nullable Path root;
  private final String maven;

  /**
   * Jars below a checkout of the project.
   *
   * @param root the checkout, or null if it is not known
   * @param maven the program that fetches them
   */
  PeerJars(@Nullable Path root, String maven) {
    this.root = root;
    this.maven = maven;
  }

  /** Those of the checkout whose launcher started this process. */
  public static PeerJars ofLauncher() {
    String root = System.getProperty("resnet4j.root");
    return new PeerJars(root == null ? null : Path.of(root), "mvn");
  }

  /** The version that is compared with, as the build wrote it down. */
  public static String version(String peer) throws IOException {
    Properties versions = new Properties();
    try (InputStream in = PeerJars.class.getResourceAsStream(RESOURCE)) {
      if (in == null) {
        throw new IOException(RESOURCE + ": not in the jar; build again with mvn package");
      }
      versions.load(in);
    }
    return versions.getProperty(peer);
  }

  /**
   * A loader of the peer's classes that sees the JDK's and nothing else.
   *
   * @throws PeerException if they cannot be fetched, or are damaged
   */
  public ClassLoader load(String peer) throws IOException {
    Path folder = folder(peer);
    List<URL> urls = new ArrayList<>();
    for (Path jar : jars(folder)) {
      if (!isWhole(jar)) {
        throw new PeerException(
            peer,
            jar + " is damaged",
            "remove the folder %s, and from Maven's repository the jar if it is damaged there, too"
                .formatted(folder));
      }
      urls.add(jar.toUri().toURL());
    }
    return new URLClassLoader(
        "peer-" + peer, urls.toArray(URL[]::new), ClassLoader.getPlatformClassLoader());
  }

  /** A library that is not what its jar's sums say can end the process. */
  private static boolean isWhole(Path jar) throws IOException {
    byte[] buffer = new byte[1 << 16];
    try (ZipFile zip = new ZipFile(jar.toFile())) {
      for (ZipEntry entry : (Iterable<ZipEntry>) zip.stream().map(ZipEntry.class::cast)::iterator) {
        CRC32 sum = new CRC32();
        try (InputStream content = zip.getInputStream(entry)) {
          for (int read; (read = content.read(buffer)) >= 0; ) {
            sum.update(buffer, 0, read);
          }
        }
        if (sum.getValue() != entry.getCrc()) {
          return false;
        }
      }
      return true;
    } catch (ZipException | EOFException _) {
      return false;
    }
  }

  /** The folder that holds a peer's jars; a folder under its final name is complete. */
  public Path folder(String peer) throws IOException {
    if (root == null) {
      throw new PeerException(
          peer,
          "where to fetch it to is not known",
          "start the command with the launcher resnet4j of the sources");
    }
    Path peers = root.resolve("bench/target/peers");
    Path folder = peers.resolve(peer + "-" + version(peer));
    if (!Files.isDirectory(folder)) {
      Files.createDirectories(peers);
      Path pom = root.resolve("bench/src/main/peers").resolve(peer).resolve("pom.xml");
      try (Unfinished partial = new Unfinished(Files.createTempDirectory(peers, peer + "-"))) {
        fetch(peer, pom, partial);
        publish(partial.folder, folder);
      }
    }
    return folder;
  }

  /** Another process may have been faster. */
  private static void publish(Path partial, Path folder) throws IOException {
    try {
      Files.move(partial, folder);
    } catch (FileSystemException e) {
      if (!Files.isDirectory(folder)) {
        throw e;
      }
    }
  }

  private void fetch(String peer, Path pom, Unfinished partial) throws IOException {
    List<String> command =
        List.of(
            maven,
            "-B",
            "-q",
            "-f",
            pom.toString(),
            "dependency:copy-dependencies",
            "-DincludeScope=runtime",
            "-DoutputDirectory=" + partial.folder);
    Process process;
    try {
      process = partial.start(new ProcessBuilder(command).redirectErrorStream(true));
    } catch (IOException e) {
      throw new PeerException(
          peer,
          "Maven fetches it, and " + maven + " does not start",
          "install Maven 3.8.6 or later",
          e);
    }
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (waitFor(process) != 0) {
      throw new PeerException(
          peer,
          "Maven cannot fetch it: " + firstError(output),
          "check the connection and Maven's settings, then run '"
              + String.join(" ", command.subList(0, 6))
              + "' to see more");
    }
  }

  /** A folder that is being filled: gone with what is in it if the process ends before its end. */
  private static final class Unfinished implements AutoCloseable {
    private static final long GRACE_SECONDS = 5;

    final Path folder;
    private final Thread end = new Thread(this::abandon, "resnet4j-peer-jars");
    private @Nullable Process maven;
    private boolean abandoned;

    Unfinished(Path folder) {
      this.folder = folder;
      Runtime.getRuntime().addShutdownHook(end);
    }

    /** Not while the folder is abandoned: the process would not be seen, and stay. */
    synchronized Process start(ProcessBuilder builder) throws IOException {
      if (abandoned) {
        throw new IOException("this process ends");
      }
      Process process = builder.start();
      maven = process;
      return process;
    }

    private synchronized @Nullable Process abandoned() {
      abandoned = true;
      return maven;
    }

    private void abandon() {
      Process process = abandoned();
      try {
        if (process != null) {
          process.destroy();
          if (!process.waitFor(GRACE_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
          }
        }
        delete(folder);
      } catch (IOException | InterruptedException _) {
        // Nobody is left to be told.
      }
    }

    @Override
    public void close() throws IOException {
      try {
        Runtime.getRuntime().removeShutdownHook(end);
      } catch (IllegalStateException _) {
        return; // it runs
      }
      delete(folder);
    }
  }

  /** A folder of files, if it is still there. */
  private static void delete(Path folder) throws IOException {
    if (Files.isDirectory(folder)) {
      try (Stream<Path> files = Files.list(folder)) {
        for (Path file : files.toList()) {
          Files.delete(file);
        }
      }
      Files.delete(folder);
    }
  }

  private static int waitFor(Process process) throws IOException {
    try {
      return process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      process.destroy();
      throw new IOException("interrupted while Maven was running", e);
    }
  }

  private static String firstError(String output) {
    return output
        .lines()
        .filter(line -> line.startsWith("[ERROR]"))
        .findFirst()
        .orElse(output.isBlank() ? "it does not say why" : output.lines().toList().getLast())
        .strip();
  }

  private static List<Path> jars(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(".jar")).sorted().toList();
    }
  }
}
