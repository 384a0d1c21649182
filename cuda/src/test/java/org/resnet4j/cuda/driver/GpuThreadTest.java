package org.resnet4j.cuda.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.resnet4j.cuda.support.Emulator;

/** The thread that owns a device. */
@Timeout(20)
class GpuThreadTest {
  /** Once, so that without an emulator nothing is left to clean up after each test. */
  @BeforeAll
  static void load() {
    Emulator.load();
  }

  @BeforeEach
  void reset() {
    Emulator.reset();
  }

  @AfterEach
  void nothingIsLeft() {
    assertThat(Emulator.leaks()).isEmpty();
  }

  @Test
  void callsRunOnOnePlatformDaemonThread() {
    try (GpuThread gpu = GpuThread.open(0)) {
      Thread thread = gpu.call(Thread::currentThread);
      assertThat(thread.isDaemon()).isTrue();
      assertThat(thread.isVirtual()).isFalse();
      assertThat(gpu.call(() -> gpu.call(Thread::currentThread))).isSameAs(thread);
      assertThat(gpu.<Object>call(() -> null)).isNull();
    }
  }

  @Test
  void virtualThreadsShareIt() throws InterruptedException {
    List<Long> free = Collections.synchronizedList(new ArrayList<>());
    try (GpuThread gpu = GpuThread.open(0)) {
      List<Thread> threads =
          IntStream.range(0, 50)
              .mapToObj(_ ->
                  Thread.startVirtualThread(
                      () -> free.add(gpu.call(() -> DeviceMemory.freeBytes(gpu)))))
              .toList();
      for (Thread thread : threads) {
        thread.join();
      }
    }
    assertThat(free).hasSize(50).containsOnly(1L << 30);
  }

  @Test
  void anInterruptedCallerWaitsAndStaysInterrupted() {
    try (GpuThread gpu = GpuThread.open(0)) {
      Thread.currentThread().interrupt();
      assertThat(gpu.call(() -> 7)).isEqualTo(7);
      assertThat(Thread.interrupted()).isTrue();
      gpu.run(() -> Thread.currentThread().interrupt());
      assertThat(gpu.call(() -> Thread.currentThread().isInterrupted())).isFalse();
    }
  }

  @Test
  void closeWaitsForCallsInFlightAndThenRefuses() throws InterruptedException {
    GpuThread gpu = GpuThread.open(0);
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    AtomicBoolean finished = new AtomicBoolean();
    Thread caller =
        Thread.startVirtualThread(() ->
            gpu.run(() -> {
              inside.countDown();
              try {
                go.await();
              } catch (InterruptedException e) {
                throw new AssertionError(e);
              }
              finished.set(true);
            }));
    inside.await();
    Thread closer = Thread.ofPlatform().start(gpu::close);
    while (closer.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }
    assertThatIllegalStateException()
        .isThrownBy(() -> gpu.run(() -> {}))
        .withMessage("resnet4j-gpu-0 is closed");
    go.countDown();
    closer.join();
    caller.join();
    assertThat(finished).isTrue();
    gpu.close();
  }

  @Test
  void errorsComeBackToo() {
    try (GpuThread gpu = GpuThread.open(0)) {
      assertThatExceptionOfType(StackOverflowError.class)
          .isThrownBy(() ->
              gpu.run(() -> {
                throw new StackOverflowError("deep");
              }))
          .withMessage("deep");
      assertThatIllegalStateException().isThrownBy(() -> gpu.run(gpu::close));
    }
  }

  /** Its trace would grow with each time. */
  @Test
  void anExceptionThatIsThrownAgainStaysAsItIs() {
    IllegalStateException constant = new IllegalStateException("constant");
    int frames = constant.getStackTrace().length;
    try (GpuThread gpu = GpuThread.open(0)) {
      for (int i = 0; i < 3; i++) {
        assertThatIllegalStateException()
            .isThrownBy(() ->
                gpu.run(() -> {
                  throw constant;
                }));
      }
    }
    assertThat(constant.getStackTrace()).hasSize(frames);
  }

  @Test
  void thereIsNoSuchDevice() {
    assertThatExceptionOfType(CudaException.class)
        .isThrownBy(() -> GpuThread.open(1))
        .withMessage("cuDeviceGet(ordinal 1): CUDA_ERROR_INVALID_DEVICE (101)");
  }

  /** Libraries break when it is destroyed and made again under them. */
  @Test
  void theContextOutlivesTheThread() {
    for (int i = 0; i < 3; i++) {
      GpuThread.open(0).close();
    }
    assertThat(Emulator.calls("contexts made")).isEqualTo(1);
  }

  /** NVRTC has been seen to take more than the 1 MB that Java gives a thread. */
  @Test
  void theStackIsDeep() {
    int here = depth();
    try (GpuThread gpu = GpuThread.open(0)) {
      assertThat(gpu.call(GpuThreadTest::depth)).isGreaterThan(10 * here);
    }
  }

  /** How deep a recursion goes on a thread. */
  private static int depth() {
    int[] depth = new int[1];
    Runnable[] descend = new Runnable[1];
    descend[0] =
        () -> {
          depth[0]++;
          descend[0].run();
        };
    try {
      descend[0].run();
    } catch (StackOverflowError e) {
      return depth[0];
    }
    return depth[0];
  }

  @Test
  void twoThreadsShareThePrimaryContext() {
    Emulator.option("devices", 2);
    try (GpuThread first = GpuThread.open(0);
        GpuThread second = GpuThread.open(1);
        GpuThread again = GpuThread.open(0)) {
      assertThat(Emulator.leaks()).containsExactlyInAnyOrder("primary context, retained 3 times");
      assertThat(second.device().ordinal()).isEqualTo(1);
      assertThat(again.device()).isEqualTo(first.device());
    }
  }
}
