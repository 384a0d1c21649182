package org.resnet4j.core.conformance;

import java.net.URI;
import java.nio.file.Path;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What a JVM that a test starts needs on its class path. */
public final class ClassPath {
  private ClassPath() {}

  /**
   * The folders and jars that hold some classes, whether this JVM has them on a class path or a
   * module path.
   */
  public static String of(Class<?>... types) {
    return Stream.of(types)
        .map(ClassPath::root)
        .distinct()
        .collect(Collectors.joining(System.getProperty("path.separator")));
  }

  private static String root(Class<?> type) {
    String resource = type.getName().replace('.', '/') + ".class";
    String url =
        Objects.requireNonNull(type.getClassLoader().getResource(resource), resource).toString();
    String root = url.substring(0, url.length() - resource.length());
    String file = root.startsWith("jar:") ? root.substring(4, root.indexOf('!')) : root;
    return Path.of(URI.create(file)).toString();
  }
}
