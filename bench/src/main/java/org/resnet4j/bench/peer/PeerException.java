package org.resnet4j.bench.peer;

import java.io.IOException;

/** A peer cannot be had here: which, why, and what to do about it, in one line. */
public final class PeerException extends IOException {
  private static final long serialVersionUID = 1L;

  PeerException(String peer, String cause, String remedy) {
    super("peer " + peer + ": " + cause + "; " + remedy);
  }

  PeerException(String peer, String cause, String remedy, Throwable reason) {
    this(peer, cause, remedy);
    initCause(reason);
  }
}
