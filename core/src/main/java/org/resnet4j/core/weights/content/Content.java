package org.resnet4j.core.weights.content;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Optional;
import org.resnet4j.core.weights.WeightsFileException;

/** The bytes of a safetensors file, on disk or in memory. Nothing is held open between accesses. */
public sealed interface Content permits FileContent, MemoryContent {
  /** The most bytes one {@link Access#bytes} call hands out; small enough to stay in L2. */
  int CHUNK_BYTES = 1 << 18;

  String description();

  Optional<Path> path();

  /** Size in bytes when the content was opened. */
  long size();

  Access access() throws WeightsFileException;

  /** One pass of reading; used by one thread. */
  interface Access extends AutoCloseable {
    /**
     * The bytes {@code [position, position + length)}, valid until the next call.
     *
     * @param length at most {@link #CHUNK_BYTES}
     * @throws WeightsFileException {@code WEIGHTS_CHANGED} if they are no longer there
     */
    MemorySegment bytes(long position, int length) throws WeightsFileException;

    /** Refuses what was read so far if the content may have changed since it was opened. */
    void checkUnchanged() throws WeightsFileException;

    @Override
    void close() throws WeightsFileException;
  }
}
