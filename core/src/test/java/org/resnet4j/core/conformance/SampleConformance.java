package org.resnet4j.core.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.resnet4j.core.backend.Plan;
import org.resnet4j.core.backend.Session;
import org.resnet4j.core.tensor.SampleTable;

/** Pictures as bytes give the bits that their floats give. */
interface SampleConformance extends Conformance {
  /** Different in every channel, and not linear. */
  SampleTable TABLE =
      SampleTable.of(3, (channel, sample) -> (float) Math.sin(sample * 0.1 + channel) * 2);

  /** A network, its pictures, and the logits that their floats give. */
  final class Pictures implements AutoCloseable {
    final int batch = NetworkCase.tiny().batch();
    final byte[] samples = new byte[(int) (batch * NetworkCase.tiny().image().size())];
    final Plan plan;
    final Session session;

    Pictures(Subject subject) {
      plan = subject.backend().compile(NetworkCase.tiny().graph());
      session = plan.newSession(batch);
      new Random(5).nextBytes(samples);
    }

    float[] expected(int images, SampleTable table) {
      float[] floats = new float[samples.length];
      int pixels = (int) NetworkCase.tiny().image().pixels();
      table.read(MemorySegment.ofArray(samples), batch, pixels, floats, 0);
      return Runs.run(session, plan, images, floats, null);
    }

    float[] actual(int images, SampleTable table) {
      float[] logits = new float[(int) (images * plan.outputShape().size())];
      Arrays.fill(logits, Float.NaN);
      session.runSamples(images, samples, table, logits);
      return logits;
    }

    @Override
    public void close() {
      session.close();
      plan.close();
    }
  }

  /** In turns with floats, for every batch, growing and shrinking. */
  @Test
  default void samplesGiveTheBitsOfTheirFloats() {
    try (Pictures p = new Pictures(subject())) {
      for (int images : new int[] {1, 3, 2, 1}) {
        float[] expected = p.expected(images, TABLE);
        Subject.assertSameBits(images + " pictures", p.actual(images, TABLE), expected);
        Subject.assertSameBits("again", p.actual(images, TABLE), expected);
      }
    }
  }

  @Test
  default void everyRunHasItsOwnTable() {
    SampleTable other = SampleTable.of(3, (channel, sample) -> sample / 100f - channel);
    try (Pictures p = new Pictures(subject())) {
      float[] logits = p.actual(2, TABLE);
      assertThat(p.actual(2, other)).isNotEqualTo(logits);
      Subject.assertSameBits("other", p.actual(2, other), p.expected(2, other));
      Subject.assertSameBits("first again", p.actual(2, TABLE), logits);
    }
  }

  /** Native memory, at an odd address, read-only and longer than needed. */
  @Test
  default void samplesMayLieAnywhere() {
    try (Pictures p = new Pictures(subject());
        Arena arena = Arena.ofConfined()) {
      MemorySegment in = arena.allocate(p.samples.length + 9, 64).asSlice(3);
      MemorySegment.copy(p.samples, 0, in, ValueLayout.JAVA_BYTE, 0, p.samples.length);
      MemorySegment out = arena.allocate(4 * p.batch * p.plan.outputShape().size() + 8);
      p.session.runSamples(p.batch, in.asReadOnly(), TABLE, out);
      float[] logits = out.toArray(ValueLayout.JAVA_FLOAT);
      float[] expected = p.expected(p.batch, TABLE);
      Subject.assertSameBits("native", Arrays.copyOf(logits, expected.length), expected);
      assertThat(Arrays.copyOfRange(logits, expected.length, logits.length)).containsOnly(0);
    }
  }

  @Test
  default void refusesSamplesThatDoNotFitWithNumbers() {
    try (Pictures p = new Pictures(subject())) {
      float[] logits = p.actual(p.batch, TABLE);
      byte[] few = Arrays.copyOf(p.samples, p.samples.length - 1);
      assertThatIllegalArgumentException()
          .isThrownBy(() -> p.session.runSamples(p.batch, few, TABLE, logits))
          .withMessageContainingAll("samples", "" + few.length, "" + p.samples.length);
      assertThatIllegalArgumentException()
          .isThrownBy(() -> p.session.runSamples(p.batch, p.samples, TABLE, new float[1]))
          .withMessageContainingAll("output", "1", "" + logits.length);
      assertThatIllegalArgumentException()
          .isThrownBy(() -> p.session.runSamples(p.batch + 1, p.samples, TABLE, logits))
          .withMessageContainingAll("batch", "" + p.batch, "" + (p.batch + 1));
      SampleTable grey = SampleTable.of(1, (_, sample) -> sample);
      assertThatIllegalArgumentException()
          .isThrownBy(() -> p.session.runSamples(p.batch, p.samples, grey, logits))
          .withMessageContainingAll("1 channels", "3");
      MemorySegment fixed = MemorySegment.ofArray(logits).asReadOnly();
      assertThatIllegalArgumentException()
          .isThrownBy(
              () -> p.session.runSamples(p.batch, MemorySegment.ofArray(p.samples), TABLE, fixed))
          .withMessageContaining("read-only");
      MemorySegment both = MemorySegment.ofArray(Arrays.copyOf(logits, p.samples.length));
      assertThatIllegalArgumentException()
          .isThrownBy(() -> p.session.runSamples(p.batch, both, TABLE, both))
          .withMessage("input and output overlap");
      Subject.assertSameBits("afterwards", p.actual(p.batch, TABLE), logits);
    }
  }

  @Test
  default void aClosedSessionReadsNoSamples() {
    try (Pictures p = new Pictures(subject())) {
      p.session.close();
      assertThatIllegalStateException().isThrownBy(() -> p.actual(1, TABLE));
    }
  }
}
