package org.resnet4j.simd.machinecode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@EnabledOnOs(value = OS.LINUX, architectures = "amd64")
class NativeMemoryTest {
  private static final long LARGE = 64L << 20;

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 64, 1000, (2 << 20) - 1, 2 << 20, (2 << 20) + 1, 5_000_000})
  void isZeroAndAligned(long bytes) {
    MemorySegment memory = NativeMemory.allocate(bytes);
    assertThat(memory.byteSize()).isEqualTo(Math.max(1, bytes));
    assertThat(memory.address() % (bytes < 2 << 20 ? 64 : 2 << 20)).isZero();
    for (long at = 0; at < bytes; at++) {
      if (memory.get(ValueLayout.JAVA_BYTE, at) != 0) {
        throw new AssertionError("byte " + at);
      }
    }
    memory.fill((byte) 1);
  }

  /** Pages that nobody touches cost nothing but their addresses. */
  @Test
  void whatNobodyReachesIsGivenBack() {
    long several = 3 * Runtime.getRuntime().maxMemory() / LARGE;
    for (long i = 0; i < several; i++) {
      assertThat(NativeMemory.allocate(LARGE).byteSize()).isEqualTo(LARGE);
    }
  }

  /** What is small counts, too: many sessions of small networks are no less. */
  @Test
  void whatIsSmallCounts() throws InterruptedException {
    long before = NativeMemory.used();
    List<MemorySegment> held = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      held.add(NativeMemory.allocate(1 << 20));
    }
    assertThat(NativeMemory.used()).isGreaterThanOrEqualTo(before + (90L << 20));
    held.clear();
    for (int i = 0; i < 100 && NativeMemory.used() > before + (20L << 20); i++) {
      System.gc();
      Thread.sleep(20);
    }
    assertThat(NativeMemory.used()).isLessThanOrEqualTo(before + (20L << 20));
  }

  @Test
  void thereIsAsMuchAsTheHeapMayHave() {
    long most = Runtime.getRuntime().maxMemory() / LARGE;
    List<MemorySegment> held = new ArrayList<>();
    assertThatThrownBy(
            () -> {
              while (held.size() <= most) {
                held.add(NativeMemory.allocate(LARGE));
              }
            })
        .isInstanceOf(OutOfMemoryError.class)
        .hasMessageContaining("beside the heap");
    assertThat(held).hasSizeGreaterThan((int) most / 2);
  }
}
