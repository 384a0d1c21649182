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
  /** Of all that a check may mistake for a fault. */
  private static final String CLEAN =
      """
      <style>
      .bar { background: #036; color: #fff }
      .hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%) }
      .wide { overflow-x: auto; white-space: nowrap }
      .halo { stroke: #fff; stroke-width: 3px; paint-order: stroke; fill: #000 !important }
      tr { background: light-dark(#fff, #222) }
      </style>
      <a href="#end" style="position: absolute; left: -999px">Skip</a>
      <h1>Clean</h1>
      <p style="line-height: 1">Some words, <b>bold</b> ones<sup>2</sup> and<br>a line close below.</p>
      <p class="bar">On blue <span class="hidden">for readers</span><a href="#end" style="color: #cef">a link</a></p>
      <div class="wide" tabindex="0" role="region" aria-label="Words">words WORDS words WORDS words WORDS words</div>
      <details><summary>More</summary><p style="font-size: 5px; color: #eee">closed</p></details>
      <p style="display: none; color: #eee">none</p><p hidden>hidden</p>
      <div style="position: relative; height: 30px">
        <span class="at">shown</span><span class="at" style="visibility: hidden">hidden</span>
        <span class="at" style="opacity: 0">clear</span></div>
      <table><caption>Numbers</caption><tr><th>a<th>b<tr><td>1<td>2</table>
      <button>Copy</button> <label>Find <input size="5"></label> <img alt="" src="data:,">
      <svg role="img" aria-labelledby="name" viewBox="0 0 200 130" width="300" font-size="12">
        <title id="name">A chart</title><desc>With bars.</desc>
        <defs><text id="unused" style="fill: #eee">unused</text></defs>
        <rect width="120" height="20" fill="#036"/><text x="5" y="15" style="fill: #fff">in a bar</text>
        <text x="130" y="15">7 ms</text>
        <rect y="24" width="60" height="20" fill="#036"/><text class="halo" x="45" y="38">across its end</text>
        <text x="10" y="110" transform="rotate(-45 10 110)">turned one</text>
        <text x="25" y="110" transform="rotate(-45 25 110)">turned two</text>
        <text y="60"><tspan x="90">line one</tspan><tspan x="90" dy="12">line two</tspan></text>
        <text x="90" y="90">10<tspan dy="-4" font-size="8">9</tspan><tspan dy="4"> of</tspan> them</text>
        <path id="arc" d="M90 120 q50 -30 100 0" fill="none"/><text><textPath href="#arc">round it</textPath></text>
      </svg>
      <p id="end" tabindex="-1">End</p>
      <script>console.log('fine'); fetch('data:,fine')</script>
      """;

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

  private Path html(String body) throws IOException {
    return Files.writeString(folder.resolve("page one.html"), Faults.html(body));
  }

  private static Stream<Fault> faults() {
    return Stream.of(
            Faults.console(),
            Faults.overlaps(),
            Faults.cut(),
            Faults.small(),
            Faults.faint(),
            Faults.unnamed())
        .flatMap(List::stream);
  }

  @ParameterizedTest
  @MethodSource("faults")
  void aFaultIsFoundByItsCheckAlone(Fault fault) throws IOException {
    try (Page page = browser.open(html(fault.body()), View.PHONE)) {
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
    }
  }

  private static Stream<View> views() {
    return Stream.of(View.PHONE, View.DESK, View.PAPER, new View(390, Scheme.DARK, Media.SCREEN));
  }

  @ParameterizedTest
  @MethodSource("views")
  void nothingIsFoundInACleanPage(View view) throws IOException {
    try (Page page = browser.open(html(CLEAN), view)) {
      for (Check check : Check.values()) {
        assertThat(check.in(page)).as(check.name()).isEmpty();
      }
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
      for (Check check : Check.values()) {
        assertThat(check.in(page)).as(check.name()).isEmpty();
      }
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

  @Test
  void thousandsOfTextsAreChecked() throws IOException {
    StringBuilder labels = new StringBuilder();
    for (int i = 0; i < 2500; i++) {
      int x = i % 10 * 100;
      int y = 20 + i / 10 * 20;
      labels.append("<text x='" + x + "' y='" + y + "'>label " + i + "</text>");
    }
    String start = "<svg role='img' aria-label='Many' width='1100' height='5100' font-size='14'>";
    Path file = html(start + labels + "<text x='5' y='5005'>last</text></svg>");
    try (Page page = browser.open(file, View.DESK)) {
      long begin = System.nanoTime();
      assertThat(page.overlaps()).hasSize(1);
      assertThat(page.cut()).isEmpty();
      assertThat(page.faint()).isEmpty();
      assertThat(System.nanoTime() - begin).isLessThan(10_000_000_000L);
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
