package org.resnet4j.cuda.device;

import java.lang.foreign.Arena;
import java.util.HashMap;
import java.util.Map;
import org.resnet4j.cuda.driver.CudaModule;
import org.resnet4j.cuda.driver.GpuThread;
import org.resnet4j.cuda.driver.KernelArguments;
import org.resnet4j.cuda.driver.KernelFunction;
import org.resnet4j.cuda.driver.LaunchShape;
import org.resnet4j.cuda.driver.Resources;
import org.resnet4j.cuda.driver.Stream;
import org.resnet4j.cuda.kernels.ElementType;
import org.resnet4j.cuda.kernels.Kernel;
import org.resnet4j.cuda.kernels.KernelCall;

/**
 * The kernels of one element type on one device, each compiled by the driver when it is first
 * needed. Belongs to its {@link GpuThread}: every method must run there.
 */
public final class KernelLauncher implements AutoCloseable {
  private final GpuThread gpu;
  private final ElementType type;
  private final Map<String, CudaModule> modules = new HashMap<>();
  private final Resources resources = new Resources();

  KernelLauncher(GpuThread gpu, ElementType type) {
    this.gpu = gpu;
    this.type = type;
  }

  /** A kernel with its arguments in C's form: launched often, without allocating. */
  record Prepared(KernelFunction function, LaunchShape shape, KernelArguments arguments) {
    /** Queues a run; the memory behind the arguments must live until it is done. */
    void launch(Stream stream) {
      function.launch(stream, shape, arguments);
    }
  }

  /**
   * Makes a call ready for launches.
   *
   * @param arena of the arguments, which must be accessible to the device's thread
   * @throws org.resnet4j.cuda.driver.CudaException if the driver cannot compile the kernel
   */
  Prepared prepare(KernelCall call, Arena arena) {
    KernelArguments.Builder arguments = KernelArguments.builder();
    for (Number argument : call.arguments()) {
      switch (argument) {
        case Long address -> arguments.address(address);
        case Integer count -> arguments.int32(count);
        case Float number -> arguments.float32(number);
        default -> throw new IllegalStateException(call.kernel() + ": argument " + argument);
      }
    }
    int lanes = call.lanes(type);
    return new Prepared(function(call.kernel(), lanes), call.shape(lanes), arguments.build(arena));
  }

  private KernelFunction function(Kernel kernel, int lanes) {
    String entry = kernel.entry(type, lanes);
    CudaModule module = modules.get(entry);
    if (module == null) {
      module = resources.own(CudaModule.load(gpu, kernel.ptx(type, lanes)));
      modules.put(entry, module);
    }
    return module.function(entry);
  }

  /** Unloads all kernels, the others also if one of them fails. Idempotent. */
  @Override
  public void close() {
    modules.clear();
    resources.close();
  }
}
