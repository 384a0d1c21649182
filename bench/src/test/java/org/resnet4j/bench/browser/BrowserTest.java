package org.resnet4j.bench.browser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.resnet4j.bench.browser.Faults.Check;
import org.resnet4j.bench.browser.Faults.Fault;
import org.resnet4j.bench.browser.View.Media;
import org.resnet4j.bench.browser.View.Scheme;

/** That each check finds what it is for, and nothing in a page that is right. */
@Timeout(120)
class BrowserTest {
  private static Browser browser;
  private static Page changing;

  @TempDir private Path folder;

  @BeforeAll
  static void open(@TempDir Path folder) throws IOException {
    Browser.assumeIsThere();
    browser = Browser.open();
    Path file = Files.writeString(folder.resolve("changing.html"), Faults.html(""));
    changing = browser.open(file, View.PHONE);
  }

  @AfterAll
  static void close() {
    if (browser != null) {
      browser.close();
    }
  }

  private Path html(String body) throws IOException {
    return Files.writeString(folder.resolve("page one.html"), Faults.html(body));
  }

  private static List<Fault> complaints() {
    return Faults.console();
  }

  @ParameterizedTest
  @MethodSource("complaints")
  void aComplaintIsFoundByItsCheckAlone(Fault fault) throws IOException {
    try (Page page = browser.open(html(fault.body()), View.PHONE)) {
      assertFound(fault, page);
    }
  }

  private static Stream<Fault> faults() {
    return Stream.of(
            Faults.overlaps(), Faults.cut(), Faults.small(), Faults.faint(), Faults.unnamed())
        .flatMap(List::stream);
  }

  /** In one page, because to open one takes longer than all checks. */
  @ParameterizedTest
  @MethodSource("faults")
  void aFaultIsFoundByItsCheckAlone(Fault fault) {
    changing.evaluate("document.body.innerHTML = " + Message.write(fault.body()));
    assertFound(fault, changing);
  }

  private static void assertFound(Fault fault, Page page) {
    for (Check check : Check.values()) {
      List<String> said = check.in(page);
      if (check == fault.check()) {
        assertThat(said).hasSameSizeAs(fault.said());
        for (int i = 0; i < said.size(); i++) {
          assertThat(said.get(i)).startsWith(fault.said().get(i));
        }
      } else {
        assertThat(said).as(check.name()).isEmpty();
      }
    }
    assertThat(page.unreadable())
        .isEqualTo(
            Stream.of(page.overlaps(), page.cut(), page.small(), page.faint())
                .flatMap(List::stream)
                .toList());
  }

  private static void assertClean(Page page) {
    for (Check check : Check.values()) {
      assertThat(check.in(page)).as(check.name()).isEmpty();
    }
  }

  private static Stream<View> views() {
    return Stream.of(View.PHONE, View.DESK, View.PAPER, new View(390, Scheme.DARK, Media.SCREEN));
  }

  @ParameterizedTest
  @MethodSource("views")
  void nothingIsFoundInACleanPage(View view) throws IOException {
    try (Page page = browser.open(html(Page.resource("clean.html")), view)) {
      assertClean(page);
    }
  }

  @Test
  void aPictureIsAPageToo() throws IOException {
    String start =
        "<svg xmlns='http://www.w3.org/2000/svg' width='300' height='200' font-size='16'";
    Path good = folder.resolve("good.svg");
    Files.writeString(
        good, start + " role='img'><title>Good</title><text x='9' y='50'>fine</text></svg>");
    try (Page page = browser.open(good, View.PHONE)) {
      assertClean(page);
    }
    Path bad = folder.resolve("bad.svg");
    Files.writeString(
        bad,
        start
            + "><rect width='300' height='99'/><text x='270' y='50' font-size='8'>much</text>"
            + "<text x='270' y='54'>too far</text><image href='a.png'/></svg>");
    try (Page page = browser.open(bad, View.PHONE)) {
      for (Check check : Check.values()) {
        assertThat(check.in(page)).as(check.name()).isNotEmpty();
      }
    }
  }

  @Test
  void aPageHasATitleAndAWindowOfItsWidth() throws IOException {
    Path file = Files.writeString(folder.resolve("bare.html"), "<!DOCTYPE html><p>Bare</p>");
    try (Page page = browser.open(file, View.PHONE)) {
      assertThat(page.cut()).containsExactly("no meta viewport of width=device-width");
      assertThat(page.unnamed()).hasSize(1);
      assertThat(page.unnamed().getFirst()).isEqualTo("no name: RootWebArea <#document>");
    }
  }

  @Test
  void theLimitOfSmallTextsIsTheCallers() throws IOException {
    try (Page page = browser.open(html("<p>normal</p>"), View.DESK)) {
      assertThat(page.small(16)).isEmpty();
      assertThat(page.small(16.1)).containsExactly("“normal” has 16.0 px");
    }
  }

