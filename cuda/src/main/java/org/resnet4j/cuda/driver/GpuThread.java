package org.resnet4j.cuda.driver;

import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The one thread that talks to a device. A CUDA context is current per operating system thread and
 * virtual threads change theirs, so every object of this package is made, used and closed in calls
 * submitted here. Calls run one at a time in the order of submission; the submitter waits, also
 * when it is interrupted (its flag stays set), because the call may be using its memory.
 * Thread-safe; owns a reference to the device's primary context, which cuDNN and cuBLAS then share.
 *
 * <p>The context outlives it: libraries keep state of a context by its device and break when it is
 * made a second time, so the first thread of a device keeps it for the life of the JVM.
 */
public final class GpuThread implements AutoCloseable {
  /** NVRTC and the driver's compiler of PTX recurse deeply; Java's default is 1 MB. */
  private static final long STACK_BYTES = 64L << 20;

  /** Devices, by the driver's handle, whose context is kept. Guarded by itself. */
  private static final Set<Integer> KEPT = new HashSet<>();

  private final DriverApi api;
  private final Thread thread;
  private final Object lock = new Object();
  private final CountDownLatch started = new CountDownLatch(1);
  private volatile @Nullable Device device;
  private volatile @Nullable Throwable failure;

  // Guarded by the lock. Calls name the next themselves: a queue of the JDK's that has no memory to
  // grow may run one all the same, whose caller has gone and has freed what it works on.
  private @Nullable Call<?> first;
  private @Nullable Call<?> last;
  private boolean closing;

  private GpuThread(DriverApi api, int ordinal) {
    this.api = api;
    this.thread =
        Thread.ofPlatform()
            .daemon()
            .name("resnet4j-gpu-" + ordinal)
            .stackSize(STACK_BYTES)
            .inheritInheritableThreadLocals(false)
            .unstarted(() -> own(ordinal));
  }

  /**
   * Starts the thread of a device.
   *
   * @throws IllegalStateException if the driver is not usable: ask {@link DriverNatives#status()}
   *     first
   * @throws CudaException if there is no such device or it refuses a context
   */
  public static GpuThread open(int ordinal) {
    Devices.requireDriver();
    GpuThread gpu = new GpuThread(new JCudaApi(), ordinal);
    gpu.thread.start();
    uninterruptibly(gpu.started::await);
    if (gpu.device == null) {
      uninterruptibly(gpu.thread::join);
      gpu.rethrow();
    }
    return gpu;
  }

  /** What this thread owns. */
  public Device device() {
    Device owned = device;
    if (owned == null) {
      throw new IllegalStateException(thread.getName() + " has not started");
    }
    return owned;
  }

  /**
   * Runs {@code work} on the device's thread and returns its result. What it throws is thrown here,
   * of a {@link CudaException} the stack trace followed by the submitter's. On the device's thread
   * itself it runs at once.
   *
   * @throws IllegalStateException after {@link #close()}
   */
  public <T extends @Nullable Object> T call(Supplier<T> work) {
    if (Thread.currentThread() == thread) {
      return work.get();
    }
    Call<T> call = new Call<>(work);
    synchronized (lock) {
      if (closing) {
        throw new IllegalStateException(thread.getName() + " is closed");
      }
      if (last == null) {
        first = call;
      } else {
        last.next = call;
      }
      last = call;
      lock.notifyAll();
    }
    return call.await();
  }

  /** As {@link #call}, without a result. */
  public void run(Runnable work) {
    this.<@Nullable Object>call(() -> {
      work.run();
      return null;
    });
  }

  /**
   * Lets submitted calls finish, gives the context back and ends the thread. Idempotent; waits also
   * for a close in flight.
   *
   * @throws IllegalStateException on the device's own thread
   * @throws CudaException if the context cannot be given back; the thread has ended nevertheless
   */
  @Override
  public void close() {
    if (Thread.currentThread() == thread) {
      throw new IllegalStateException(thread.getName() + " cannot wait for itself to end");
    }
    boolean first;
    synchronized (lock) {
      first = !closing;
      closing = true;
      lock.notifyAll();
    }
    uninterruptibly(thread::join);
    if (first) {
      rethrow();
    }
  }

