package org.resnet4j.core.hub;

import java.nio.file.Path;
import java.util.List;

/**
 * A model that is here.
 *
 * @param folder with its files, for {@code PretrainedModel.load}
 * @param commit its state on the hub, 40 hexadecimal digits
 * @param files in the order in which they were asked for
 */
public record PulledModel(Path folder, String commit, List<PulledFile> files) {
  /** Copies the list. */
  public PulledModel {
    files = List.copyOf(files);
  }

  /**
   * A file in the folder.
   *
   * @param name as on the hub
   * @param bytes its size
   * @param hash hexadecimal: the SHA-256 that was checked, or for a small file git's SHA-1
   * @param fetched whether it came now, and was not here already
   */
  public record PulledFile(String name, long bytes, String hash, boolean fetched) {}
}
