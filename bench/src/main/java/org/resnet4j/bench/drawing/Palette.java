package org.resnet4j.bench.drawing;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The colours, for a light and for a dark screen. Every text has a contrast of at least 4.5 to 1
 * with what it stands on (WCAG 2.2, success criterion 1.4.3).
 */
final class Palette {
  /** Fills that stages take in turns; the first is for what is no stage. */
  static final int TINTS = 5;

  /** Fills for times, of rising or falling lightness throughout. */
  static final int LEVELS = 8;

  /** How custom properties and classes begin, so that a page's own stay as they are. */
  private static final String PREFIX = "--nd-";

  private static final Map<String, String> LIGHT =
      colours(
          List.of("#ffffff", "#1b232d", "#56616e", "#3c4753", "#a3adb8"),
          List.of("#f3f5f7", "#e4edfa", "#e3f3e8", "#fcecdd", "#f0e8f8"),
          List.of("#84909c", "#5580bf", "#4f9464", "#c4823f", "#8f6db4"),
          levels(false));

  private static final Map<String, String> DARK =
      colours(
          List.of("#12161b", "#e9edf1", "#a7b2be", "#b9c3cd", "#596572"),
          List.of("#222932", "#1b3153", "#1a3a28", "#472f19", "#36294a"),
          List.of("#6e7b89", "#6d98da", "#62a978", "#cd9355", "#a789cc"),
          levels(true));

  private static final String INK_ON_LIGHT = "#11161c";
  private static final String INK_ON_DARK = "#ffffff";

  private Palette() {}

  /** ColorBrewer's YlGnBu, which the colour-blind can tell apart: more is darker on white. */
  private static List<String> levels(boolean isDark) {
    List<String> levels =
        List.of(
            "#ffffd9", "#edf8b1", "#c7e9b4", "#7fcdbb", "#41b6c4", "#1d91c0", "#225ea8", "#0c2c84");
    return isDark ? levels.reversed() : levels;
  }

  private static Map<String, String> colours(
      List<String> basic, List<String> tints, List<String> edges, List<String> levels) {
    Map<String, String> colours = new LinkedHashMap<>();
    List<String> names = List.of("paper", "ink", "muted", "line", "rail");
    for (int i = 0; i < names.size(); i++) {
      colours.put(names.get(i), basic.get(i));
    }
    for (int i = 0; i < TINTS; i++) {
      colours.put("tint" + i, tints.get(i));
      colours.put("edge" + i, edges.get(i));
    }
    for (int i = 0; i < LEVELS; i++) {
      colours.put("level" + i, levels.get(i));
      colours.put("on" + i, ink(levels.get(i)));
    }
    return colours;
  }

  private static String ink(String fill) {
    return contrast(fill, INK_ON_LIGHT) >= contrast(fill, INK_ON_DARK) ? INK_ON_LIGHT : INK_ON_DARK;
  }

  /** The colours by name. */
  static Map<String, String> of(boolean isDark) {
    return isDark ? DARK : LIGHT;
  }

  /** Contrast of two colours, from 1 to 21. Source: WCAG 2.2, "contrast ratio". */
  static double contrast(String one, String other) {
    double a = luminance(one);
    double b = luminance(other);
    return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  }

  /** Relative luminance of {@code #rrggbb}, from 0 to 1. */
  static double luminance(String colour) {
    int rgb = Integer.parseInt(colour.substring(1), 16);
    return 0.2126 * linear(rgb >> 16) + 0.7152 * linear(rgb >> 8) + 0.0722 * linear(rgb);
  }

  private static double linear(int sample) {
    double s = (sample & 0xFF) / 255.0;
    return s <= 0.04045 ? s / 12.92 : Math.pow((s + 0.055) / 1.055, 2.4);
  }

  /** The rules of a drawing's classes. */
  static String css() {
    StringBuilder css = new StringBuilder();
    css.append(".nd{").append(properties(false)).append("font-family:").append(FONT).append("}");
    // Paper is white, whatever the screen.
    css.append("@media screen and (prefers-color-scheme:dark){.nd{")
        .append(properties(true))
        .append("}}");
    rule(css, ".nd-paper", paint("fill", "paper"));
    rule(css, ".nd text", paint("fill", "ink") + "font-size:" + Metrics.SMALL + "px");
    rule(css, ".nd .nd-name", "font-size:" + Metrics.LARGE + "px;font-weight:700");
    rule(css, ".nd .nd-head", "font-size:" + Metrics.MEDIUM + "px");
    rule(css, ".nd .nd-bold", "font-weight:700");
    rule(css, ".nd .nd-muted", paint("fill", "muted"));
    rule(css, ".nd .nd-mid", "text-anchor:middle");
    rule(css, ".nd-line", "fill:none;stroke-width:1.3;" + paint("stroke", "line"));
    rule(css, ".nd-rail", "fill:none;stroke-width:1.3;" + paint("stroke", "rail"));
    rule(css, ".nd-dashed", "stroke-dasharray:5 3.5");
    rule(css, ".nd-tip", paint("fill", "line"));
    rule(css, ".nd-sum", "stroke-width:1.3;" + paint("fill", "paper") + paint("stroke", "line"));
    rule(css, ".nd-frame", "fill:none;stroke-width:1;" + paint("stroke", "rail"));
    for (int i = 0; i < TINTS; i++) {
      rule(css, ".nd-tint" + i + " rect", paint("fill", "tint" + i) + paint("stroke", "edge" + i));
    }
    for (int i = 0; i < LEVELS; i++) {
      rule(css, ".nd-level" + i + " rect", paint("fill", "level" + i) + paint("stroke", "line"));
      rule(css, ".nd .nd-level" + i + " text", paint("fill", "on" + i));
    }
    css.append("@media print{");
    rule(
        css,
        ".nd",
        "width:100%;height:auto;print-color-adjust:exact;-webkit-print-color-adjust:exact");
    css.append("}");
    return css.toString();
  }

  private static final String FONT =
      "\"Helvetica Neue\",Helvetica,Arial,\"Liberation Sans\",\"Noto Sans\",sans-serif;";

  private static void rule(StringBuilder css, String selector, String declarations) {
    css.append(selector).append('{').append(declarations).append("}");
  }

  /** Twice, because programs that draw SVG without a browser know no custom properties. */
  private static String paint(String property, String colour) {
    return String.format(
        Locale.ROOT, "%s:%s;%s:var(%s%s);", property, LIGHT.get(colour), property, PREFIX, colour);
  }

  private static String properties(boolean isDark) {
    StringBuilder text = new StringBuilder();
    of(isDark)
        .forEach((name, colour) ->
            text.append(PREFIX).append(name).append(':').append(colour).append(';'));
    return text.toString();
  }
}
