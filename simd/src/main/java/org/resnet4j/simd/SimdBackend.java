package org.resnet4j.simd;

import org.resnet4j.core.backend.Backend;
import org.resnet4j.core.backend.BackendOptions;
import org.resnet4j.core.backend.Plan;
import org.resnet4j.core.backend.Precision;
import org.resnet4j.core.graph.Graph;
import org.resnet4j.core.text.Quote;
import org.resnet4j.simd.kernel.layout.Element;
import org.resnet4j.simd.kernel.matrix.MatrixUnit;
import org.resnet4j.simd.kernel.tile.TileKernels;
import org.resnet4j.simd.machine.CpuFeatures;
import org.resnet4j.simd.machine.KernelPath;
import org.resnet4j.simd.machine.MachineModel;
import org.resnet4j.simd.machine.VectorWidth;

/** See {@link SimdBackendProvider}. Owns the worker threads. */
final class SimdBackend implements Backend {
  private final VectorWidth width;
  private final MachineModel machine;
  private final WorkerPool pool;
  private final AlgorithmChooser chooser;
  private final Element element;

  SimdBackend(BackendOptions options) {
    this(options, VectorWidth.preferred());
  }

  SimdBackend(int threads) {
    this(threads, VectorWidth.preferred());
  }

  SimdBackend(int threads, VectorWidth width) {
    this(new BackendOptions(threads), width);
  }

  SimdBackend(BackendOptions options, VectorWidth width) {
    this.width = width;
    this.machine = machine(options.machine());
    this.pool = new WorkerPool(options.threads());
    this.chooser = AlgorithmChooser.of(options, machine, width, pool);
    this.element = options.precision() == Precision.BF16 ? Element.BFLOAT16 : Element.FLOAT32;
  }

  private static MachineModel machine(String name) {
    if (name.isEmpty()) {
      return MachineModel.current();
    }
    return MachineModel.named(name)
        .orElseThrow(() ->
            new IllegalArgumentException(
                "there is no machine model "
                    + Quote.name(name)
                    + "; choose one of "
                    + MachineModel.names()));
  }

  @Override
  public String name() {
    return "simd";
  }

  @Override
  public String device() {
    int threads = pool.threads();
    String count = ", " + threads + (threads == 1 ? " thread" : " threads");
    if (element == Element.BFLOAT16) {
      return "CPU, " + MatrixUnit.kind().text() + count;
    }
    String device = describeDevice() + count;
    return switch (chooser) {
      case AlgorithmChooser.ByShape(MachineModel chosen) ->
          chosen.equals(MachineModel.current())
              ? device
              : device + ", algorithms for " + chosen.name();
      case MeasuredAlgorithms _ -> device + ", algorithms measured";
    };
  }

  @Override
  public Plan compile(Graph graph) {
    pool.checkOpen();
    return SimdCompiler.compile(graph, width, pool, machine, chooser, element);
  }

  @Override
  public void close() {
    pool.close();
  }

  /** {@code "CPU, 512-bit vectors, FMA"}: what the kernels of this JVM use. */
  static String describeDevice() {
    String vectors = "CPU, " + VectorWidth.preferred().bits() + "-bit vectors, ";
    if (TileKernels.areMachineCode(VectorWidth.preferred())) {
      return vectors + "FMA";
    }
    return switch (KernelPath.current()) {
      case FMA -> vectors + "FMA";
      case MULTIPLY_ADD -> vectors + "multiply and add (no FMA)";
      case SCALAR ->
          "CPU, scalar code: this JVM runs without "
              + (CpuFeatures.current().optimizingCompiler() ? "vectors" : "its C2 compiler");
    };
  }
}
