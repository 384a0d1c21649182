package org.resnet4j.spark;

import org.jspecify.annotations.Nullable;

/**
 * What a row has in place of a picture.
 *
 * @param value null, a {@code byte[]} or a {@code String}
 */
record Picture(@Nullable Object value) {
  /** What messages call it. */
  @Override
  public String toString() {
    return value instanceof String path ? path : "picture";
  }
}
