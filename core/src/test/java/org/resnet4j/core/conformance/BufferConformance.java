package org.resnet4j.core.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.resnet4j.core.backend.Plan;
import org.resnet4j.core.backend.Session;

/** Every kind of memory a caller may pass, and what lies around it. */
interface BufferConformance extends Conformance {
  /** One session of the smallest network, its images, and its logits from plain arrays. */
  record Fixture(Session session, int batch, float[] images, float[] logits) {}

  /** A test's body. */
  @FunctionalInterface
  interface Body {
    void accept(Fixture fixture);
  }

  private void withFixture(Body body) {
    NetworkCase network = NetworkCase.tiny();
    try (Plan plan = subject().backend().compile(network.graph());
        Session session = plan.newSession(network.batch())) {
      float[] images = network.input();
      float[] logits = new float[(int) (network.batch() * plan.outputShape().size())];
      session.run(network.batch(), images, logits);
      assertThat(logits).doesNotContain(Float.NaN).isNotEqualTo(new float[logits.length]);
      body.accept(new Fixture(session, network.batch(), images, logits));
    }
  }

  /** Native memory at every alignment; confined to this thread, though workers may read it. */
  @ParameterizedTest(name = "{0} bytes after a 64-byte boundary")
  @ValueSource(ints = {0, 4, 1, 2, 3, 61})
  default void readsAndWritesNativeMemory(int offset) {
    withFixture(f -> {
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment in = arena.allocate(offset + 4L * f.images().length, 64).asSlice(offset);
        MemorySegment out = arena.allocate(offset + 4L * f.logits().length, 64).asSlice(offset);
        MemorySegment.copy(
            f.images(), 0, in, ValueLayout.JAVA_FLOAT_UNALIGNED, 0, f.images().length);
        f.session().run(f.batch(), in, out);
        Subject.assertSameBits("native", floats(out), f.logits());
        Subject.assertSameBits("input", floats(in), f.images());
      }
    });
  }

  @Test
  default void readsAndWritesHeapSegments() {
    withFixture(f -> {
      MemorySegment in = MemorySegment.ofArray(new byte[4 * f.images().length + 1]).asSlice(1);
      MemorySegment out = MemorySegment.ofArray(new byte[4 * f.logits().length + 1]).asSlice(1);
      MemorySegment.copy(f.images(), 0, in, ValueLayout.JAVA_FLOAT_UNALIGNED, 0, f.images().length);
      f.session().run(f.batch(), in.asReadOnly(), out);
      Subject.assertSameBits("bytes", floats(out), f.logits());

      long[] longs = new long[f.logits().length];
      MemorySegment sliced = MemorySegment.ofArray(shifted(f.images(), 5)).asSlice(5 * 4L);
      f.session().run(f.batch(), sliced, MemorySegment.ofArray(longs));
      float[] written = floats(MemorySegment.ofArray(longs));
      Subject.assertSameBits("longs", Arrays.copyOf(written, longs.length), f.logits());
    });
  }

  @Test
  default void readsAndWritesFloatBuffers() {
    withFixture(f -> {
      FloatBuffer in = FloatBuffer.wrap(shifted(f.images(), 7)).position(7);
      FloatBuffer out = FloatBuffer.allocate(f.logits().length + 3).position(3);
      f.session().run(f.batch(), in.asReadOnlyBuffer(), out);
      assertThat(in.position()).isEqualTo(7);
      assertThat(out.position()).isEqualTo(3);
      Subject.assertSameBits("heap", floats(MemorySegment.ofBuffer(out)), f.logits());

      FloatBuffer direct = direct(f.images().length).put(f.images()).flip();
      FloatBuffer directOut = direct(f.logits().length);
      f.session().run(f.batch(), direct, directOut);
      assertThat(directOut.position()).isZero();
      Subject.assertSameBits("direct", floats(MemorySegment.ofBuffer(directOut)), f.logits());
    });
  }

  @Test
  default void refusesFloatBuffersOfForeignByteOrder() {
    ByteOrder foreign =
        ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN
            ? ByteOrder.BIG_ENDIAN
            : ByteOrder.LITTLE_ENDIAN;
    withFixture(f -> {
      FloatBuffer in = FloatBuffer.wrap(f.images());
      FloatBuffer out = FloatBuffer.allocate(f.logits().length);
      FloatBuffer foreignIn =
          ByteBuffer.allocate(4 * f.images().length).order(foreign).asFloatBuffer();
      FloatBuffer foreignOut =
          ByteBuffer.allocate(4 * f.logits().length).order(foreign).asFloatBuffer();
      assertThatIllegalArgumentException()
          .isThrownBy(() -> f.session().run(f.batch(), foreignIn, out))
          .withMessageContainingAll("input", foreign.toString());
      assertThatIllegalArgumentException()
          .isThrownBy(() -> f.session().run(f.batch(), in, foreignOut))
          .withMessageContainingAll("output", foreign.toString());
    });
  }

  @Test
  default void leavesTheInputAndWhatLiesBeyondTheBuffersAlone() {
    withFixture(f -> {
      float[] in = Arrays.copyOf(f.images(), f.images().length + 64);
      Arrays.fill(in, f.images().length, in.length, Float.NaN);
      float[] out = new float[64 + f.logits().length + 64];
      Arrays.fill(out, 12345f);
      MemorySegment middle = MemorySegment.ofArray(out).asSlice(64 * 4L);
      float[] before = in.clone();
      f.session().run(f.batch(), MemorySegment.ofArray(in), middle);

      int end = 64 + f.logits().length;
      Subject.assertSameBits("input", in, before);
      Subject.assertSameBits("output", Arrays.copyOfRange(out, 64, end), f.logits());
      assertThat(Arrays.copyOf(out, 64)).containsOnly(12345f);
      assertThat(Arrays.copyOfRange(out, end, out.length)).containsOnly(12345f);
    });
  }

  /** A smaller batch than the buffers and the session have room for. */
  @Test
  default void writesNoMoreImagesThanAskedFor() {
    withFixture(f -> {
      float[] out = new float[f.logits().length];
      Arrays.fill(out, 12345f);
      f.session().run(1, f.images(), out);
      int classes = out.length / f.batch();
      Subject.assertSameBits(
          "first", Arrays.copyOf(out, classes), Arrays.copyOf(f.logits(), classes));
      assertThat(Arrays.copyOfRange(out, classes, out.length)).containsOnly(12345f);
    });
  }

  @Test
  default void refusesShortBuffersWithNumbers() {
    withFixture(f -> {
      int in = f.images().length;
      int out = f.logits().length;
      assertThatIllegalArgumentException()
          .isThrownBy(() -> f.session().run(f.batch(), new float[in - 1], new float[out]))
          .withMessageContainingAll("input", "" + (in - 1), "" + in);
      assertThatIllegalArgumentException()
          .isThrownBy(() -> f.session().run(f.batch(), f.images(), new float[out - 1]))
          .withMessageContainingAll("output", "" + (out - 1), "" + out);
      MemorySegment partial = MemorySegment.ofArray(f.images()).asSlice(1);
      assertThatIllegalArgumentException()
          .isThrownBy(
              () -> f.session().run(f.batch(), partial, MemorySegment.ofArray(new float[out])))
          .withMessageContaining("input");
    });
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1, 4, Integer.MAX_VALUE, Integer.MIN_VALUE})
  default void refusesABatchOutOfRangeWithNumbers(int batch) {
    withFixture(f ->
        assertThatIllegalArgumentException()
            .isThrownBy(() -> f.session().run(batch, f.images(), f.logits()))
            .withMessageContainingAll("batch", "" + f.batch(), "" + batch));
  }

  @Test
  default void refusesAReadOnlyOutput() {
    withFixture(f -> {
      MemorySegment in = MemorySegment.ofArray(f.images());
      MemorySegment out = MemorySegment.ofArray(f.logits()).asReadOnly();
      assertThatIllegalArgumentException()
          .isThrownBy(() -> f.session().run(f.batch(), in, out))
          .withMessageContaining("read-only");
    });
  }

  /** What threads still read would be written, and only now and then seen in the result. */
  @Test
  default void refusesAnOutputThatOverlapsTheInput() {
    withFixture(f -> {
      int in = f.images().length;
      int out = f.logits().length;
      float[] both = Arrays.copyOf(f.images(), in + out);
      assertThatIllegalArgumentException()
          .isThrownBy(() -> f.session().run(f.batch(), both, both))
          .withMessage("input and output overlap");
      for (long gap : new long[] {0, 1, in - 1}) {
        MemorySegment input = MemorySegment.ofArray(both);
        MemorySegment output = input.asSlice(4 * gap);
        assertThatIllegalArgumentException()
            .isThrownBy(() -> f.session().run(f.batch(), input, output))
            .withMessage("input and output overlap");
      }
      MemorySegment whole = MemorySegment.ofArray(both);
      f.session().run(f.batch(), whole, whole.asSlice(4L * in)); // behind what is read
      Subject.assertSameBits("behind", Arrays.copyOfRange(both, in, in + out), f.logits());
    });
  }

  private static FloatBuffer direct(int count) {
    return ByteBuffer.allocateDirect(4 * count).order(ByteOrder.nativeOrder()).asFloatBuffer();
  }

  private static float[] shifted(float[] values, int by) {
    float[] shifted = new float[values.length + by];
    System.arraycopy(values, 0, shifted, by, values.length);
    return shifted;
  }

  private static float[] floats(MemorySegment segment) {
    float[] values = new float[(int) (segment.byteSize() / 4)];
    MemorySegment.copy(segment, ValueLayout.JAVA_FLOAT_UNALIGNED, 0, values, 0, values.length);
    return values;
  }
}
