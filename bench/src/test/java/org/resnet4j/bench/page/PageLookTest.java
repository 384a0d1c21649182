package org.resnet4j.bench.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.resnet4j.bench.browser.Browser;
import org.resnet4j.bench.browser.Page;
import org.resnet4j.bench.browser.View;
import org.resnet4j.bench.browser.View.Media;
import org.resnet4j.bench.browser.View.Scheme;

/** Pages as people see them: on a telephone, a desk and paper, by day and by night. */
class PageLookTest {
  private static final Map<String, Supplier<String>> PAGES =
      new TreeMap<>(
          Map.of(
              "full",
              () -> ComparePage.of(SampleResults.full(), SampleResults.other()),
              "unfinished",
              () -> ComparePage.of(SampleResults.unfinished(), null),
              "emulated",
              () -> ComparePage.of(SampleResults.emulated(), null),
              "several",
              () ->
                  ComparePage.of(
                      List.of(SampleResults.other(), SampleResults.unfinished()), null)));

  private static final List<View> VIEWS =
      List.of(View.PHONE, new View(1280, Scheme.DARK, Media.SCREEN), View.PAPER);

  private static final List<View> MORE_VIEWS =
      List.of(
          new View(390, Scheme.DARK, Media.SCREEN),
          View.DESK,
          new View(1920, Scheme.LIGHT, Media.SCREEN));

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
  @ValueSource(strings = {"full", "unfinished", "emulated", "several"})
  void canBeReadEverywhere(String name) throws IOException {
    Path file = Files.writeString(folder.resolve(name + ".html"), PAGES.get(name).get());
    List<View> views = new ArrayList<>(VIEWS);
    if (name.equals("full")) {
      views.addAll(MORE_VIEWS);
    }
    for (View view : views) {
      try (Page page = browser.open(file, view)) {
        assertThat(page.consoleErrors()).as("errors %s %s", name, view).isEmpty();
        assertThat(page.unreadable()).as("unreadable %s %s", name, view).isEmpty();
        if (view.equals(View.PHONE)) { // names are the same on all
          assertThat(page.unnamed()).as("unnamed %s", name).isEmpty();
        }
      }
    }
  }

  @Test
  void theKeyboardReachesEverything() throws IOException {
    Path file = Files.writeString(folder.resolve("full.html"), PAGES.get("full").get());
    try (Page page = browser.open(file, View.DESK)) {
      List<String> stops = page.tabStops();
      assertThat(stops.getFirst()).contains("To the numbers");
      assertThat(stops).anyMatch(stop -> stop.contains("Layer by layer"));
      assertThat(stops).anyMatch(stop -> stop.contains("Every configuration that was timed"));
      assertThat(stops.getLast()).contains("results.json");
    }
  }
}
