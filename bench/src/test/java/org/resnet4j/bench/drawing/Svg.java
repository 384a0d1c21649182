package org.resnet4j.bench.drawing;

import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;

/** What a drawing has, as an XML parser reads it. */
record Svg(Element root) {
  /** Where a text stands, by the usual widths of characters. */
  record Text(String text, double left, double top, double right, double bottom) {
    boolean overlaps(Text other) {
      return left < other.right && other.left < right && top < other.bottom && other.top < bottom;
    }
  }

  static Svg parse(String text) {
    try {
      return new Svg(
          DocumentBuilderFactory.newDefaultNSInstance()
              .newDocumentBuilder()
              .parse(new InputSource(new StringReader(text)))
              .getDocumentElement());
    } catch (IOException | SAXException | ParserConfigurationException e) {
      throw new AssertionError(e);
    }
  }

  /** All elements of a name. */
  List<Element> all(String name) {
    return all(root, name);
  }

  static List<Element> all(Element parent, String name) {
    NodeList list = parent.getElementsByTagName(name);
    List<Element> all = new ArrayList<>();
    for (int i = 0; i < list.getLength(); i++) {
      all.add((Element) list.item(i));
    }
    return all;
  }

  /** All elements of a class. */
  List<Element> withClass(String name) {
    return all("*").stream()
        .filter(each -> List.of(each.getAttribute("class").split(" ")).contains(name))
        .toList();
  }

  List<Text> texts() {
    return all("text").stream().map(Svg::text).toList();
  }

  static Text text(Element text) {
    List<String> classes = List.of(text.getAttribute("class").split(" "));
    double size =
        classes.contains("nd-name")
            ? Metrics.LARGE
            : classes.contains("nd-head") ? Metrics.MEDIUM : Metrics.SMALL;
    double width = Texts.width(text.getTextContent(), size);
    double x = number(text, "x") - (classes.contains("nd-mid") ? width / 2 : 0);
    double y = number(text, "y");
    return new Text(text.getTextContent(), x, y - 0.75 * size, x + width, y + 0.2 * size);
  }

  static double number(Element element, String attribute) {
    return Double.parseDouble(element.getAttribute(attribute));
  }
}
