package org.resnet4j.bench.drawing;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.resnet4j.core.graph.Node;
import org.resnet4j.core.graph.Op;
import org.resnet4j.core.graph.Window;

/** What is written on and about pieces. */
final class Labels {
  private static final int MAX_NAME = 80;
  private static final int MAX_LISTED = 200;

  private Labels() {}

  /** The lines in a layer's box: {@code 3×3/2}, {@code 512}, {@code C=32} as in Xie et al. 2016. */
  static List<String> lines(Layer layer) {
    return switch (layer.main().op()) {
      case Op.Conv conv when conv.groups() > 1 ->
          List.of(window(conv.window()), channels(conv), "C=" + conv.groups());
      case Op.Conv conv -> List.of(window(conv.window()), channels(conv));
      case Op.MaxPool pool -> List.of("max pool", window(pool.window()));
      case Op.GlobalAvgPool _ -> List.of("average", "pool");
      case Op.Linear linear -> List.of("linear", String.valueOf(linear.weight().dim(0)));
      case Op.Input input ->
          List.of(
              "input",
              "%s×%s×%s"
                  .formatted(
                      input.shape().channels(), input.shape().height(), input.shape().width()));
      case Op.Add _ -> List.of("add");
      case Op.BatchNorm _ -> List.of("batch", "norm");
      case Op.Relu _ -> List.of("ReLU");
    };
  }

  /** In one line: {@code 1×1, 1024, /2}. */
  static String line(Layer layer) {
    return layer.main().op() instanceof Op.Conv conv
        ? kernel(conv.window())
            + ", "
            + conv.outChannels()
            + (conv.window().stride() == 1 ? "" : ", /" + conv.window().stride())
            + (conv.groups() == 1 ? "" : ", C=" + conv.groups())
        : String.join(" ", lines(layer));
  }

  /** The layers of a shortcut. */
  static String line(List<Layer> layers) {
    return layers.stream().map(Labels::line).collect(Collectors.joining(" → "));
  }

  private static String window(Window window) {
    return kernel(window) + (window.stride() == 1 ? "" : "/" + window.stride());
  }

  private static String kernel(Window window) {
    return window.kernel() + "×" + window.kernel();
  }

  private static String channels(Op.Conv conv) {
    return String.valueOf(conv.outChannels());
  }

  /** What is said of a piece where a pointer rests on it: a line for each layer, then the sums. */
  static String details(Piece piece, @Nullable Times times) {
    List<String> lines = new ArrayList<>();
    switch (piece) {
      case Layer layer -> lines.add(details(layer, times));
      case ResidualBlock block -> {
        lines.add("residual block, " + (block.isProjection() ? "projection" : "identity"));
        block.path().stream().limit(MAX_LISTED).forEach(each -> lines.add(details(each, times)));
        block.shortcut().stream()
            .limit(MAX_LISTED)
            .forEach(each -> lines.add("shortcut " + details(each, times)));
      }
      case Branches branches -> {
        lines.add("branches");
        branches.layers().stream()
            .limit(MAX_LISTED)
            .forEach(each -> lines.add(details(each, times)));
      }
    }
    lines.add(
        "output %s, %s parameters, %s multiply-adds%s"
            .formatted(
                Texts.shape(piece.shape()),
                Texts.count(piece.parameters()),
                Texts.count(piece.multiplyAdds()),
                times == null ? "" : ", " + Texts.millis(times.of(piece))));
    return String.join("\n", lines);
  }

  /** {@code layer1.0.conv2: 3×3, 64 → 64, stride 2, padding 1, batch norm, ReLU}. */
  private static String details(Layer layer, @Nullable Times times) {
    List<String> words = new ArrayList<>();
    switch (layer.main().op()) {
      case Op.Conv conv -> {
        words.add(kernel(conv.window()));
        words.add(conv.weight().dim(1) * (long) conv.groups() + " → " + conv.outChannels());
        addWindow(conv.window(), words);
        if (conv.groups() > 1) {
          words.add(conv.groups() + " groups");
        }
      }
      case Op.MaxPool pool -> {
        words.add("max pool " + kernel(pool.window()));
        addWindow(pool.window(), words);
      }
      case Op.Linear linear ->
          words.add("linear " + linear.weight().dim(1) + " → " + linear.weight().dim(0));
      case Op.Input _, Op.GlobalAvgPool _, Op.Add _, Op.BatchNorm _, Op.Relu _ ->
          words.add(String.join(" ", lines(layer)));
    }
    for (Node node : layer.nodes()) {
      if (node.id() != layer.main().id()) {
        words.add(node.op() instanceof Op.Relu ? "ReLU" : "batch norm");
      }
    }
    if (layer.main().op() instanceof Op.Conv conv && conv.epilogue().relu()) {
      words.add("ReLU");
    }
    if (times != null) {
      words.add(Texts.millis(times.of(layer)));
    }
    return name(layer.main()) + ": " + String.join(", ", words);
  }

  private static void addWindow(Window window, List<String> words) {
    if (window.stride() > 1) {
      words.add("stride " + window.stride());
    }
    if (window.padding() > 0) {
      words.add("padding " + window.padding());
    }
  }

  private static String name(Node node) {
    String name = node.name();
    return Texts.clean(
        name.codePointCount(0, name.length()) <= MAX_NAME
            ? name
            : name.substring(0, name.offsetByCodePoints(0, MAX_NAME)) + "…");
  }
}
