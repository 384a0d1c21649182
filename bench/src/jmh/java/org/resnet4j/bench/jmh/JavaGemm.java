package org.resnet4j.bench.jmh;

import org.resnet4j.bench.measure.Engine;
import org.resnet4j.simd.kernel.gemm.Gemm;
import org.resnet4j.simd.kernel.gemm.Gemm.Matrix;

/** A product by {@link Gemm}, on the calling thread. */
final class JavaGemm implements Engine {
  static final String NAME = "resnet4j";

  private final GemmProblem problem;
  private final Gemm gemm = Gemm.serial();
  private final Matrix a;
  private final Matrix b;
  private final float[] product;
  private final Matrix c;

  JavaGemm(GemmProblem problem) {
    this.problem = problem;
    a = Matrix.of(problem.a(), problem.k());
    b = Matrix.of(problem.b(), problem.n());
    product = new float[problem.m() * problem.n()];
    c = Matrix.of(product, problem.n());
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public void run() {
    gemm.multiply(problem.m(), problem.n(), problem.k(), 1, a, b, 0, c);
  }

  @Override
  public float[] answer() {
    return product.clone();
  }

  @Override
  public void close() {}
}
