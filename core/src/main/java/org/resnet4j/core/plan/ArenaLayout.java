package org.resnet4j.core.plan;

import java.util.List;

/**
 * Offsets of buffers in one block of memory, in the unit of their sizes.
 *
 * @param offsets in the order the lifetimes were given
 * @param size of the whole arena
 */
public record ArenaLayout(List<Long> offsets, long size) {
  /** Copies the list. */
  public ArenaLayout {
    offsets = List.copyOf(offsets);
  }

  /** Offset of buffer {@code index}. */
  public long offset(int index) {
    return offsets.get(index);
  }
}
