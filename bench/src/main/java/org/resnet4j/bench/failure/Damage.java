package org.resnet4j.bench.failure;

/** Classes or libraries that cannot be loaded. Needs the JDK's classes alone. */
public final class Damage {
  /** Set by the launcher of an archive, where nothing can be built. */
  private static final String UNPACKED = "resnet4j.unpacked";

  private Damage() {}

  /** {@code "<cause>; <remedy>"} for classes or libraries that cannot be loaded. */
  public static String line(LinkageError error) {
    String text = String.valueOf(error);
    if (text.contains("Too many open files")) {
      return "too many open files (" + text + "); raise their limit: ulimit -n 1024";
    }
    if (text.contains("jdk/incubator/vector/")) {
      return "Java was started without the module jdk.incubator.vector, which this needs ("
          + text
          + "); add --add-modules jdk.incubator.vector to the java command";
    }
    // What was found and began to work, or to be linked, is whole: something else has ended that.
    if (text.contains("Could not initialize class") || error instanceof BootstrapMethodError) {
      return "a part could not begin, most often as memory ran out ("
          + text
          + "); raise the heap: RESNET4J_JAVA_OPTS=-Xmx1g, or else "
          + again();
    }
    return "the installation is incomplete or damaged (" + text + "); " + again();
  }

  private static String again() {
    return System.getProperty(UNPACKED) == null
        ? "build it again: mvn clean package"
        : "unpack it again";
  }
}
