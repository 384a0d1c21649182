package org.resnet4j.bench.page;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.resnet4j.bench.drawing.NetworkDrawing;
import org.resnet4j.bench.markup.Element;
import org.resnet4j.bench.result.EngineFacts;
import org.resnet4j.bench.result.LayerProfile;
import org.resnet4j.bench.result.MachineFacts;
import org.resnet4j.bench.result.Merged;
import org.resnet4j.bench.result.Results;
import org.resnet4j.bench.result.ResultsJson;

/** One page of results, with everything that it needs in itself. */
public final class ComparePage {
  private static final String STYLE = "page.css";

  private ComparePage() {}

  /**
   * The HTML of a page of one run's results.
   *
   * @param before results of an earlier run to hold these beside; null for none
   */
  public static String of(Results results, @Nullable Results before) {
    return of(List.of(results), before);
  }

  /**
   * The HTML of a page that holds the results of one or more runs side by side.
   *
   * @param runs at least one
   * @param before results of an earlier run to hold these beside; null for none
   */
  public static String of(List<Results> runs, @Nullable Results before) {
    Results results = Merged.of(runs);
    Sheet sheet = new Sheet(results);
    List<Element> parts = new ArrayList<>();
    if (!results.results().isEmpty()) {
      parts.add(TimesPart.throughput(sheet));
      parts.add(TimesPart.latency(sheet));
      parts.add(DevicePart.of(sheet));
    }
    if (before != null) {
      parts.add(ChangesPart.of(sheet, before));
    }
    parts.add(AccuracyPart.of(sheet));
    if (!results.profiles().isEmpty()) {
      parts.add(layers(results.profiles()));
    }
    if (!results.results().isEmpty()) {
      parts.add(CostPart.memory(sheet));
      parts.add(CostPart.cost(sheet));
      parts.add(TimesPart.all(sheet));
    }
    if (!results.missing().isEmpty()) {
      parts.add(DevicePart.missing(results.missing()));
    }
    parts.add(MachinePart.of(runs));
    String title = "ResNet inference on " + name(results.machine());
    Element top =
        Element.of("header")
            .add(
                Element.of("a", "To the numbers").with("class", "skip").with("href", "#content"),
                Element.of("h1", title))
            .add(subtitles(runs))
            .add(contents(parts))
            .add(HeadPart.notes(sheet));
    Element main = Element.of("main").with("id", "content").add(HeadPart.cards(sheet));
    if (results.results().isEmpty()) {
      main.add(DevicePart.note("Nothing has been timed yet."));
    }
    return document(title, top, main.add(parts), data(runs));
  }

  private static List<Element> subtitles(List<Results> runs) {
    List<Element> lines = new ArrayList<>();
    for (int run = 0; run < runs.size(); run++) {
      MachineFacts machine = runs.get(run).machine();
      String which = runs.size() == 1 ? "" : Merged.prefix(run) + name(machine) + ", ";
      String version = machine.version() == null ? "" : " " + machine.version();
      String text =
          "%s%s, %s, %s, resnet4j%s"
              .formatted(
                  which,
                  Figures.count(machine.cores(), "core"),
                  device(machine),
                  Figures.date(machine.date()),
                  version);
      lines.add(Element.of("p", text).with("class", "soft"));
    }
    return lines;
  }

  private static String device(MachineFacts machine) {
    return machine.engines().stream()
        .filter(EngineFacts::isOnCpu)
        .findFirst()
        .map(EngineFacts::device)
        .orElse("nothing on the CPU");
  }

  private static String name(MachineFacts machine) {
    return machine.cpu() == null ? "an unknown processor" : machine.cpu();
  }

  private static Element layers(List<LayerProfile> profiles) {
    Element section =
        Element.of("section").with("id", "layers").add(Element.of("h2", "Where the time goes"));
    for (int i = 0; i < profiles.size(); i++) {
      section.add(LayersPart.of(profiles.get(i), i));
    }
    return section;
  }

  private static Element contents(List<Element> parts) {
    Element list = Element.of("ul");
    for (Element part : parts) {
      Element link = Element.of("a", part.heading()).with("href", "#" + part.attribute("id"));
      list.add(Element.of("li").add(link));
    }
    return Element.of("nav").with("aria-label", "Contents").add(list);
  }

  /** The JSON that all numbers are of, to be kept beside the page. */
  private static Element data(List<Results> runs) {
    Element links = Element.of("p").text("All numbers of this page are in ");
    for (int run = 0; run < runs.size(); run++) {
      String file = runs.size() == 1 ? "results.json" : "results-" + (run + 1) + ".json";
      byte[] json = (ResultsJson.write(runs.get(run)) + "\n").getBytes(StandardCharsets.UTF_8);
      String url = "data:application/json;base64," + Base64.getEncoder().encodeToString(json);
      links
          .text(run == 0 ? "" : ", ")
          .add(Element.of("a", file).with("download", file).with("href", url));
    }
    return Element.of("footer").add(links.text("; resnet4j report makes a page of such files."));
  }

  private static String document(String title, Element... body) {
    Element head =
        Element.of("head")
            .add(
                Element.of("meta").with("charset", "utf-8"),
                Element.of("meta")
                    .with("name", "viewport")
                    .with("content", "width=device-width, initial-scale=1"),
                Element.of("title", title),
                Element.of("link").with("rel", "icon").with("href", "data:,"),
                Element.of("style", style() + NetworkDrawing.css()));
    return "<!DOCTYPE html>\n"
        + Element.of("html").with("lang", "en").add(head, Element.of("body").add(body))
        + "\n";
  }

  private static String style() {
    try (InputStream in = ComparePage.class.getResourceAsStream(STYLE)) {
      if (in == null) {
        throw new IllegalStateException(STYLE + ": not in the jar; build again with mvn package");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
