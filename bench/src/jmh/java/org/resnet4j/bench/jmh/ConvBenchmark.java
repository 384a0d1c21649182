package org.resnet4j.bench.jmh;

import java.util.List;
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
import org.resnet4j.bench.measure.Answers;
import org.resnet4j.bench.measure.ConvEngine;
import org.resnet4j.bench.measure.Engine;
import org.resnet4j.bench.measure.WrongAnswerException;
import org.resnet4j.simd.kernel.conv.ConvAlgorithm;
import org.resnet4j.simd.kernel.conv.ConvShape;

/** One convolution by one algorithm. JMH extends the class. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class ConvBenchmark {
  static final String PARAMETER = "conv";

  private static final String EXAMPLE = "64>64@56x56 k3 s1 p1 g1 WINOGRAD_4X4";

  /** A {@link ConvCase}. */
  @Param(EXAMPLE)
  public String conv = EXAMPLE;

  private Engine engine;

  /** Before anything is timed. */
  @Setup(Level.Trial)
  public void setUp() throws WrongAnswerException {
    open();
    WarmUp.of(engine);
  }

  /** Nothing is timed whose answer is wrong. */
  final void open() throws WrongAnswerException {
    ConvCase of = ConvCase.parse(conv);
    engine = ConvEngine.of(of.shape(), of.algorithm());
    check(of.shape(), engine);
  }

  /** Compares an engine with a direct algorithm that is not its own. */
  static void check(ConvShape shape, Engine engine) throws WrongAnswerException {
    ConvAlgorithm other =
        engine.name().equals(ConvAlgorithm.IMPLICIT_GEMM.name())
            ? ConvAlgorithm.IM2COL_GEMM
            : ConvAlgorithm.IMPLICIT_GEMM;
    Answers.check(shape.toString(), List.of(ConvEngine.of(shape, other), engine));
  }

  /** What is timed. */
  @Benchmark
  public void run() {
    engine.run();
  }
}
