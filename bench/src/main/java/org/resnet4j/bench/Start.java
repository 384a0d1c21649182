package org.resnet4j.bench;

import org.resnet4j.bench.failure.Damage;
import org.resnet4j.bench.failure.ExitCodes;

/**
 * Where the JVM enters, of the JDK's classes and this jar's, so that it always can. A thread that
 * dies of an exception makes the JVM return 1, which means here that some inputs failed; so none
 * gets through.
 */
public final class Start {
  /** Said where there is no memory to make a better line. */
  private static final String NO_ROOM =
      "resnet4j: not even memory to say what is wrong; raise the heap: RESNET4J_JAVA_OPTS=-Xmx1g";

  private Start() {}

  /** Runs the command and ends the process with its exit code. */
  public static void main(String[] args) {
    int code;
    try {
      code = Main.runProcess(args);
    } catch (LinkageError e) {
      code = ExitCodes.BAD_INPUT;
      System.err.println("resnet4j: " + Damage.line(e));
    } catch (RuntimeException | AssertionError e) {
      code = ExitCodes.BAD_INPUT;
      System.err.println("resnet4j: internal error: " + e);
    } catch (VirtualMachineError _) {
      code = ExitCodes.BAD_INPUT;
      System.err.println(NO_ROOM);
    }
    System.exit(code);
  }
}
