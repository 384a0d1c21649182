package org.resnet4j.bench.browser;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.resnet4j.bench.browser.View.Media;
import org.resnet4j.bench.browser.View.Scheme;

/**
 * A page as a person sees it. A check returns what is wrong, one line each, and an empty list if
 * nothing is; texts are those of the document that are to be seen now, so not those in closed
 * details, in pictures of {@code <img>} and in shadow trees, nor generated content. Lengths are CSS
 * px. Not thread-safe; open until its browser closes, or until {@link #close}.
 */
public final class Page implements AutoCloseable {
  private static final int LIMIT_MILLIS = 60_000;
  private static final double SMALLEST = 9;

  /** Also ends where no frame is drawn. */
  private static final String SETTLED =
      """
      Promise.race([
        document.fonts.ready.then(() => new Promise(done =>
            requestAnimationFrame(() => requestAnimationFrame(done)))),
        new Promise(done => setTimeout(done, 1000))]).then(() => 'settled')
      """;

  /** As if the reader had scrolled to all that loads only then. */
  private static final String EAGER =
      "document.querySelectorAll('[loading=lazy]').forEach(each => each.loading = 'eager')";

  private final Connection connection;
  private final String session;
  private final View view;
  private final Runnable atClose;
  private Complaints complaints = new Complaints("");

  Page(Connection connection, String session, View view, Runnable atClose) {
    this.connection = connection;
    this.session = session;
    this.view = view;
    this.atClose = atClose;
  }

  void load(URI uri) {
    complaints = new Complaints(uri.toASCIIString());
    connection.listen(session, complaints::accept);
    for (String domain : List.of("Page", "Runtime", "Log", "Network")) {
      call(domain + ".enable", Map.of());
    }
    call("Page.setLifecycleEventsEnabled", Map.of("enabled", true));
    call("Emulation.setFocusEmulationEnabled", Map.of("enabled", true));
    call("Emulation.setScrollbarsHidden", Map.of("hidden", true));
    call(
        "Emulation.setDeviceMetricsOverride",
        Map.of(
            "width",
            view.width(),
            "height",
            view.height(),
            "deviceScaleFactor",
            1,
            "mobile",
            false));
    emulate(view.media(), view.scheme());
    Message answer = call("Page.navigate", Map.of("url", uri.toASCIIString()));
    if (!answer.text("errorText").isEmpty()) {
      throw new IllegalStateException(uri + ": " + answer.text("errorText"));
    }
    complaints.awaitLoad(answer.text("loaderId"), LIMIT_MILLIS);
    evaluate(EAGER);
    evaluate(SETTLED);
    complaints.awaitQuiet(LIMIT_MILLIS);
  }

  private void emulate(Media media, Scheme scheme) {
    Map<String, String> feature =
        Map.of("name", "prefers-color-scheme", "value", lowerCase(scheme));
    call(
        "Emulation.setEmulatedMedia",
        Map.of("media", lowerCase(media), "features", List.of(feature)));
  }

  private static String lowerCase(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  Message call(String method, Map<String, ?> parameters) {
    return connection.call(session, method, parameters);
  }

  /**
   * Errors and warnings of the console, exceptions, and requests for anything but the file itself:
   * a page needs nothing else.
   */
  public List<String> consoleErrors() {
    evaluate("''"); // answered after all that came before
    return complaints.all();
  }

  /** Pairs of texts whose letters share more than 1 px in both directions. */
  public List<String> overlaps() {
    return check("overlaps.js", 1);
  }

  /**
   * Texts that no scrolling brings into the window, or that an element cuts off, and the width of
   * the document where it is more than the window's.
   */
  public List<String> cut() {
    return check("cut.js", 1);
  }

  /** Texts drawn smaller than 9 px. */
  public List<String> small() {
    return small(SMALLEST);
  }

  /** Texts whose font, as it is drawn, is smaller than {@code pixels}. */
  public List<String> small(double pixels) {
    return check("small.js", pixels);
  }

  /**
   * Texts whose contrast with what is behind them is below 4.5:1, or 3:1 if they are large. Behind
   * a text of HTML are the colours of the elements around it, behind one of SVG the shapes before
   * it; pictures, patterns and gradients are not seen.
   */
  public List<String> faint() {
    return check("faint.js", 0);
  }

  /** What {@link #overlaps}, {@link #cut}, {@link #small} and {@link #faint} find, in one look. */
  public List<String> unreadable() {
    return onTexts(
        "return ["
            + String.join(
                ", ",
                spread("overlaps.js", 1),
                spread("cut.js", 1),
                spread("small.js", SMALLEST),
                spread("faint.js", 0))
            + "]");
  }

  /** What the Tab key goes to, in order: {@code button Copy}, {@code link Home}. */
  public List<String> tabStops() {
    return new Accessibility(this).tabStops();
  }

  /**
   * Controls and pictures without a name, tables without a caption or headers, a document without a
   * title. A picture that says nothing is {@code aria-hidden}.
   */
  public List<String> unnamed() {
    return new Accessibility(this).unnamed(check("tables.js", 0));
  }

  /** The value of an expression, a promise's once it is kept; JSON if it is no text. */
  public String evaluate(String script) {
    Object value = value(script);
    return value instanceof String text ? text : Message.write(value);
  }

  private Object value(String script) {
    Message answer =
        call(
            "Runtime.evaluate",
            Map.of("expression", script, "returnByValue", true, "awaitPromise", true));
    if (answer.at("exceptionDetails") != null) {
      throw new IllegalStateException(Complaints.exception(answer));
    }
    return answer.at("result", "value");
  }

  private List<String> check(String name, double limit) {
    return onTexts("return [" + spread(name, limit) + "]");
  }

  /** A check, whose parameter is its {@code limit}, as elements of an array. */
  private static String spread(String name, double limit) {
    return "...(limit => {" + resource(name) + "})(" + limit + ")";
  }

  /** Runs the body of a function that may use the texts. */
  private List<String> onTexts(String body) {
    String script = "(() => {" + resource("texts.js") + body + "})()";
    return ((List<?>) value(script)).stream().map(Object::toString).toList();
  }

  static String resource(String name) {
    try (InputStream in = Page.class.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Writes the whole page, also what is below the window, as PNG. */
  public void screenshot(Path file) throws IOException {
    Message size = call("Page.getLayoutMetrics", Map.of()).message("cssContentSize");
    Map<String, Object> clip =
        Map.of("x", 0, "y", 0, "width", size.at("width"), "height", size.at("height"), "scale", 1);
    Message answer =
        call(
            "Page.captureScreenshot",
            Map.of("format", "png", "captureBeyondViewport", true, "clip", clip));
    Files.write(file, Base64.getDecoder().decode(answer.text("data")));
  }

  /** Prints on A4, as a browser does that nobody asked to print backgrounds. */
  public void pdf(Path file) throws IOException {
    emulate(Media.PRINT, Scheme.LIGHT);
    Message answer =
        call(
            "Page.printToPDF",
            Map.of("paperWidth", 8.27, "paperHeight", 11.69, "preferCSSPageSize", true));
    emulate(view.media(), view.scheme());
    Files.write(file, Base64.getDecoder().decode(answer.text("data")));
  }

  @Override
  public void close() {
    evaluate("localStorage.clear(); sessionStorage.clear()");
    connection.forget(session);
    atClose.run();
  }
}
