package org.resnet4j.cuda.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.lang.foreign.Arena;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.resnet4j.core.backend.Precision;
import org.resnet4j.core.conformance.DeepCalls;
import org.resnet4j.cuda.driver.CudaException;
import org.resnet4j.cuda.driver.DeviceMemory;
import org.resnet4j.cuda.driver.Stream;
import org.resnet4j.cuda.kernels.ElementType;
import org.resnet4j.cuda.kernels.KernelCall;
import org.resnet4j.cuda.support.Emulator;
import org.resnet4j.cuda.support.Gpus;

/** A device that opens, works and closes, or does not and leaves nothing. */
@Timeout(20)
class CudaContextTest {
  private static final int CODE = 719;

  @BeforeEach
  void load() {
    Emulator.load();
  }

  private static CudaContext open() {
    return CudaContext.open(Gpus.facts(), Precision.FP32);
  }

  @ParameterizedTest
  @EnumSource(Precision.class)
  void hasWhatANetworkNeeds(Precision precision) {
    DeviceFacts facts = Gpus.facts();
    try (CudaContext context = CudaContext.open(facts, precision)) {
      assertThat(context.facts()).isEqualTo(facts);
      assertThat(context.gpu().device()).isEqualTo(facts.device());
      context.run(() -> {
        assertThat(context.cudnn().cudnn()).isSameAs(facts.cudnn());
        assertThat(context.cublas().cublas()).isSameAs(facts.cublas());
        context.stream().synchronize();
      });
      for (ElementType type : ElementType.values()) {
        assertThat(entryOfAKernel(context, type)).endsWith("_" + type.suffix());
      }
    }
    assertThat(Emulator.leaks()).isEmpty();
  }

  private static String entryOfAKernel(CudaContext context, ElementType type) {
    KernelCall call = new KernelCall.AveragePool(0, 64, 1, 2, 3);
    return context.call(() -> {
      try (Arena arena = Arena.ofConfined()) {
        return context.kernels(type).prepare(call, arena).function().entry();
      }
    });
  }

  @Test
  void closesWhatItOwns() {
    CudaContext context = open();
    DeviceMemory kept = context.call(() -> context.own(DeviceMemory.allocate(context.gpu(), 100)));
    DeviceMemory early = context.call(() -> context.own(DeviceMemory.allocate(context.gpu(), 100)));
    context.release(early);
    assertThat(Emulator.leaks()).anyMatch(leak -> leak.contains("100")).hasSize(7);
    context.close();
    assertThat(Emulator.leaks()).isEmpty();
    context.release(kept);
    context.release(early);
    context.close();
  }

  @Test
  void aCloseAtTheEndOfTheStackIsMadeGoodByTheNext() throws Exception {
    for (int i = 0; i < 5; i++) {
      CudaContext context = open();
      assertThat(DeepCalls.fromTheEnd(context::close)).isPositive();
      context.close();
      assertThat(Emulator.leaks()).isEmpty();
    }
  }

  @Test
  void closedItRefusesCalls() {
    CudaContext context = open();
    context.close();
    assertThatIllegalStateException()
        .isThrownBy(() -> context.run(() -> {}))
        .withMessage("this backend is closed");
    assertThatIllegalStateException().isThrownBy(context::enter);
  }

  /** Closing does not wait; what is in flight ends, and with it everything is released. */
  @Test
  void usesInFlightEndBeforeAllIsClosed() throws InterruptedException {
    CudaContext context = open();
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    Thread first =
        Thread.startVirtualThread(() ->
            context.run(() -> {
              inside.countDown();
              await(go);
              context.stream().synchronize();
            }));
    inside.await();
    context.close();
    assertThatIllegalStateException().isThrownBy(() -> context.run(() -> {}));
    assertThat(Emulator.leaks()).isNotEmpty();
    go.countDown();
    first.join();
    assertThat(Emulator.leaks()).isEmpty();
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void everyFailureIsReportedAndLeaksNothingElse() {
    DeviceFacts facts = Gpus.facts();
    assertThat(facts.cudnn().parts().problems()).isEmpty();
    Map<String, Integer> calls = callsOfACleanRun(facts);
    assertThat(calls).containsKeys("cudnnCreate", "cudnnSetStream", "cublasSetMathMode");
    calls.forEach((function, times) -> {
      for (int nth = 1; nth <= times; nth++) {
        Emulator.reset();
        Emulator.fail(function, nth, CODE);
        Throwable thrown = catchThrowable(() -> scenario(facts));
        assertThat(thrown)
            .as("%s, call %d", function, nth)
            .isInstanceOfAny(CudaException.class, IllegalStateException.class)
            .hasMessageContaining(function);
        boolean releases = function.matches(".*(Free|Destroy|Release).*");
        assertThat(Emulator.leaks()).as("%s, call %d", function, nth).hasSize(releases ? 1 : 0);
      }
    });
    Emulator.reset();
  }

  private static void scenario(DeviceFacts facts) {
    try (CudaContext context = CudaContext.open(facts, Precision.TF32)) {
      context.run(() -> context.own(Stream.create(context.gpu())));
    }
  }

  private static Map<String, Integer> callsOfACleanRun(DeviceFacts facts) {
    Emulator.reset();
    scenario(facts);
    Map<String, Integer> calls = new LinkedHashMap<>();
    Emulator.trace().forEach(function -> calls.merge(function, 1, Integer::sum));
    return calls;
  }
}
