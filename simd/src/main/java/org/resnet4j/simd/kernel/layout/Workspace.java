package org.resnet4j.simd.kernel.layout;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.resnet4j.simd.machine.MachineModel;
import org.resnet4j.simd.machinecode.NativeMemory;

/**
 * Where kernels work: the threads, and the scratch memory that all convolutions of one session use
 * in turn, so that it stays in the caches.
 *
 * <p>A kernel reserves what it needs when it is bound; memory is allocated by {@link #allocate}, or
 * at the first use. Not thread-safe, but for {@link #worker} during a run.
 */
public final class Workspace {
  private final Parallel parallel;
  private final MachineModel machine;
  private final float[][] perWorker;
  private final MemorySegment[] beside;
  private float[] shared = {};
  private int sharedFloats;
  private int workerFloats;
  private long besideBytes;

  /**
   * For some threads of a machine.
   *
   * @param machine whose caches it is that kernels cut their work for
   */
  public Workspace(Parallel parallel, MachineModel machine) {
    this.parallel = parallel;
    this.machine = machine;
    this.perWorker = new float[parallel.threads()][0];
    this.beside = new MemorySegment[parallel.threads()];
    Arrays.fill(beside, MemorySegment.NULL);
  }

  /** The threads. */
  public Parallel parallel() {
    return parallel;
  }

  /** The kind of processor; what it says changes no result. */
  public MachineModel machine() {
    return machine;
  }

  /** Sees to it that {@link #shared} and {@link #worker} are at least as long. */
  public void reserve(long sharedAtLeast, long workerAtLeast) {
    sharedFloats = Math.max(sharedFloats, Math.toIntExact(sharedAtLeast));
    workerFloats = Math.max(workerFloats, Math.toIntExact(workerAtLeast));
  }

  /** Sees to it that {@link #beside} is at least as long. */
  public void reserveBeside(long bytes) {
    besideBytes = Math.max(besideBytes, bytes);
  }

  /** Allocates what the kernels bound so far have reserved, so that no run has to. */
  public void allocate() {
    shared();
    for (int worker = 0; worker < perWorker.length; worker++) {
      worker(worker);
      beside(worker);
    }
  }

  /** Memory of all threads together. */
  public float[] shared() {
    if (shared.length < sharedFloats) {
      shared = new float[sharedFloats];
    }
    return shared;
  }

  /** Memory of one worker. */
  public float[] worker(int worker) {
    if (perWorker[worker].length < workerFloats) {
      perWorker[worker] = new float[workerFloats];
    }
    return perWorker[worker];
  }

  /** Memory of one worker beside the heap. */
  public MemorySegment beside(int worker) {
    if (beside[worker].byteSize() < besideBytes) {
      beside[worker] = NativeMemory.allocate(besideBytes);
    }
    return beside[worker];
  }
}
