package org.resnet4j.bench.run;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.resnet4j.bench.measure.Alternatives;
import org.resnet4j.bench.measure.BackendEngines;
import org.resnet4j.bench.measure.Problem;
import org.resnet4j.bench.measure.Profile;
import org.resnet4j.bench.measure.Protocol;
import org.resnet4j.bench.measure.ReadBandwidth;
import org.resnet4j.bench.measure.Roofline;
import org.resnet4j.bench.measure.StepTimes.StepTime;
import org.resnet4j.bench.measure.WrongAnswerException;
import org.resnet4j.bench.result.LayerProfile;
import org.resnet4j.core.backend.Backend;
import org.resnet4j.core.backend.StepInfo;
import org.resnet4j.core.tensor.Shape;
import org.resnet4j.simd.kernel.conv.ConvShape;

/** Finds where a network's time goes, beside what the machine allows. */
public final class Layers {
  private final Problem problem;
  private final double peak;
  private final Roofline roofline;
  private final Profile profile;

  private Layers(Problem problem, double peak, Roofline roofline, Profile profile) {
    this.problem = problem;
    this.peak = peak;
    this.roofline = roofline;
    this.profile = profile;
  }

  /**
   * Runs a network step by step, and measures how fast its weights can be read.
   *
   * @param peak GFLOP/s of one thread
   * @throws WrongAnswerException if the answer is not finite
   */
  public static Layers take(Backend backend, Problem problem, double peak, Protocol protocol)
      throws WrongAnswerException {
    Profile profile = Profile.take(backend, problem, protocol);
    // What is measured here holds for backends that run on the CPU.
    Roofline roofline =
        BackendEngines.isOnCpu(backend.name())
            ? new Roofline(
                peak * problem.threads(),
                ReadBandwidth.gigabytesPerSecond(profile.weightBytes(), problem.threads()))
            : Roofline.UNKNOWN;
    return new Layers(problem, peak, roofline, profile);
  }

  /** The algorithm that served a layer. */
  public String kernel(String node) {
    return profile.kernel(node);
  }

  /**
   * What was found.
   *
   * @param engine what rows call the backend
   * @param device what it runs on
   * @param convs what else could serve each convolution; empty if that was not asked for
   */
  public LayerProfile result(String engine, String device, List<Alternatives.ConvTimes> convs) {
    Shape input = problem.graph().inputShape();
    double gflops = problem.operations() / profile.millis() / 1e6;
    return new LayerProfile(
        problem.model(),
        engine,
        device,
        problem.batch(),
        problem.threads(),
        extents(input),
        peak,
        known(roofline.gigabytesPerSecond()),
        profile.weightBytes(),
        profile.millis(),
        profile.stepMillis(),
        known(profile.limitMillis(roofline, problem.batch())),
        gflops,
        known(gflops / roofline.gflops()),
        profile.steps().stream().map(this::step).toList(),
        profile.groups(roofline, problem.batch()).stream().map(this::group).toList(),
        profile.notes(),
        convs.stream().map(Layers::alternatives).toList());
  }

  private LayerProfile.Step step(StepTime time) {
    StepInfo info = time.info();
    double gflops = gflops(info.multiplyAdds(), time.millis());
    return new LayerProfile.Step(
        info.node(),
        info.kernel(),
        extents(info.shape()),
        time.millis(),
        time.millis() / profile.stepMillis(),
        gflops,
        known(gflops / roofline.gflops()),
        known(roofline.millis(info, problem.batch())),
        info.multiplyAdds(),
        info.performed(),
        info.weightBytes(),
        info.activationBytes());
  }

  private LayerProfile.Group group(Profile.Group group) {
    double gflops = gflops(group.multiplyAdds(), group.millis());
    return new LayerProfile.Group(
        group.kernel(),
        group.steps(),
        group.millis(),
        group.millis() / profile.stepMillis(),
        gflops,
        known(gflops / roofline.gflops()),
        known(group.limitMillis()));
  }

  private double gflops(long multiplyAdds, double millis) {
    return 2.0 * multiplyAdds * problem.batch() / millis / 1e6;
  }

  private static LayerProfile.Alternatives alternatives(Alternatives.ConvTimes conv) {
    List<LayerProfile.Alternative> algorithms = new ArrayList<>();
    for (Alternatives.Timed timed : conv.timed()) {
      algorithms.add(
          new LayerProfile.Alternative(
              timed.algorithm().name(),
              timed.chosen(),
              timed.millis(),
              timed.expectedMillis(),
              2.0 * conv.shape().multiplyAdds() / timed.millis() / 1e6));
    }
    return new LayerProfile.Alternatives(conv.node(), describe(conv.shape()), algorithms);
  }

  private static String describe(ConvShape shape) {
    return "%s to %s, %sx%s on %sx%s%s%s"
        .formatted(
            shape.inChannels(),
            shape.outChannels(),
            shape.kernel(),
            shape.kernel(),
            shape.height(),
            shape.width(),
            shape.stride() == 1 ? "" : ", stride " + shape.stride(),
            shape.groups() == 1 ? "" : ", groups " + shape.groups());
  }

  private static List<Integer> extents(Shape shape) {
    return List.of(shape.channels(), shape.height(), shape.width());
  }

  private static @Nullable Double known(double value) {
    return Double.isFinite(value) ? value : null;
  }
}
