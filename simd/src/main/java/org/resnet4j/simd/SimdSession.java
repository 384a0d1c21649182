package org.resnet4j.simd;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.resnet4j.core.backend.Deadline;
import org.resnet4j.core.backend.Probe;
import org.resnet4j.core.backend.Session;
import org.resnet4j.core.backend.SessionGuard;
import org.resnet4j.core.tensor.SampleTable;
import org.resnet4j.simd.Placement.Value;
import org.resnet4j.simd.kernel.layout.Parallel;

/**
 * The working memory of one caller.
 *
 * <p>A batch that has an image for each thread is computed by <em>lanes</em>: each thread takes as
 * many images as the others through the whole network, in an arena of its own. Threads then wait
 * for each other once in a run instead of in every step, and what one layer writes is in the caches
 * of the core that reads it in the next. The images that are left over, fewer than threads, are
 * computed by all threads together, one step after the other.
 *
 * <p>A probed run is computed together, so that steps have a time.
 */
final class SimdSession implements Session {
  private final SimdPlan plan;
  private final int maxBatch;
  private final Parallel.Task lane = this::runLane;
  private final Segments inputs = new Segments();
  private final Segments outputs = new Segments();
  private final SessionGuard guard = new SessionGuard(this::release);

  /** Null once released. */
  private @Nullable Memory memory;

  // The run in flight.
  private MemorySegment source = MemorySegment.NULL;
  private @Nullable SampleTable sourceTable;
  private MemorySegment target = MemorySegment.NULL;
  private int perLane;

  /** What all threads compute together, and what each computes alone. */
  private record Memory(BoundPlan together, BoundPlan[] lanes) {}

  /**
   * Allocates the arenas.
   *
   * @param lowered the plan's steps
   * @param parallel the plan's threads, or the caller alone
   * @param together where values lie that these compute
   * @param apart where a lane's values lie, or null for no lanes
   */
  SimdSession(
      SimdPlan plan,
      List<SimdStep> lowered,
      int maxBatch,
      Parallel parallel,
      Placement together,
      @Nullable Placement apart) {
    this.plan = plan;
    this.maxBatch = maxBatch;
    BoundPlan[] lanes = new BoundPlan[apart == null ? 0 : plan.pool().threads()];
    this.memory = new Memory(new BoundPlan(plan, lowered, together, parallel, guard), lanes);
    if (apart != null) {
      Arrays.setAll(lanes, _ -> new BoundPlan(plan, lowered, apart, Parallel.SERIAL, guard));
    }
  }

  private Memory memory() {
    return Objects.requireNonNull(memory);
  }

  /** The activations in float32 that all threads compute, then each lane's; for tests. */
  List<float[]> arenas() {
    return Stream.concat(Stream.of(memory().together), Arrays.stream(memory().lanes))
        .map(bound -> ((Activations.Floats) bound.arena()).data())
        .toList();
  }

  /** Where the values lie that all threads compute, for tests. */
  List<Value> values() {
    return memory().together.values();
  }

  @Override
  public int maxBatch() {
    return maxBatch;
  }

  @Override
  public void run(
      int batch, MemorySegment from, MemorySegment to, @Nullable Probe probe, Deadline deadline) {
    SessionGuard.check(plan, maxBatch, batch, from, to);
    guard.enter(deadline);
    try {
      if (probe == null) {
        compute(batch, from, null, to);
      } else {
        plan.pool().checkOpen();
        Recorder recorder = new Recorder(plan.steps(), batch, probe);
        memory().together.run(from, null, to, 0, batch, recorder);
        recorder.report();
      }
    } finally {
      guard.exit();
    }
  }

  @Override
  public void run(int batch, float[] from, float[] to, Deadline deadline) {
    SessionGuard.check(plan, maxBatch, batch, from, to);
    guard.enter(deadline);
    try {
      compute(batch, inputs.around(from), null, outputs.around(to));
    } finally {
      guard.exit();
    }
  }

  @Override
  public void runSamples(
      int batch, MemorySegment samples, SampleTable table, MemorySegment to, Deadline deadline) {
    SessionGuard.checkSamples(plan, maxBatch, batch, samples, table, to);
    guard.enter(deadline);
    try {
      compute(batch, samples, table, to);
    } finally {
      guard.exit();
    }
  }

  private void compute(
      int batch, MemorySegment from, @Nullable SampleTable table, MemorySegment to) {
    plan.pool().checkOpen();
    Memory allocated = memory();
    int lanes = allocated.lanes.length;
    boolean apart = lanes > 0 && Segments.sharable(from) && Segments.sharable(to);
    perLane = apart ? batch / lanes : 0;
    if (perLane > 0) {
      source = from;
      sourceTable = table;
      target = to;
      try {
        plan.pool().run(lanes, lane);
      } finally {
        source = MemorySegment.NULL;
        sourceTable = null;
        target = MemorySegment.NULL;
      }
    }
    int done = perLane * lanes;
    allocated.together.run(from, table, to, done, batch - done, null);
  }

  private void runLane(int item, int worker) {
    memory().lanes[item].run(source, sourceTable, target, item * perLane, perLane, null);
  }

  private void release() {
    memory = null;
    inputs.forget();
    outputs.forget();
  }

  @Override
  public void close() {
    guard.close();
  }
}
