package org.resnet4j.bench.result;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Where a network's time goes on one backend.
 *
 * @param model the network's name
 * @param engine the backend
 * @param device what it runs on, for people
 * @param batch images in a run
 * @param threads of the CPU
 * @param size channels, height and width of the picture
 * @param peakGflopsPerThread of the CPU
 * @param readGigabytesPerSecond that all threads read as many bytes as the weights have; null of a
 *     device whose rates nobody measured
 * @param weightBytes that a run reads
 * @param millis median of the runs
 * @param stepMillis sum of the steps' medians: on a GPU without copies to and from it
 * @param limitMillis the least that the steps' algorithms could take; null where it is unknown
 * @param gflops two operations for each multiply-add of the network's definition
 * @param shareOfPeak of the CPU's peak on so many threads; null where nobody measured it
 * @param steps in their order
 * @param algorithms the same by algorithm
 * @param notes what a library has declined
 * @param alternatives what else could serve each convolution; empty if nobody asked
 */
public record LayerProfile(
    String model,
    String engine,
    String device,
    int batch,
    int threads,
    List<Integer> size,
    double peakGflopsPerThread,
    @Nullable Double readGigabytesPerSecond,
    long weightBytes,
    double millis,
    double stepMillis,
    @Nullable Double limitMillis,
    double gflops,
    @Nullable Double shareOfPeak,
    List<Step> steps,
    List<Group> algorithms,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> notes,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Alternatives> alternatives) {
  /**
   * One step.
   *
   * @param node the layer's name
   * @param algorithm that served it
   * @param shape channels, height and width of its value
   * @param millis median
   * @param share of all steps' time
   * @param gflops by the definition's multiply-adds
   * @param shareOfPeak of the CPU's; null where nobody measured it
   * @param limitMillis the least its algorithm could take; null where it is unknown
   * @param multiplyAdds of one image, by the definition
   * @param performed of one image, by the algorithm
   * @param weightBytes that it reads
   * @param activationBytes of its value for one image
   */
  public record Step(
      String node,
      String algorithm,
      List<Integer> shape,
      double millis,
      double share,
      double gflops,
      @Nullable Double shareOfPeak,
      @Nullable Double limitMillis,
      long multiplyAdds,
      long performed,
      long weightBytes,
      long activationBytes) {
    /**
     * Checks names and numbers.
     *
     * @throws NullPointerException if a name is missing
     * @throws IllegalArgumentException if a number cannot be what it should be
     */
    public Step {
      Objects.requireNonNull(node, "a step names no layer");
      Objects.requireNonNull(algorithm, "a step names no algorithm");
      shape = Checks.sizes(3, shape, "shape of a step");
      Checks.notNegative(millis, "millis of a step");
      Checks.notNegative(share, "share of a step");
      Checks.notNegative(gflops, "gflops of a step");
      Checks.notNegative(shareOfPeak, "shareOfPeak of a step");
      Checks.notNegative(limitMillis, "limitMillis of a step");
      Checks.notNegative(multiplyAdds, "multiplyAdds of a step");
      Checks.notNegative(performed, "performed of a step");
      Checks.notNegative(weightBytes, "weightBytes of a step");
      Checks.notNegative(activationBytes, "activationBytes of a step");
    }
  }

  /**
   * The steps that one algorithm served.
   *
   * @param algorithm its name
   * @param steps how many
   * @param millis sum of their medians
   * @param share of all steps' time
   * @param gflops by the definition's multiply-adds
   * @param shareOfPeak of the CPU's; null where nobody measured it
   * @param limitMillis sum of the least times; null where they are unknown
   */
  public record Group(
      String algorithm,
      int steps,
      double millis,
      double share,
      double gflops,
      @Nullable Double shareOfPeak,
      @Nullable Double limitMillis) {
    /**
     * Checks name and numbers.
     *
     * @throws NullPointerException without a name
     * @throws IllegalArgumentException if a number cannot be what it should be
     */
    public Group {
      Objects.requireNonNull(algorithm, "a sum of steps names no algorithm");
      Checks.atLeast(1, steps, "steps of an algorithm");
      Checks.notNegative(millis, "millis of an algorithm");
      Checks.notNegative(share, "share of an algorithm");
      Checks.notNegative(gflops, "gflops of an algorithm");
      Checks.notNegative(shareOfPeak, "shareOfPeak of an algorithm");
      Checks.notNegative(limitMillis, "limitMillis of an algorithm");
    }
  }

  /**
   * What could serve a convolution.
   *
   * @param node the first layer of its shape
   * @param convolution its extents, for people
   * @param algorithms the fastest first
   */
  public record Alternatives(String node, String convolution, List<Alternative> algorithms) {
    /**
     * Checks the names, and copies the list.
     *
     * @throws NullPointerException if a name is missing
     * @throws IllegalArgumentException if there is a null in the list
     */
    public Alternatives {
      Objects.requireNonNull(node, "alternatives name no layer");
      Objects.requireNonNull(convolution, "alternatives name no convolution");
      algorithms = Checks.list(algorithms, "alternatives");
    }
  }

  /**
   * One algorithm for one convolution.
   *
   * @param algorithm its name
   * @param chosen whether the backend takes it
   * @param millis median
   * @param expectedMillis by the cost model
   * @param gflops by the definition's multiply-adds
   */
  public record Alternative(
      String algorithm, boolean chosen, double millis, double expectedMillis, double gflops) {
    /**
     * Checks name and numbers.
     *
     * @throws NullPointerException without a name
     * @throws IllegalArgumentException if a number cannot be what it should be
     */
    public Alternative {
      Objects.requireNonNull(algorithm, "an alternative names no algorithm");
      Checks.notNegative(millis, "millis of an alternative");
      Checks.notNegative(expectedMillis, "expectedMillis of an alternative");
      Checks.notNegative(gflops, "gflops of an alternative");
    }
  }

  /**
   * With copies of the lists.
   *
   * @throws NullPointerException if the network, the backend or its device is missing
   * @throws IllegalArgumentException if a number cannot be what it should be
   */
  public LayerProfile(
      @Nullable String model,
      @Nullable String engine,
      @Nullable String device,
      int batch,
      int threads,
      @Nullable List<Integer> size,
      double peakGflopsPerThread,
      @Nullable Double readGigabytesPerSecond,
      long weightBytes,
      double millis,
      double stepMillis,
      @Nullable Double limitMillis,
      double gflops,
      @Nullable Double shareOfPeak,
      @Nullable List<Step> steps,
      @Nullable List<Group> algorithms,
      @Nullable List<String> notes,
      @Nullable List<Alternatives> alternatives) {
    this.model = Objects.requireNonNull(model, "a profile names no model");
    this.engine = Objects.requireNonNull(engine, "a profile names no engine");
    this.device = Objects.requireNonNull(device, "a profile names no device");
    this.batch = Checks.atLeast(1, batch, "batch of a profile");
    this.threads = Checks.atLeast(1, threads, "threads of a profile");
    this.size = Checks.sizes(3, size, "size of a profile");
    this.peakGflopsPerThread =
        Checks.positive(peakGflopsPerThread, "peakGflopsPerThread of a profile");
    this.readGigabytesPerSecond =
        Checks.notNegative(readGigabytesPerSecond, "readGigabytesPerSecond of a profile");
    this.weightBytes = Checks.notNegative(weightBytes, "weightBytes of a profile");
    this.millis = Checks.positive(millis, "millis of a profile");
    this.stepMillis = Checks.notNegative(stepMillis, "stepMillis of a profile");
    this.limitMillis = Checks.notNegative(limitMillis, "limitMillis of a profile");
    this.gflops = Checks.notNegative(gflops, "gflops of a profile");
    this.shareOfPeak = Checks.notNegative(shareOfPeak, "shareOfPeak of a profile");
    this.steps = Checks.list(steps, "steps of a profile");
    this.algorithms = Checks.list(algorithms, "algorithms of a profile");
    this.notes = Checks.list(notes, "notes of a profile");
    this.alternatives = Checks.list(alternatives, "alternatives of a profile");
  }

  /** Whether the machine's limits are known. */
  @JsonIgnore
  public boolean hasLimits() {
    return limitMillis != null;
  }

  /** GFLOP/s of all threads. */
  @JsonIgnore
  public double peak() {
    return peakGflopsPerThread * threads;
  }
}
