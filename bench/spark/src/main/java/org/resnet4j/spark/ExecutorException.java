package org.resnet4j.spark;

import org.jspecify.annotations.Nullable;

/**
 * An executor cannot run the network, whatever the picture: its task fails, and is tried again by
 * Spark elsewhere. The message is one line: the executor's machine, the cause, the remedy.
 */
public final class ExecutorException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * @param reason the cause and the remedy
   */
  ExecutorException(String host, String reason, @Nullable Throwable origin) {
    super(host + ": " + reason, origin);
  }
}
