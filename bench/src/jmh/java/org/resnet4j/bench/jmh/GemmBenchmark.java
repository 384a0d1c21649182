package org.resnet4j.bench.jmh;

import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.resnet4j.bench.measure.Engine;
import org.resnet4j.bench.measure.WrongAnswerException;

/** One matrix product by one library. JMH extends the class. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class GemmBenchmark {
  static final String PARAMETER = "gemm";

  private static final String EXAMPLE = "m3136 n64 k256 resnet4j";

  /** A {@link GemmCase}. */
  @Param(EXAMPLE)
  public String gemm = EXAMPLE;

  private Engine engine;

  /** Before anything is timed. */
  @Setup(Level.Trial)
  public void setUp() throws WrongAnswerException {
    open();
    WarmUp.of(engine);
  }

  /** Nothing is timed whose answer is wrong. */
  final void open() throws WrongAnswerException {
    GemmCase of = GemmCase.parse(gemm);
    GemmProblem problem = GemmProblem.of(of);
    engine =
        switch (of.engine()) {
          case JavaGemm.NAME -> new JavaGemm(problem);
          case OpenBlas.NAME -> OpenBlas.load(library()).gemm(problem);
          default -> throw new IllegalArgumentException(gemm + ": no such engine");
        };
    problem.check(engine);
  }

  private static Path library() {
    String file = System.getProperty(OpenBlas.PROPERTY);
    if (file == null) {
      throw new IllegalStateException(OpenBlas.PROPERTY + ": not set; KernelBenchmarks sets it");
    }
    return Path.of(file);
  }

  /** Frees memory outside the heap. */
  @TearDown(Level.Trial)
  public void close() {
    engine.close();
  }

  /** What is timed. */
  @Benchmark
  public void run() {
    engine.run();
  }
}
