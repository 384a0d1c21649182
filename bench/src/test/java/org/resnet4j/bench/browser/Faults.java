package org.resnet4j.bench.browser;

import java.util.List;
import java.util.function.Function;

/** Pages with one fault each. */
final class Faults {
  /** What finds a fault. */
  enum Check {
    CONSOLE(Page::consoleErrors),
    OVERLAPS(Page::overlaps),
    CUT(Page::cut),
    SMALL(Page::small),
    FAINT(Page::faint),
    UNNAMED(Page::unnamed);

    private final Function<Page, List<String>> method;

    Check(Function<Page, List<String>> method) {
      this.method = method;
    }

    List<String> in(Page page) {
      return method.apply(page);
    }
  }

  /** Markup of a body, and the beginnings of what {@code check} alone says about it. */
  record Fault(String name, Check check, String body, List<String> said) {
    @Override
    public String toString() {
      return name;
    }
  }

  private Faults() {}

  private static Fault fault(String name, Check check, String body, String... said) {
    return new Fault(name, check, body, List.of(said));
  }

  /** A page that is right but for its body. */
  static String html(String body) {
    return """
    <!DOCTYPE html>
    <html lang="en"><head><meta charset="utf-8"><title>A page</title>
    <meta name="viewport" content="width=device-width">
    <style>
    :root { color-scheme: light dark }
    body { margin: 16px; font: 16px/1.4 "DejaVu Sans", sans-serif }
    svg text { fill: currentcolor }
    .at { position: absolute; left: 20px; white-space: nowrap }
    </style></head><body>
    """
        + body
        + "</body></html>";
  }

  private static String svg(String content) {
    return "<svg role='img' aria-label='A picture' width='300' height='200' font-size='16'>"
        + content
        + "</svg>";
  }

  static List<Fault> console() {
    return List.of(
        fault(
            "error",
            Check.CONSOLE,
            "<script>console.error('it broke', 7)</script>",
            "console.error: it broke 7"),
        fault(
            "warning",
            Check.CONSOLE,
            "<script>console.log('fine'); console.warn('odd')</script>",
            "console.warning: odd"),
        fault(
            "exception",
            Check.CONSOLE,
            "<script>none.there()</script>",
            "exception: ReferenceError: none is not defined"),
        fault(
            "late exception",
            Check.CONSOLE,
            "<script>addEventListener('load', () => { throw new Error('late') })</script>",
            "exception: Error: late"),
        fault(
            "request to a host",
            Check.CONSOLE,
            "<img alt='A dog' src='http://example.com/dog.png'>",
            "request: http://example.com/dog.png",
            "failed: Image, net::ERR_NAME_NOT_RESOLVED"),
        fault(
            "request to an address",
            Check.CONSOLE,
            "<style>p { background: url(https://127.0.0.1:9/paper.png) }</style><p>On paper</p>",
            "request: https://127.0.0.1:9/paper.png",
            "failed: Image, net::ERR_"),
        fault(
            "request for another file",
            Check.CONSOLE,
            "<link rel='stylesheet' href='other.css'>",
            "request: file://",
            "failed: Stylesheet, net::ERR_FILE_NOT_FOUND"),
        fault(
            "request that waits for the reader",
            Check.CONSOLE,
            "<p style='height: 9000px'>Long</p>"
                + "<img alt='A dog' loading='lazy' src='http://example.com/dog.png'>",
            "request: http://example.com/dog.png",
            "failed: Image, net::ERR_NAME_NOT_RESOLVED"));
  }

  static List<Fault> overlaps() {
    return List.of(
        fault(
            "paragraphs",
            Check.OVERLAPS,
            "<p class='at' style='top: 20px'>one</p><p class='at' style='top: 25px'>other</p>",
            "“one” and “other” at 20, "),
        fault(
            "lines of a paragraph",
            Check.OVERLAPS,
            "<p style='line-height: 0.5'>one<br>other</p>",
            "“one” and “other” at 16, "),
        fault(
            "labels",
            Check.OVERLAPS,
            svg(
                "<text x='10' y='50'>one</text>"
                    + "<g transform='translate(20 45)'><text>other</text></g>"),
            "“other” and “one” at 26, "),
        fault(
            "label that hangs from its line",
            Check.OVERLAPS,
            svg("<text y='50' dominant-baseline='hanging'>one</text><text y='64'>other</text>"),
            "“one” and “other” at 16, "),
        fault(
            "spans of a label",
            Check.OVERLAPS,
            svg("<text><tspan x='9' y='50'>one</tspan><tspan x='9' y='56'>other</tspan></text>"),
            "“one” and “other” at 25, "),
        fault(
            "turned label",
            Check.OVERLAPS,
            svg(
                "<text x='10' y='150' transform='rotate(-45 10 150)'>a turned label</text>"
                    + "<text x='50' y='110'>level</text>"),
            "“a turned label” and “level” at 66, "),
        fault(
            "turned paragraph",
            Check.OVERLAPS,
            "<p class='at' style='top: 100px; transform: rotate(-45deg)'>a turned line</p>"
                + "<p class='at' style='top: 95px; left: 60px'>level</p>",
            "“a turned line” and “level” at 60, "));
  }

