package org.resnet4j.bench;

/**
 * Where the JVM enters, of the JDK's classes alone, so that it always can. A thread that dies of an
 * exception makes the JVM return 1, which means here that some inputs failed; so none gets through.
 */
public final class Start {
  private Start() {}

  /** Runs the command and ends the process with its exit code. */
  public static void main(String[] args) {
    int code;
    try {
      code = Main.runProcess(args);
    } catch (LinkageError e) {
      code = ExitCodes.BAD_INPUT;
      System.err.println(
          "resnet4j: the installation is incomplete or damaged ("
              + e
              + "); build it again: mvn clean package");
    }
    System.exit(code);
  }
}
