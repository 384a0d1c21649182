package org.resnet4j.core.plan;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Places buffers in an arena so that two that live at the same time never overlap: largest first,
 * each into the smallest gap that holds it. Deterministic.
 *
 * <p>Source: the greedy-by-size strategy of Pisarchyk and Lee, arXiv 2001.03288, as XNNPACK and
 * TensorFlow Lite use it.
 */
public final class ArenaPlanner {
  private ArenaPlanner() {}

  /**
   * Plans an arena.
   *
   * @param alignment every offset is a multiple of it, at least 1
   * @throws ArithmeticException if the arena's size exceeds {@code 2^63 - 1}
   */
  public static ArenaLayout plan(List<Lifetime> lifetimes, int alignment) {
    Long[] offsets = new Long[lifetimes.size()];
    List<Placed> placed = new ArrayList<>();
    long top = 0;
    int[] bySize =
        IntStream.range(0, lifetimes.size())
            .boxed()
            .sorted(Comparator.comparingLong(i -> -lifetimes.get(i).size()))
            .mapToInt(Integer::intValue)
            .toArray();
    for (int index : bySize) {
      Lifetime lifetime = lifetimes.get(index);
      long size = roundUp(lifetime.size(), alignment);
      long offset = bestGap(lifetime, size, placed);
      placed.add(new Placed(lifetime, offset, size));
      offsets[index] = offset;
      top = Math.max(top, Math.addExact(offset, size));
    }
    return new ArenaLayout(Arrays.asList(offsets), top);
  }

  private record Placed(Lifetime lifetime, long offset, long size) {}

  private static long bestGap(Lifetime lifetime, long size, List<Placed> placed) {
    List<Placed> alive =
        placed.stream()
            .filter(other -> other.lifetime().overlaps(lifetime))
            .sorted(Comparator.comparingLong(Placed::offset))
            .toList();
    long end = 0;
    long best = -1;
    long bestSize = Long.MAX_VALUE;
    for (Placed other : alive) {
      long gap = other.offset() - end;
      if (gap >= size && gap < bestSize) {
        best = end;
        bestSize = gap;
      }
      end = Math.max(end, other.offset() + other.size());
    }
    return best < 0 ? end : best;
  }

  private static long roundUp(long size, int alignment) {
    return Math.multiplyExact(Math.ceilDiv(size, (long) alignment), alignment);
  }
}
