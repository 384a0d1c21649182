package org.resnet4j.bench.files;

import java.util.ArrayList;
import java.util.List;
import org.resnet4j.bench.result.MachineFacts;

/**
 * What {@code bench --files} writes.
 *
 * @param machine and engines
 * @param pictures how many there are
 * @param bytes of their files
 * @param megapixels of all
 * @param fromFiles the rows so far
 * @param loads that were tried, with what callers met
 */
public record FilesResults(
    MachineFacts machine,
    int pictures,
    long bytes,
    double megapixels,
    List<FilesRow> fromFiles,
    List<LoadRow> loads) {
  /** Copies the lists. */
  public FilesResults {
    fromFiles = List.copyOf(fromFiles);
    loads = List.copyOf(loads);
  }

  /** Without results. */
  public static FilesResults of(MachineFacts machine, PictureSet pictures) {
    return new FilesResults(
        machine,
        pictures.files().size(),
        pictures.bytes(),
        pictures.pixels() / 1e6,
        List.of(),
        List.of());
  }

  /** With some more. */
  public FilesResults plus(List<FilesRow> more) {
    List<FilesRow> all = new ArrayList<>(fromFiles);
    all.addAll(more);
    return new FilesResults(machine, pictures, bytes, megapixels, all, loads);
  }

  /** With some more loads. */
  public FilesResults plus(LoadRow more) {
    List<LoadRow> all = new ArrayList<>(loads);
    all.add(more);
    return new FilesResults(machine, pictures, bytes, megapixels, fromFiles, all);
  }
}