  DriverApi api() {
    requireOwner();
    return api;
  }

  void requireOwner() {
    if (Thread.currentThread() != thread) {
      throw new IllegalStateException(
          "belongs to thread "
              + thread.getName()
              + ", called from "
              + Thread.currentThread()
              + ": submit the call to GpuThread");
    }
  }

  private void own(int ordinal) {
    try {
      int handle = api.deviceGet(ordinal);
      keepContext(handle);
      long context = api.devicePrimaryCtxRetain(handle);
      try (Release _ = () -> api.devicePrimaryCtxRelease(handle);
          Release _ = () -> api.ctxSetCurrent(0)) {
        api.ctxSetCurrent(context);
        device = Device.read(api, ordinal);
        started.countDown();
        work();
      }
    } catch (Throwable e) { // also a checked one, which a callback in disguise may throw
      failure = e;
    } finally {
      started.countDown();
    }
  }

  private void keepContext(int handle) {
    synchronized (KEPT) {
      if (!KEPT.contains(handle)) {
        api.devicePrimaryCtxRetain(handle);
        KEPT.add(handle);
      }
    }
  }

  /** For tests, whose driver begins anew. */
  static void forgetContexts() {
    synchronized (KEPT) {
      KEPT.clear();
    }
  }

  private void work() {
    for (Call<?> call = next(); call != null; call = next()) {
      call.run();
      // A call that leaves the flag set must not disturb the next.
      Thread.interrupted();
    }
  }

  /** Null when closing and nothing is left. */
  private @Nullable Call<?> next() {
    synchronized (lock) {
      while (first == null && !closing) {
        try {
          lock.wait();
        } catch (InterruptedException e) {
          // Only close() ends this thread.
        }
      }
      Call<?> call = first;
      if (call != null) {
        first = call.next;
        last = first == null ? null : last;
      }
      return call;
    }
  }

  private void rethrow() {
    Throwable thrown = failure;
    if (thrown != null) {
      throw withCallersTrace(thrown);
    }
  }

  /** Throws it; others than ours may be thrown again and again, and stay as they are. */
  private static RuntimeException withCallersTrace(Throwable thrown) {
    if (thrown instanceof CudaException) {
      thrown.setStackTrace(
          Stream.of(thrown.getStackTrace(), new Throwable().getStackTrace())
              .flatMap(Stream::of)
              .toArray(StackTraceElement[]::new));
    }
    throw Failures.<RuntimeException>sneaked(thrown);
  }

  private static void uninterruptibly(Waiting waiting) {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          waiting.await();
          return;
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @FunctionalInterface
  private interface Waiting {
    void await() throws InterruptedException;
  }

  @FunctionalInterface
  private interface Release extends AutoCloseable {
    @Override
    void close();
  }

  /** Work, then its outcome. */
  private static final class Call<T extends @Nullable Object> {
    private final Supplier<T> work;
    private final CountDownLatch done = new CountDownLatch(1);
    private @Nullable T result;
    private @Nullable Throwable thrown;

    /** Submitted next; guarded by the thread's lock. */
    private @Nullable Call<?> next;

    Call(Supplier<T> work) {
      this.work = work;
    }

    void run() {
      try {
        result = work.get();
      } catch (Throwable e) { // also a checked one, which a callback in disguise may throw
        thrown = e;
      } finally {
        done.countDown();
      }
    }

    @SuppressWarnings("NullAway") // T says whether null is a result
    T await() {
      uninterruptibly(done::await);
      if (thrown != null) {
        throw withCallersTrace(thrown);
      }
      return result;
    }
  }
}
