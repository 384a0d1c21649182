package org.resnet4j.bench.browser;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What a page's console says, and what the page asks the network for. Thread-safe. */
final class Complaints {
  private static final Set<String> LOUD = Set.of("error", "warning", "assert");

  private final String page;
  private final List<String> all = new ArrayList<>();
  private final Set<String> underWay = new HashSet<>();
  private final Set<String> lifecycle = new HashSet<>();
  private boolean begun;

  /** Of the page at an address, which may ask for itself. */
  Complaints(String page) {
    this.page = page;
  }

  synchronized void accept(Message event) {
    Message parameters = event.message("params");
    switch (event.text("method")) {
      case "Runtime.consoleAPICalled" -> console(parameters);
      case "Runtime.exceptionThrown" -> all.add("exception: " + exception(parameters));
      case "Log.entryAdded" -> log(parameters.message("entry"));
      case "Network.requestWillBeSent" -> request(parameters);
      case "Network.webSocketCreated" -> all.add("request: " + parameters.text("url"));
      case "Network.loadingFinished" -> underWay.remove(parameters.text("requestId"));
      case "Network.loadingFailed" -> failure(parameters);
      case "Runtime.executionContextsCleared" -> begin();
      case "Page.lifecycleEvent" ->
          lifecycle.add(parameters.text("loaderId") + parameters.text("name"));
      default -> {}
    }
    notifyAll();
  }

  /** What came before was the last words of the page that was in this tab. */
  private void begin() {
    if (!begun) {
      begun = true;
      all.clear();
    }
  }

  /** The text of an exception that a script did not catch. */
  static String exception(Message parameters) {
    String description = parameters.text("exceptionDetails", "exception", "description");
    return description.isEmpty() ? parameters.text("exceptionDetails", "text") : description;
  }

  private void console(Message parameters) {
    String type = parameters.text("type");
    if (LOUD.contains(type)) {
      String text =
          parameters.messages("args").stream()
              .map(each -> each.at("value") == null ? each.text("description") : each.text("value"))
              .collect(Collectors.joining(" "));
      all.add("console." + type + ": " + text);
    }
  }

  private void log(Message entry) {
    // A request that fails is reported as a request.
    if (LOUD.contains(entry.text("level")) && !entry.text("source").equals("network")) {
      all.add(entry.text("source") + " " + entry.text("level") + ": " + entry.text("text"));
    }
  }

  private void request(Message parameters) {
    String url = parameters.text("request", "url");
    boolean inside = Stream.of("data:", "blob:", "about:").anyMatch(url::startsWith);
    if (!url.equals(page) && !inside) {
      all.add("request: " + url);
    }
    underWay.add(parameters.text("requestId"));
  }

  private void failure(Message parameters) {
    if (underWay.remove(parameters.text("requestId"))) {
      all.add("failed: " + parameters.text("type") + ", " + parameters.text("errorText"));
    }
  }

  /** Waits until a document has loaded. */
  void awaitLoad(String loader, long millis) {
    await(it -> it.lifecycle.contains(loader + "load"), "load of " + page, millis);
  }

  /** Waits until no request is under way. */
  void awaitQuiet(long millis) {
    await(it -> it.underWay.isEmpty(), "requests of " + page, millis);
  }

  private synchronized void await(Predicate<Complaints> done, String what, long millis) {
    long end = System.nanoTime() + millis * 1_000_000;
    try {
      while (!done.test(this)) {
        long left = (end - System.nanoTime()) / 1_000_000;
        if (left <= 0) {
          throw new IllegalStateException(what + ": not done in " + millis + " ms; " + all);
        }
        wait(left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted: " + what, e);
    }
  }

  synchronized List<String> all() {
    return List.copyOf(all);
  }
}
