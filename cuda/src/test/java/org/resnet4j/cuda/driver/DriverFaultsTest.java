package org.resnet4j.cuda.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.resnet4j.cuda.support.Emulator;

/** Every call of the driver fails once. */
class DriverFaultsTest {
  private static final int CODE = 719;

  @BeforeEach
  void load() {
    Emulator.load();
  }

  @Test
  void theScenarioWorksAndUsesEveryFunction() {
    assertThat(Scenario.run()).isEqualTo(12f);
    assertThat(Emulator.leaks()).isEmpty();
    assertThat(callsOfACleanRun()).hasSize(DriverApi.class.getDeclaredMethods().length);
  }

  @Test
  void everyFailureIsReportedAndLeaksNothingElse() {
    Map<String, Integer> calls = callsOfACleanRun();
    calls.forEach((function, times) -> {
      for (int nth = 1; nth <= times; nth++) {
        Emulator.reset();
        Emulator.fail(function, nth, CODE);
        check(function, nth);
      }
    });
  }

  private static void check(String function, int nth) {
    Throwable thrown = catchThrowable(Scenario::run);
    assertThat(thrown)
        .as("%s, call %d", function, nth)
        .isNotNull()
        .hasMessageContaining(function)
        .hasMessageContaining("CUDA_ERROR_LAUNCH_FAILED (719)");
    if (thrown instanceof CudaException failure) {
      assertThat(failure.function()).isEqualTo(function);
      assertThat(failure.code()).isEqualTo(CODE);
    } else {
      assertThat(thrown).isInstanceOf(IllegalStateException.class);
    }
    List<String> leaks = Emulator.leaks();
    assertThat(leaks).as("%s, call %d", function, nth).hasSize(releases(function) ? 1 : 0);
    assertThat(Scenario.run()).as("after %s, call %d", function, nth).isEqualTo(12f);
    assertThat(Emulator.leaks()).isEqualTo(leaks);
  }

  @Test
  void theThreadGoesOnAfterAFailure() {
    try (GpuThread gpu = GpuThread.open(0)) {
      Emulator.fail("cuLaunchKernel", 1, CODE);
      Throwable thrown = catchThrowable(() -> gpu.call(() -> Scenario.work(gpu)));
      assertThat(thrown).isInstanceOf(CudaException.class);
      assertThat(thrown.getStackTrace())
          .extracting(StackTraceElement::getMethodName)
          .contains("launchKernel", "theThreadGoesOnAfterAFailure");
      assertThat(gpu.call(() -> Scenario.work(gpu))).isEqualTo(12f);
    }
    assertThat(Emulator.leaks()).isEmpty();
  }

  private static Map<String, Integer> callsOfACleanRun() {
    Emulator.reset();
    Scenario.run();
    Map<String, Integer> calls = new LinkedHashMap<>();
    Emulator.trace().forEach(function -> calls.merge(function, 1, Integer::sum));
    return calls;
  }

  private static boolean releases(String function) {
    return function.matches(".*(Free|Destroy|Unload|Release).*");
  }
}
