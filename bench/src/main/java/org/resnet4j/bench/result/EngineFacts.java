package org.resnet4j.bench.result;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One of those that are compared.
 *
 * @param name what rows call it
 * @param kind on what it runs
 * @param device what it runs on, for people
 * @param precision in which it computes, in lower case
 * @param version of a peer; null of ours
 */
public record EngineFacts(
    String name, Kind kind, String device, String precision, @Nullable String version) {
  /** On what an engine runs. */
  public enum Kind {
    /** Ours on the CPU. */
    CPU,
    /** Ours on a GPU. */
    GPU,
    /** Ours on an emulated GPU, whose times say nothing of any GPU. */
    EMULATOR,
    /** Another engine, on the CPU. */
    PEER
  }

  /**
   * Checks that all is there.
   *
   * @throws NullPointerException if not
   */
  public EngineFacts {
    Objects.requireNonNull(name, "an engine has no name");
    Objects.requireNonNull(kind, "an engine is of no kind");
    Objects.requireNonNull(device, "an engine has no device");
    Objects.requireNonNull(precision, "an engine has no precision");
  }

  /** Whether its limits and threads are the CPU's. */
  public boolean isOnCpu() {
    return kind == Kind.CPU || kind == Kind.PEER;
  }
}
