package org.resnet4j.bench.browser;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A headless Chromium and its folder, which both end with this, or with the JVM. */
final class Chromium implements AutoCloseable {
  private static final List<String> NAMES =
      List.of("chromium", "chromium-browser", "google-chrome");
  private static final Pattern LISTENS = Pattern.compile("DevTools listening on (ws://\\S+)");
  private static final int END_SECONDS = 10;
  private static final int DELETIONS = 50;

  /** Its own sandbox needs a user that is not root; no host is found, whatever a page asks for. */
  private static final List<String> FLAGS =
      List.of(
          "--headless=new",
          "--no-sandbox",
          "--disable-gpu",
          "--disable-dev-shm-usage",
          "--disable-extensions",
          "--disable-breakpad",
          "--disable-background-networking",
          "--disable-component-update",
          "--disable-sync",
          "--no-first-run",
          "--no-default-browser-check",
          "--no-proxy-server",
          "--host-resolver-rules=MAP * ~NOTFOUND",
          "--force-color-profile=srgb",
          "--lang=en",
          "--remote-debugging-port=0");

  private final Path folder;
  private final Process process;
  private final CompletableFuture<URI> address = new CompletableFuture<>();
  private final Thread atExit = new Thread(this::end, "resnet4j-browser-end");

  Chromium(Path program) throws IOException {
    folder = Files.createTempDirectory("resnet4j-browser");
    List<String> command = new ArrayList<>();
    command.add(program.toString());
    command.addAll(FLAGS);
    command.add("--user-data-dir=" + folder);
    command.add("about:blank");
    process = new ProcessBuilder(command).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
    Runtime.getRuntime().addShutdownHook(atExit);
    Thread.ofPlatform().daemon().name("resnet4j-browser-errors").start(this::readErrors);
  }

  /** What {@code -Dbrowser.program} names, else the browser on PATH or in the usual folder. */
  static Optional<Path> find() {
    String named = System.getProperty("browser.program");
    if (named != null) {
      return Optional.of(Path.of(named)).filter(Files::isExecutable);
    }
    String path = System.getenv().getOrDefault("PATH", "");
    List<String> folders = new ArrayList<>(List.of(path.split(File.pathSeparator)));
    folders.add("/usr/bin");
    return NAMES.stream()
        .flatMap(name -> folders.stream().map(folder -> Path.of(folder, name)))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /** Where it listens; waits until it does. */
  URI address() {
    return Connection.await(address, "chromium");
  }

  long pid() {
    return process.pid();
  }

  Path folder() {
    return folder;
  }

  /** Reads on after the address, because a full pipe would stop the browser. */
  private void readErrors() {
    StringBuilder all = new StringBuilder();
    try (BufferedReader reader = process.errorReader()) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        Matcher matcher = LISTENS.matcher(line);
        if (matcher.find()) {
          address.complete(URI.create(matcher.group(1)));
        } else if (!address.isDone()) {
          all.append(line).append('\n');
        }
      }
    } catch (IOException e) {
      all.append(e);
    }
    address.completeExceptionally(new IllegalStateException("it ended: " + all));
  }

  @Override
  public void close() {
    try {
      Runtime.getRuntime().removeShutdownHook(atExit);
    } catch (IllegalStateException e) {
      return; // the JVM ends, and the hook runs
    }
    end();
  }

  /** Waits for the first process alone: the others become children of who may never reap them. */
  private void end() {
    List<ProcessHandle> others = process.descendants().toList();
    process.destroyForcibly();
    others.forEach(ProcessHandle::destroyForcibly);
    try {
      if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
        throw new IllegalStateException("chromium did not end: " + process.pid());
      }
      for (int i = 0; Files.exists(folder); i++) {
        tryToDeleteFolder(i == DELETIONS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** What is being killed may still write. */
  private void tryToDeleteFolder(boolean last) throws InterruptedException {
    try {
      deleteFolder();
    } catch (IOException e) {
      if (last) {
        throw new UncheckedIOException(e);
      }
      Thread.sleep(100);
    }
  }

  private void deleteFolder() throws IOException {
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path directory, IOException error)
              throws IOException {
            Files.delete(directory);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
