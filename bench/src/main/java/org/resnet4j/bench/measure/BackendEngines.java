package org.resnet4j.bench.measure;

import java.util.Set;
import org.resnet4j.core.backend.Backend;
import org.resnet4j.core.backend.BackendOptions;
import org.resnet4j.core.backend.Backends;
import org.resnet4j.core.backend.Plan;
import org.resnet4j.core.backend.Precision;
import org.resnet4j.core.backend.Session;

/**
 * Our own engines.
 *
 * @param backend a backend's name
 * @param name what tables call them
 * @param options it is opened with, but for the threads, which are each problem's
 */
public record BackendEngines(String backend, String name, BackendOptions options)
    implements EngineFactory {
  /** Backends that compute elsewhere. */
  private static final Set<String> DEVICES = Set.of("cuda");

  /** Whether an engine's threads and limits are the CPU's. */
  public static boolean isOnCpu(String engine) {
    return !DEVICES.contains(engine);
  }

  /** By shape in float32 on device 0. */
  public BackendEngines(String backend) {
    this(backend, backend, BackendOptions.defaults());
  }

  /** Whether these are of that backend, in float32. */
  public boolean isFloat32(String name) {
    return backend.equals(name) && options.precision() == Precision.FP32;
  }

  @Override
  public double limit() {
    return Answers.limit(options.precision());
  }

  /**
   * Opens the backend and compiles the graph.
   *
   * @throws org.resnet4j.core.backend.BackendUnavailableException if it cannot run here
   */
  @Override
  public Engine open(Problem problem) {
    Backend opened = Backends.open(backend, options.withThreads(problem.threads()));
    try {
      return new BackendEngine(name, opened, problem);
    } catch (Throwable e) {
      opened.close();
      throw e;
    }
  }

  private static final class BackendEngine implements Engine {
    private final String name;
    private final Backend backend;
    private final Plan plan;
    private final Session session;
    private final int batch;
    private final float[] input;
    private final float[] output;

    BackendEngine(String name, Backend backend, Problem problem) {
      this.name = name;
      this.backend = backend;
      this.batch = problem.batch();
      this.input = problem.input();
      this.plan = backend.compile(problem.graph());
      this.session = plan.newSession(batch);
      this.output = new float[Math.toIntExact(batch * plan.outputShape().size())];
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public void run() {
      session.run(batch, input, output);
    }

    @Override
    public float[] answer() {
      return output.clone();
    }

    @Override
    public void close() {
      session.close();
      plan.close();
      backend.close();
    }
  }
}
