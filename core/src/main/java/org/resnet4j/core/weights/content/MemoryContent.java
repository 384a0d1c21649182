package org.resnet4j.core.weights.content;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Optional;

/** A whole file in an array that nobody else can write to. */
public final class MemoryContent implements Content, Content.Access {
  private final MemorySegment bytes;
  private final String description;

  public MemoryContent(byte[] content, String description) {
    this.bytes = MemorySegment.ofArray(content.clone()).asReadOnly();
    this.description = description;
  }

  @Override
  public String description() {
    return description;
  }

  @Override
  public Optional<Path> path() {
    return Optional.empty();
  }

  @Override
  public long size() {
    return bytes.byteSize();
  }

  @Override
  public Access access() {
    return this;
  }

  @Override
  public MemorySegment bytes(long position, int length) {
    return bytes.asSlice(position, length);
  }

  @Override
  public void checkUnchanged() {}

  @Override
  public void close() {}
}
