package org.resnet4j.bench.browser;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A page as one meets it who has no pointer, or no picture: by the Tab key, and by names. */
final class Accessibility {
  private static final int MOST_STOPS = 2000;

  /** Roles, as Chromium calls them, that mean nothing without a name. */
  private static final Set<String> NAMED =
      Set.of(
          "button",
          "checkbox",
          "combobox",
          "ColorWell",
          "Date",
          "DateTime",
          "DisclosureTriangle",
          "image",
          "img",
          "graphics-document",
          "graphics-symbol",
          "InputTime",
          "link",
          "listbox",
          "menuitem",
          "menuitemcheckbox",
          "menuitemradio",
          "meter",
          "option",
          "progressbar",
          "radio",
          "RootWebArea",
          "searchbox",
          "slider",
          "spinbutton",
          "switch",
          "tab",
          "textbox",
          "treeitem");

  private final Page page;

  Accessibility(Page page) {
    this.page = page;
  }

  List<String> unnamed(List<String> tables) {
    List<String> all = new ArrayList<>(tables);
    for (Message node : page.call("Accessibility.getFullAXTree", Map.of()).messages("nodes")) {
      // Generated content has no element that could have a name.
      boolean ignored =
          Boolean.TRUE.equals(node.at("ignored")) || node.at("backendDOMNodeId") == null;
      if (!ignored && name(node).isEmpty() && (NAMED.contains(role(node)) || isStop(node))) {
        all.add("no name: " + role(node) + " " + markup(node));
      }
    }
    return all;
  }

  /** An author's tabindex makes anything a control, unless it is for scripts alone. */
  private boolean isStop(Message node) {
    if (node.messages("properties").stream()
        .noneMatch(each -> each.text("name").equals("focusable"))) {
      return false;
    }
    List<String> attributes = describe(node).texts("attributes");
    int at = attributes.indexOf("tabindex");
    return at >= 0 && !attributes.get(at + 1).startsWith("-");
  }

  private static String role(Message node) {
    return node.text("role", "value");
  }

  private static String name(Message node) {
    return node.text("name", "value").strip();
  }

  private Message describe(Message node) {
    return page.call("DOM.describeNode", Map.of("backendNodeId", node.at("backendDOMNodeId")))
        .message("node");
  }

  /** The start of its tag. */
  private String markup(Message node) {
    Message element = describe(node);
    StringBuilder out = new StringBuilder("<" + element.text("nodeName"));
    List<String> attributes = element.texts("attributes");
    for (int i = 0; i + 1 < attributes.size(); i += 2) {
      out.append(' ').append(attributes.get(i)).append("=\"").append(attributes.get(i + 1));
      out.append('"');
    }
    out.append('>');
    return out.length() > 120 ? out.substring(0, 120) + "\u2026" : out.toString();
  }

  List<String> tabStops() {
    List<String> stops = new ArrayList<>();
    Set<Object> seen = new HashSet<>();
    for (int i = 0; i < MOST_STOPS; i++) {
      press("rawKeyDown");
      press("keyUp");
      Message element =
          page.call("Runtime.evaluate", Map.of("expression", "document.activeElement"));
      String object = element.text("result", "objectId");
      if (object.isEmpty() || element.text("result", "description").startsWith("body")) {
        return stops;
      }
      Message node = focused(object);
      if (!seen.add(node.at("backendDOMNodeId"))) {
        return stops;
      }
      stops.add((role(node) + " " + name(node)).strip());
    }
    throw new IllegalStateException("more than " + MOST_STOPS + " stops: " + stops);
  }

  private Message focused(String object) {
    return page.call(
            "Accessibility.getPartialAXTree", Map.of("objectId", object, "fetchRelatives", false))
        .messages("nodes")
        .getFirst();
  }

  private void press(String type) {
    page.call(
        "Input.dispatchKeyEvent",
        Map.of("type", type, "key", "Tab", "code", "Tab", "windowsVirtualKeyCode", 9));
  }
}
