package org.resnet4j.bench.drawing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.resnet4j.bench.browser.Browser;
import org.resnet4j.bench.browser.Page;
import org.resnet4j.bench.browser.View;
import org.resnet4j.core.graph.Graph;

/** Drawings in a browser: as wide as they are, on a dark screen, and as wide as a sheet. */
@Timeout(120)
class DrawingLooksTest {
  private static final List<View> VIEWS =
      List.of(View.DESK, new View(1280, View.Scheme.DARK, View.Media.SCREEN), View.PAPER);

  private static Browser browser;

  @TempDir private Path folder;

  @BeforeAll
  static void open() throws IOException {
    Browser.assumeIsThere();
    browser = Browser.open();
  }

  @AfterAll
  static void close() {
    if (browser != null) {
      browser.close();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"resnet18", "resnet152", "resnext101_64x4d"})
  void everyTextCanBeRead(String name) throws IOException {
    Graph graph = Graphs.named(name);
    Map<String, Double> times = new HashMap<>();
    graph.nodes().forEach(node -> times.put(node.name(), node.id() % 97 / 10.0));
    NetworkDrawing plain = NetworkDrawing.of(name, graph);
    for (NetworkDrawing drawing : List.of(plain, plain.withTimes(times))) {
      Path file = Files.writeString(folder.resolve("net.svg"), drawing.svg());
      for (View view : VIEWS) {
        try (Page page = browser.open(file, view)) {
          assertThat(page.unreadable()).isEmpty();
          assertThat(page.unnamed()).isEmpty();
          assertThat(page.consoleErrors()).isEmpty();
        }
      }
    }
  }
}
