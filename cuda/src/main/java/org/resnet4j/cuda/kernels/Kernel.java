package org.resnet4j.cuda.kernels;

import static org.resnet4j.cuda.kernels.Parameter.Kind.ADDRESS;
import static org.resnet4j.cuda.kernels.Parameter.Kind.COUNT;
import static org.resnet4j.cuda.kernels.Parameter.Kind.NUMBER;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * The kernels, each a PTX template with one entry for every {@link ElementType}, and for the number
 * of channels (lanes) of a row that a thread computes: one, or as many as 16 bytes hold. {@link
 * KernelCall} has their meaning and makes their arguments. Thread-safe.
 */
public enum Kernel {
  /** NCHW float32 to padded NHWC. */
  INPUT(
      address("source"),
      address("target"),
      count("rows"),
      count("channels"),
      count("pixels"),
      count("sourceChannels")),
  /** Samples of 8 bits to padded NHWC by a table. */
  INPUT_U8(
      address("source"),
      address("table"),
      address("target"),
      count("rows"),
      count("channels"),
      count("sourceChannels")),
  /** Bias, residual, ReLU. */
  EPILOGUE(
      address("source"),
      address("bias"),
      address("residual"),
      address("target"),
      count("rows"),
      count("channels"),
      number("floor")),
  /** Global average pool. */
  AVERAGE_POOL(
      address("source"), address("target"), count("rows"), count("channels"), count("pixels")),
  /** Max pool. */
  MAX_POOL(
      address("source"),
      address("target"),
      count("rows"),
      count("channels"),
      count("height"),
      count("width"),
      count("targetHeight"),
      count("targetWidth"),
      count("kernel"),
      count("stride"),
      count("padding")),
  /** Convolution of any groups, with bias, residual and ReLU. */
  CONVOLUTION(
      address("source"),
      address("filter"),
      address("bias"),
      address("residual"),
      address("target"),
      count("rows"),
      count("channels"),
      count("height"),
      count("width"),
      count("targetHeight"),
      count("targetWidth"),
      count("kernel"),
      count("stride"),
      count("padding"),
      count("sourceChannels"),
      count("groupSource"),
      count("groupTarget"),
      number("floor")),
  /** Scores to float32 with a bias. */
  LOGITS(
      address("source"),
      address("bias"),
      address("target"),
      count("rows"),
      count("channels"),
      count("pitch"));

  @SuppressWarnings("ImmutableEnumChecker") // an unmodifiable list
  private final List<Parameter> parameters;

  Kernel(Parameter... parameters) {
    this.parameters = Arrays.stream(parameters).toList();
  }

  /** In the order of the PTX text. */
  public List<Parameter> parameters() {
    return parameters;
  }

  /** Whether a thread can compute several channels. */
  public boolean hasVectors() {
    return switch (this) {
      case INPUT, INPUT_U8, EPILOGUE, AVERAGE_POOL, MAX_POOL -> true;
      case CONVOLUTION, LOGITS -> false;
    };
  }

  /** The entry's name, such as {@code resnet4j_epilogue_f16} or {@code resnet4j_epilogue_f16x8}. */
  public String entry(ElementType type, int lanes) {
    return "resnet4j_" + lowerCase() + "_" + suffix(type, lanes);
  }

  private static String suffix(ElementType type, int lanes) {
    return lanes == 1 ? type.suffix() : type.suffix() + "x" + lanes;
  }

  /** The file's name beside this class. */
  public String resource() {
    return lowerCase() + ".ptx";
  }

  /**
   * The PTX text of a module with the single entry {@link #entry}.
   *
   * @param lanes 1, or {@link ElementType#lanes} if it {@link #hasVectors}
   * @throws IllegalStateException if the text is not packed with this class
   */
  public String ptx(ElementType type, int lanes) {
    try (InputStream text = Kernel.class.getResourceAsStream(resource())) {
      if (text == null) {
        throw new IllegalStateException("no " + resource() + " beside " + Kernel.class.getName());
      }
      return PtxTemplate.expand(
          new String(text.readAllBytes(), StandardCharsets.UTF_8),
          type,
          suffix(type, lanes),
          lanes);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + resource(), e);
    }
  }

  private String lowerCase() {
    return name().toLowerCase(Locale.ROOT);
  }

  private static Parameter address(String name) {
    return new Parameter(name, ADDRESS);
  }

  private static Parameter count(String name) {
    return new Parameter(name, COUNT);
  }

  private static Parameter number(String name) {
    return new Parameter(name, NUMBER);
  }
}