  static List<Fault> cut() {
    return List.of(
        fault(
            "wider than the window",
            Check.CUT,
            "<p style='white-space: nowrap'>" + "long ".repeat(20) + "</p>",
            "“long long",
            "the document is "),
        fault(
            "left of the window",
            Check.CUT,
            "<p style='margin-left: -60px'>begins</p>",
            "“begins” is cut off by the window"),
        fault(
            "wide picture",
            Check.CUT,
            "<div style='width: 500px; height: 9px'></div>",
            "the document is 516 px wide, the window 390"),
        fault(
            "hidden overflow",
            Check.CUT,
            "<div id='box' style='overflow: hidden; width: 60px; white-space: nowrap'>"
                + "too long for it</div>",
            "“too long for it” is cut off by <DIV id=box>"),
        fault(
            "hidden lines",
            Check.CUT,
            "<div style='overflow: hidden; height: 20px'>one<br>other</div>",
            "“other” is cut off by <DIV>"),
        fault(
            "beyond a picture",
            Check.CUT,
            svg("<text x='250' y='50'>too far right</text>"),
            "“too far right” is cut off by <svg>"),
        fault(
            "before what scrolls",
            Check.CUT,
            "<div style='overflow-x: auto'><span style='margin-left: -40px'>begins</span></div>",
            "“begins” is cut off by <DIV>"));
  }

  static List<Fault> small() {
    return List.of(
        fault("text", Check.SMALL, "<p style='font-size: 8px'>tiny</p>", "“tiny” has 8.0 px"),
        fault(
            "scaled text",
            Check.SMALL,
            "<p style='transform: scale(0.5)'>half</p>",
            "“half” has 8.0 px"),
        fault(
            "label of a scaled picture",
            Check.SMALL,
            svg(
                "<svg viewBox='0 0 600 400' width='300' height='200'>"
                    + "<text y='99'>half</text></svg>"),
            "“half” has 8.0 px"),
        fault(
            "span of a label",
            Check.SMALL,
            svg("<text y='50'>big <tspan font-size='6'>tiny</tspan> big</text>"),
            "“tiny” has 6.0 px"));
  }

  static List<Fault> faint() {
    return List.of(
        fault(
            "text", Check.FAINT, "<p style='color: #999'>grey</p>", "“grey” has a contrast of 2.8"),
        fault(
            "on a ground",
            Check.FAINT,
            "<div style='background: #057'><p>on blue</p></div>",
            "“on blue” has a contrast of 2."),
        fault(
            "translucent",
            Check.FAINT,
            "<p style='opacity: 0.4'>weak</p>",
            "“weak” has a contrast of 2.8"),
        fault(
            "large text",
            Check.FAINT,
            "<p style='font-size: 24px; color: #aaa'>large</p>",
            "“large” has a contrast of 2.3"),
        fault(
            "label",
            Check.FAINT,
            svg("<text y='50' style='fill: oklch(0.8 0.1 120)'>green</text>"),
            "“green” has a contrast of 1."),
        fault(
            "label on a shape",
            Check.FAINT,
            svg("<circle r='80' cx='90' cy='90' fill='#036'/><text x='60' y='95'>on blue</text>"),
            "“on blue” has a contrast of 1."),
        fault(
            "label that leaves its bar",
            Check.FAINT,
            svg(
                "<rect width='60' height='30' fill='#036'/>"
                    + "<text x='9' y='20' style='fill: white'>longer than it</text>"),
            "“longer than it” has a contrast of 1.00:1"));
  }

  static List<Fault> unnamed() {
    return List.of(
        fault("button", Check.UNNAMED, "<button></button>", "no name: button <BUTTON>"),
        fault(
            "link",
            Check.UNNAMED,
            "<a href='#top'><svg width='9' height='9'></svg></a>",
            "no name: link <A href=\"#top\">"),
        fault("field", Check.UNNAMED, "<input id='q'>", "no name: textbox <INPUT id=\"q\">"),
        fault(
            "picture",
            Check.UNNAMED,
            "<svg role='img' width='9' height='9'></svg>",
            "no name: image <svg role=\"img\""),
        fault(
            "image",
            Check.UNNAMED,
            "<img src='data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAAC'>",
            "no name: image <IMG"),
        fault(
            "what only looks like a control",
            Check.UNNAMED,
            "<div tabindex='0' style='height: 9px'></div>",
            "no name: generic <DIV tabindex=\"0\""),
        fault(
            "table without a caption",
            Check.UNNAMED,
            "<table><tr><th>a<td>1</table>",
            "no caption: <TABLE> “a1”"),
        fault(
            "table without headers",
            Check.UNNAMED,
            "<table><caption>Numbers</caption><tr><td>a<td>1</table>",
            "no headers: <TABLE> “Numbersa1”"));
  }
}
