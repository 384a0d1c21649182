package org.resnet4j.bench.files;

import java.util.List;

/**
 * What became of an engine.
 *
 * @param model the network's name
 * @param engine its name
 * @param threads of the CPU
 * @param batch pictures that run at once, of all threads together
 * @param parts of the time that a picture takes one thread, medians over the rounds
 * @param boundImagesPerSecond if all threads did as well as one alone, median
 * @param imagesPerSecond from files to answers, median
 * @param shareOfBound in the same round, median
 * @param shareSpread the smallest and the largest
 * @param ratioToOurs images/s divided by ours in the same round, median
 * @param ratioSpread the smallest and the largest
 * @param rounds images/s of each
 * @param pictures in each round
 */
public record FilesRow(
    String model,
    String engine,
    int threads,
    int batch,
    Parts parts,
    double boundImagesPerSecond,
    double imagesPerSecond,
    double shareOfBound,
    List<Double> shareSpread,
    double ratioToOurs,
    List<Double> ratioSpread,
    List<Double> rounds,
    int pictures) {
  /**
   * Milliseconds of one thread a picture; on a device, the network's are the device's.
   *
   * @param decode reading included
   * @param crop resizing included
   * @param network from samples to outputs
   */
  public record Parts(double decode, double crop, double network) {
    /**
     * What could be reached.
     *
     * @param threads of the CPU
     * @param device whether the network takes none of their time
     */
    double bound(int threads, boolean device) {
      double millis =
          device
              ? Math.max((decode + crop) / threads, network)
              : (decode + crop + network) / threads;
      return 1000 / millis;
    }
  }
}