  @Test
  void tabGoesThroughAllStopsOnce() throws IOException {
    String body =
        "<a href='#end'>Skip</a><button>Copy</button><button disabled>Not now</button>"
            + "<input aria-label='Find' tabindex='1'><a href='#start'><b>On</b> top</a>"
            + "<details><summary>More</summary><button>Inside</button></details>"
            + "<button aria-label='Close'>x</button>";
    try (Page page = browser.open(html(body), View.DESK)) {
      assertThat(page.tabStops())
          .containsExactly(
              "textbox Find",
              "link Skip",
              "button Copy",
              "link On top",
              "DisclosureTriangle More",
              "button Close");
    }
    try (Page page = browser.open(html("<p>Nothing</p>"), View.DESK)) {
      assertThat(page.tabStops()).isEmpty();
    }
  }

  @Test
  void theViewIsThePages() throws IOException {
    String script =
        "[innerWidth, document.documentElement.clientWidth, matchMedia('print').matches,"
            + " matchMedia('(prefers-color-scheme: dark)').matches]";
    Path file = html("<p style='height: 5000px'>Long</p>");
    try (Page page = browser.open(file, View.PAPER)) {
      assertThat(page.evaluate(script)).isEqualTo("[718,718,true,false]");
    }
    try (Page page = browser.open(file, new View(390, Scheme.DARK, Media.SCREEN))) {
      assertThat(page.evaluate(script)).isEqualTo("[390,390,false,true]");
    }
  }

  @ParameterizedTest
  @EnumSource
  void darkTextIsFaintInTheDarkAlone(Scheme scheme) throws IOException {
    try (Page page =
        browser.open(
            html("<p style='color: #333'>dark</p>"), new View(390, scheme, Media.SCREEN))) {
      assertThat(page.faint()).hasSize(scheme == Scheme.DARK ? 1 : 0);
    }
  }

  @Test
  void evaluates() throws IOException {
    try (Page page = browser.open(html("<p>\u00e9\u2192\ud83d\ude00</p>"), View.DESK)) {
      assertThat(page.evaluate("document.querySelector('p').textContent"))
          .isEqualTo("\u00e9\u2192\ud83d\ude00");
      assertThat(page.evaluate("Promise.resolve({a: [1, 2.5, true, null]})"))
          .isEqualTo("{\"a\":[1,2.5,true,null]}");
      assertThat(page.evaluate("'x'.repeat(1_000_000)")).hasSize(1_000_000);
      assertThatThrownBy(() -> page.evaluate("none.there"))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("none is not defined");
    }
  }

  @Test
  void showsAndPrintsTheWholePage() throws IOException {
    String body = "<p style='height: 3000px; margin: 0'>Long</p>";
    try (Page page = browser.open(html(body), View.PHONE)) {
      Path picture = folder.resolve("page.png");
      page.screenshot(picture);
      BufferedImage image = ImageIO.read(picture.toFile());
      assertThat(image.getWidth()).isEqualTo(390);
      assertThat(image.getHeight()).isEqualTo(3032);
      Path paper = folder.resolve("page.pdf");
      page.pdf(paper);
      String pdf = Files.readString(paper, StandardCharsets.ISO_8859_1);
      assertThat(pdf).startsWith("%PDF-");
      assertThat(pdf.split("/Type /Page\\b")).hasSizeBetween(4, 6);
      assertThat(page.evaluate("matchMedia('screen').matches")).isEqualTo("true");
    }
  }

  @Test
  void aMissingPageIsRefused() {
    assertThatThrownBy(() -> browser.open(folder.resolve("none.html"), View.DESK))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("ERR_FILE_NOT_FOUND");
  }

  /** A check that compares all with all does not end within the limit of an answer. */
  @Test
  void thousandsOfTextsAreChecked() throws IOException {
    StringBuilder labels = new StringBuilder();
    for (int i = 0; i < 2500; i++) {
      int x = i % 10 * 100;
      int y = 20 + i / 10 * 20;
      labels.append("<rect x='" + x + "' y='" + (y - 14) + "' width='9' height='18' fill='#eee'/>");
      labels.append("<text x='" + x + "' y='" + y + "'>label " + i + "</text>");
    }
    String start = "<svg role='img' aria-label='Many' width='1100' height='5100' font-size='14'>";
    Path file = html(start + labels + "<text x='5' y='5005'>last</text></svg>");
    try (Page page = browser.open(file, View.DESK)) {
      assertThat(page.overlaps()).hasSize(1);
      assertThat(page.cut()).isEmpty();
      assertThat(page.faint()).isEmpty();
    }
  }

  @Test
  void aBrowserEndsWithAllThatItStarted() throws IOException, InterruptedException {
    Path left;
    List<ProcessHandle> started;
    try (Browser other = Browser.open()) {
      left = other.chromium().folder();
      started = ProcessHandle.of(other.chromium().pid()).orElseThrow().descendants().toList();
      assertThat(started).isNotEmpty();
      assertThat(left).exists();
    }
    assertThat(left).doesNotExist();
    while (started.stream().anyMatch(BrowserTest::runs)) {
      Thread.sleep(20); // the class's limit ends it
    }
  }

  /** A dead process that nobody reaped has no command. */
  private static boolean runs(ProcessHandle process) {
    return process.isAlive() && process.info().command().isPresent();
  }
}
