package org.resnet4j.serve;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What paths lead to. */
enum Route {
  LIVE("GET"),
  READY("GET"),
  SERVER("GET"),
  MODEL("GET"),
  MODEL_READY("GET"),
  INFER("POST"),
  CLASSIFY("POST"),
  METRICS("GET"),
  NOWHERE("");

  private static final String MODELS = "/v2/models/";
  private static final String VERSION = "/versions/1";

  private final String method;

  Route(String method) {
    this.method = method;
  }

  /** The one that it takes; empty for nowhere. */
  String method() {
    return method;
  }

  /** Whether it takes a method: where GET is taken, HEAD is, too, as RFC 9110 has it. */
  boolean takes(String asked) {
    return asked.equals(method) || (asked.equals("HEAD") && method.equals("GET"));
  }

  /** What metrics call it. */
  String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * Where a path leads.
   *
   * @param path decoded; null if it has none
   * @param model the only one's name, which may have slashes
   */
  static Route of(@Nullable String path, String model) {
    return switch (path) {
      case null -> NOWHERE;
      case "/v2/health/live" -> LIVE;
      case "/v2/health/ready" -> READY;
      case "/v2", "/v2/" -> SERVER;
      case "/metrics" -> METRICS;
      default -> path.startsWith(MODELS + model) ? ofModel(path, model) : NOWHERE;
    };
  }

  private static Route ofModel(String path, String model) {
    String rest = path.substring(MODELS.length() + model.length());
    return switch (rest.startsWith(VERSION) ? rest.substring(VERSION.length()) : rest) {
      case "" -> MODEL;
      case "/ready" -> MODEL_READY;
      case "/infer" -> INFER;
      case "/classify" -> CLASSIFY;
      default -> NOWHERE;
    };
  }
}
