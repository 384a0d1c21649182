package org.resnet4j.simd.support;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.resnet4j.core.backend.Backend;
import org.resnet4j.core.conformance.ChildJvm;
import org.resnet4j.core.conformance.ClassPath;
import org.resnet4j.core.conformance.SeededWeights;
import org.resnet4j.simd.kernel.conv.ConvKernel;

/** Runs a main class of the tests in a JVM with options of its own. */
public final class ForkedJvm {
  private static final int MINUTES = 2;

  /** With which the launcher has kernels compiled once and soon. */
  public static final List<String> LAUNCHER_OPTIONS =
      List.of(
          "-XX:+UseSerialGC",
          "-XX:Tier4BackEdgeThreshold=400000",
          "-XX:Tier4MinInvocationThreshold=60",
          "-XX:Tier4CompileThreshold=2000");

  private ForkedJvm() {}

  /**
   * The lines it printed; fails unless it exits with 0. Options a JVM does not know are ignored.
   */
  public static List<String> run(Class<?> main, List<String> options, String... arguments)
      throws IOException, InterruptedException {
    List<String> all = new ArrayList<>(List.of("--add-modules=jdk.incubator.vector"));
    all.addAll(options);
    return runWithoutVectors(main, all, arguments);
  }

  /** The same, but without the Vector API's module. */
  public static List<String> runWithoutVectors(
      Class<?> main, List<String> options, String... arguments)
      throws IOException, InterruptedException {
    String classPath = ClassPath.of(main, ConvKernel.class, Backend.class, SeededWeights.class);
    List<String> all = new ArrayList<>(List.of("-XX:+IgnoreUnrecognizedVMOptions"));
    all.addAll(options);
    return ChildJvm.run(all, classPath, main, arguments).lines();
  }
}
