package org.resnet4j.bench.browser;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;

/**
 * A browser that looks at pages as a person does, for tests of what they look like. Its pages are
 * apart from each other. Not thread-safe; ends with {@link #close}, at the latest with the JVM.
 */
public final class Browser implements AutoCloseable {
  private final Chromium chromium;
  private final Connection connection;
  private final Deque<String> tabs = new ArrayDeque<>();

  private Browser(Chromium chromium) {
    this.chromium = chromium;
    this.connection = new Connection(chromium.address());
  }

  /** Whether this machine has a Chromium. */
  public static boolean isThere() {
    return Chromium.find().isPresent();
  }

  /**
   * Skips the calling test, and says so, where there is no browser; {@code -Dbrowser.required=true}
   * fails it instead.
   */
  public static void assumeIsThere() {
    boolean there = isThere();
    if (!there) {
      if (Boolean.getBoolean("browser.required")) {
        throw new AssertionError("no chromium here, and -Dbrowser.required=true");
      }
      System.out.println("SKIPPED: no chromium here; no page was looked at");
    }
    assumeTrue(there, "no chromium here");
  }

  /** Starts a browser. */
  public static Browser open() throws IOException {
    Path program = Chromium.find().orElseThrow(() -> new IOException("no chromium here"));
    Chromium chromium = new Chromium(program);
    try {
      return new Browser(chromium);
    } catch (RuntimeException e) {
      chromium.close();
      throw e;
    }
  }

  /**
   * Opens an HTML or SVG file and waits until it is all there. Close it before the next: a page
   * that takes over a tab is there much sooner than one that needs its own.
   */
  public Page open(Path file, View view) {
    String tab = tabs.isEmpty() ? newTab() : tabs.pop();
    Page page = new Page(connection, tab, view, () -> tabs.push(tab));
    page.load(file.toAbsolutePath().toUri());
    return page;
  }

  /** The session of a new tab. */
  private String newTab() {
    String target =
        connection.call("Target.createTarget", Map.of("url", "about:blank")).text("targetId");
    return connection
        .call("Target.attachToTarget", Map.of("targetId", target, "flatten", true))
        .text("sessionId");
  }

  Chromium chromium() {
    return chromium;
  }

  @Override
  public void close() {
    connection.close();
    chromium.close();
  }
}
