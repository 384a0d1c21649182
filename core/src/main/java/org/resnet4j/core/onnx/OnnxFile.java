package org.resnet4j.core.onnx;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.resnet4j.core.graph.Graph;
import org.resnet4j.core.tensor.Shape;
import org.resnet4j.core.text.Quote;
import org.resnet4j.core.weights.WeightsFileException;
import org.resnet4j.core.weights.WeightsFileException.Code;
import org.resnet4j.core.weights.content.Content;
import org.resnet4j.core.weights.content.Faults;
import org.resnet4j.core.weights.content.FileContent;
import org.resnet4j.core.weights.content.FileKind;
import org.resnet4j.core.weights.content.MemoryContent;

/**
 * An ONNX file, read as a graph of this project's operators: what {@link OnnxWriter} writes, and
 * what {@code torch.onnx}, optimum and others write of ResNets, folded or not.
 *
 * <p>Taken are Conv, BatchNormalization, Relu, Add and Sum of two values, MaxPool,
 * GlobalAveragePool, AveragePool and ReduceMean over the whole picture, Gemm, MatMul with or
 * without a bias behind it; what changes no number: Identity, Dropout, Flatten, Reshape and Squeeze
 * to two extents, also where a graph computes these from a Shape; and Constant. Every other
 * operator, and one of these with extents or attributes that the graph lacks, is refused by its
 * name. Operator sets 7 to 25; weights as float32, float16, bfloat16 or float64, in the file or in
 * files of its folder. A batch of fixed size is read as of any.
 *
 * <p>Immutable and thread-safe; holds nothing open between calls, and refuses to read from a file
 * that has changed since it was opened. Every method that reads throws a {@link
 * WeightsFileException} that names the file, the cause and the remedy.
 */
public final class OnnxFile {
  private static final int MIN_OPSET = 7;
  private static final int MAX_OPSET = 25;
  private static final int RANK = 4;
  private static final int MAX_EXTENT = 1 << 16;

  private final OnnxContents contents;
  private final Faults faults;
  private final OnnxGraph onnx;
  private final String input;
  private final List<Long> extents;

  private OnnxFile(Content content, Faults faults) throws WeightsFileException {
    this.contents = new OnnxContents(content, faults);
    this.faults = faults;
    this.onnx = OnnxParser.parse(content, faults);
    if (onnx.opset() < MIN_OPSET || onnx.opset() > MAX_OPSET) {
      throw faults.of(
          Code.UNSUPPORTED_ONNX,
          "is of operator set %s, supported are %s to %s"
              .formatted(onnx.opset(), MIN_OPSET, MAX_OPSET));
    }
    if (onnx.inputs().size() != 1 || onnx.outputs().size() != 1) {
      throw faults.of(
          Code.UNSUPPORTED_ONNX,
          "has %s inputs and %s outputs, a network has one of each"
              .formatted(onnx.inputs().size(), onnx.outputs().size()));
    }
    this.input = onnx.inputs().keySet().iterator().next();
    OnnxGraph.Input only = onnx.inputs().values().iterator().next();
    this.extents = only.extents();
    if (ElementType.floats(only.type()) == null) {
      throw faults.of(
          Code.UNSUPPORTED_ONNX,
          "has an input %s of %s, a network takes floats"
              .formatted(Quote.name(input), ElementType.name(only.type())));
    }
    if (extents.size() != RANK
        || extents.get(1) < 1
        || extents.subList(1, RANK).stream().anyMatch(extent -> extent > MAX_EXTENT)) {
      throw faults.of(
          Code.UNSUPPORTED_ONNX,
          "has an input %s of extents %s, expected are N x C x H x W"
              .formatted(Quote.name(input), extents));
    }
    for (OnnxTensor tensor : onnx.constants().values()) {
      contents.of(tensor); // as it is now, and not when it is read
    }
  }

  /** Whether a file begins like one, or its name says that it is one. */
  public static boolean isOne(Path file) throws WeightsFileException {
    return file.toString().endsWith(".onnx")
        || FileKind.of(file).filter(FileKind.ONNX::equals).isPresent();
  }

  /** Reads all but the weights. */
  public static OnnxFile open(Path file) throws WeightsFileException {
    return new OnnxFile(FileContent.of(file), new Faults(file.toString()));
  }

  /**
   * Reads all but the weights of a file in memory.
   *
   * @param bytes the whole file; copied
   * @param description what to call it in messages
   */
  public static OnnxFile of(byte[] bytes, String description) throws WeightsFileException {
    return new OnnxFile(new MemoryContent(bytes, description), new Faults(description));
  }

  /** The file's path or description: what messages call it. */
  public String description() {
    return contents.model().description();
  }

  /** The files beside it that hold values of its tensors; empty if it holds them itself. */
  public List<Path> dataFiles() {
    return contents.filesBeside();
  }

  /** The program that wrote it; empty if it does not say. */
  public String producer() {
    return onnx.producer();
  }

  /** What the file says of itself; unmodifiable, empty if it says nothing. */
  public Map<String, String> metadata() {
    return onnx.metadata();
  }

  /** Channels of a picture. */
  public int channels() {
    return Math.toIntExact(extents.get(1));
  }

  /** The height of a picture in pixels, if the file does not leave it open. */
  public OptionalInt height() {
    return extent(2);
  }

  /** The width of a picture in pixels, if the file does not leave it open. */
  public OptionalInt width() {
    return extent(3);
  }

  private OptionalInt extent(int axis) {
    long extent = extents.get(axis);
    return extent < 1 ? OptionalInt.empty() : OptionalInt.of((int) extent);
  }

  /**
   * Reads the weights and builds the network, not fused.
   *
   * <p>An average over a window as large as the values is the whole picture's, also in a graph that
   * is later taken to another size.
   *
   * @param height of a picture in pixels; another than the file's own is allowed if all operators
   *     take it
   * @param width of a picture in pixels
   */
  public Graph graph(int height, int width) throws WeightsFileException {
    OnnxValues values = new OnnxValues(contents, faults);
    return new OnnxImport(onnx, new OnnxScope(onnx, values, faults))
        .graph(input, new Shape(channels(), height, width));
  }
}
