package org.resnet4j.bench.failure;

/** Classes or libraries that cannot be loaded. Needs the JDK's classes alone. */
public final class Damage {
  /** Set by the launcher of an archive, where nothing can be built. */
  private static final String UNPACKED = "resnet4j.unpacked";

  private Damage() {}

  /** {@code "<cause>; <remedy>"} for classes or libraries that cannot be loaded. */
  public static String line(LinkageError error) {
    String text = String.valueOf(error);
    return text.contains("Too many open files")
        ? "too many open files (" + text + "); raise their limit: ulimit -n 1024"
        : "the installation is incomplete or damaged ("
            + text
            + "); "
            + (System.getProperty(UNPACKED) == null
                ? "build it again: mvn clean package"
                : "unpack it again");
  }
}
