package org.resnet4j.bench.jmh;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.resnet4j.simd.kernel.conv.ConvAlgorithm;
import org.resnet4j.simd.kernel.conv.ConvShape;

/**
 * A convolution of one image.
 *
 * @param shape the convolution
 * @param algorithm one that applies to it
 */
record ConvCase(ConvShape shape, ConvAlgorithm algorithm) implements KernelCase {
  private static final Pattern FORM =
      Pattern.compile("(\\d+)>(\\d+)@(\\d+)x(\\d+) k(\\d+) s(\\d+) p(\\d+) g(\\d+) (\\w+)");

  /** From a benchmark's parameter, such as {@code 64>64@56x56 k3 s1 p1 g1 WINOGRAD_4X4}. */
  static ConvCase parse(String parameter) {
    Matcher form = FORM.matcher(parameter);
    if (!form.matches()) {
      throw new IllegalArgumentException(parameter + ": not of the form C>K@HxW kR sN pN gN NAME");
    }
    return new ConvCase(
        new ConvShape(
            Integer.parseInt(form.group(1)),
            Integer.parseInt(form.group(2)),
            Integer.parseInt(form.group(3)),
            Integer.parseInt(form.group(4)),
            Integer.parseInt(form.group(5)),
            Integer.parseInt(form.group(6)),
            Integer.parseInt(form.group(7)),
            Integer.parseInt(form.group(8))),
        ConvAlgorithm.valueOf(form.group(9)));
  }

  @Override
  public String kind() {
    return ConvBenchmark.PARAMETER;
  }

  @Override
  public String problem() {
    return String.format(
        Locale.ROOT,
        "%d>%d@%dx%d k%d s%d p%d g%d",
        shape.inChannels(),
        shape.outChannels(),
        shape.height(),
        shape.width(),
        shape.kernel(),
        shape.stride(),
        shape.padding(),
        shape.groups());
  }

  @Override
  public String engine() {
    return algorithm.name();
  }

  @Override
  public long multiplyAdds() {
    return shape.multiplyAdds();
  }
}
