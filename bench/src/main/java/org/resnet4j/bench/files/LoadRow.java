package org.resnet4j.bench.files;

/**
 * What callers met under a load.
 *
 * @param model the network's name
 * @param engine its name
 * @param front where it was sent: library, or http over the loopback
 * @param threads of the CPU
 * @param batch pictures that run at once, of all threads together
 * @param percent of the capacity that was sent
 * @param sentPerSecond requests, whether they were taken in or not
 * @param answeredPerSecond from the first request to the last answer
 * @param refusedPercent of the requests, since too many waited
 * @param p50Millis from when a request was due to its answer: half took no longer
 * @param p99Millis 99 of 100
 * @param mostWaiting pictures that waited at a time
 */
public record LoadRow(
    String model,
    String engine,
    String front,
    int threads,
    int batch,
    int percent,
    double sentPerSecond,
    double answeredPerSecond,
    double refusedPercent,
    double p50Millis,
    double p99Millis,
    int mostWaiting) {}
