package org.resnet4j.core.hub;

/** Hears how far a download is, on the thread that asked for it. */
@FunctionalInterface
public interface HubListener {
  /** Hears nothing. */
  HubListener NONE = (bytes, of) -> {};

  /**
   * Called often.
   *
   * @param bytes that are here, those of an earlier attempt counted
   * @param of how many it will be, as far as is known now
   */
  void fetched(long bytes, long of);

  /** Called often while another process fetches the same model, which is waited for. */
  default void waiting() {}
}
