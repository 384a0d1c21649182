package org.resnet4j.core.onnx;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ClosedByInterruptException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import org.resnet4j.core.file.ProcessEndingException;
import org.resnet4j.core.file.WholeFile;
import org.resnet4j.core.graph.Graph;
import org.resnet4j.core.graph.Node;
import org.resnet4j.core.text.Quote;

/**
 * Writes a graph, fused or not, as one ONNX file with its weights inside, which ONNX Runtime and
 * other engines run.
 *
 * <p>The model's input is {@code input}, {@code N x C x H x W} float32 with any N; its output is
 * {@code logits}, {@code N x K}, if the last node is a linear layer, and otherwise {@code N x C x H
 * x W} under the last node's name. A value inside has the name of the node that computes it, a
 * parameter torchvision's key ({@code layer1.0.conv1.weight}); where two values want one name,
 * underscores follow the later. A fused convolution becomes {@code Conv}, {@code Add}, {@code
 * Relu}, and its last value has the node's name. The last linear layer becomes {@code Flatten} and
 * {@code Gemm}; one that other nodes read is written as the 1x1 convolution that it equals.
 *
 * <p>The same graph gives the same bytes. Weights are referenced, not copied, until written.
 *
 * <p>Every method throws an {@link IllegalArgumentException} if a parameter is a meta tensor, which
 * it names, or if the model exceeds the 2 GiB that a protobuf message may have or has more nodes or
 * tensors than {@link OnnxFile} reads; nothing is written then. All methods are thread-safe.
 *
 * <p>Rounding: weights are written as they are; a batch norm's epsilon is rounded to float32, which
 * is all that ONNX has.
 *
 * <p>Source: the ONNX repository's {@code onnx/onnx.proto} for the messages, {@code
 * docs/Operators.md} for the operators.
 */
public final class OnnxWriter {
  /** Version of the operator set, ONNX 1.12's. */
  public static final int OPSET = 17;

  private static final int IR_VERSION = 8;
  private static final String VERSION = version();

  private OnnxWriter() {}

  /**
   * What was written.
   *
   * @param nodes ONNX operators, of which a fused convolution has up to three
   * @param bytes size of the file
   */
  public record Written(int nodes, long bytes) {}

  /**
   * Writes {@code file} {@linkplain WholeFile whole}. An existing file is replaced.
   *
   * @throws IllegalArgumentException if ONNX cannot hold the graph: a node has no name, a name is
   *     no text, or there are too many nodes or bytes
   * @throws IOException if the file cannot be written; the message names it, the cause and the
   *     remedy
   */
  public static Written write(Graph graph, Path file) throws IOException {
    return write(graph, Map.of(), file);
  }

  /**
   * {@link #write(Graph, Path)} with what the file is to say of itself.
   *
   * @param metadata becomes {@code metadata_props}, which {@link OnnxFile#metadata} gives back
   */
  public static Written write(Graph graph, Map<String, String> metadata, Path file)
      throws IOException {
    return write(graph, metadata, file, WholeFile::replace);
  }

  /**
   * Writes a new file whole.
   *
   * @throws FileAlreadyExistsException if there is one of that name
   * @throws IOException as {@link #write(Graph, Path)}
   */
  public static Written create(Graph graph, Path file) throws IOException {
    return create(graph, Map.of(), file);
  }

  /**
   * {@link #create(Graph, Path)} with what the file is to say of itself.
   *
   * @param metadata as for {@link #write(Graph, Map, Path)}
   */
  public static Written create(Graph graph, Map<String, String> metadata, Path file)
      throws IOException {
    return write(graph, metadata, file, WholeFile::create);
  }

  /** How a file comes into being. */
  @FunctionalInterface
  private interface Writing {
    void write(Path file, WholeFile.Content content) throws IOException;
  }

  private static Written write(
      Graph graph, Map<String, String> metadata, Path file, Writing writing) throws IOException {
    Model model = model(graph, metadata);
    try {
      writing.write(
          file,
          channel -> {
            OutputStream out = Channels.newOutputStream(channel);
            model.message().writeTo((bytes, count) -> out.write(bytes, 0, count));
          });
    } catch (FileAlreadyExistsException e) {
      throw e;
    } catch (IOException e) {
      throw new IOException(
          Quote.line(file + ": cannot be written: " + cause(e) + "; " + remedy(e)), e);
    }
    return model.written();
  }

  /**
   * Writes to a stream, which stays open and is not flushed.
   *
   * @throws IOException what the stream throws
   */
  public static Written write(Graph graph, OutputStream out) throws IOException {
    Model model = model(graph, Map.of());
    model.message().writeTo((bytes, count) -> out.write(bytes, 0, count));
    return model.written();
  }

  /** The file's bytes: all of them at once in memory, beside the weights. */
  public static byte[] toBytes(Graph graph) {
    return toBytes(graph, new Quantization(Map.of()));
  }

  /**
   * {@link #toBytes(Graph)} with what the file is to say of itself.
   *
   * @param metadata as for {@link #write(Graph, Map, Path)}
   */
  public static byte[] toBytes(Graph graph, Map<String, String> metadata) {
    return bytes(model(graph, metadata));
  }

  /** The bytes of a model in whole numbers of 8 bits, as far as ranges are known. */
  public static byte[] toBytes(Graph graph, Quantization quantization) {
    return bytes(model(graph, quantization, Map.of()));
  }

  private static byte[] bytes(Model model) {
    ByteBuffer buffer = ByteBuffer.allocate((int) model.written().bytes());
    try {
      model.message().writeTo((bytes, count) -> buffer.put(bytes, 0, count));
    } catch (IOException e) {
      throw new AssertionError("an array in memory cannot fail", e);
    }
    return buffer.array();
  }

  private record Model(Message message, Written written) {}

  private static Model model(Graph graph, Map<String, String> metadata) {
    return model(graph, new Quantization(Map.of()), metadata);
  }

  /** An empty name means none in ONNX, and half a surrogate pair has no UTF-8 form. */
  private static void requireNames(Graph graph, Map<String, String> metadata) {
    for (Node node : graph.nodes()) {
      requireText(node.name());
      if (node.name().isEmpty()) {
        throw new IllegalArgumentException("a node without a name cannot be written as ONNX");
      }
    }
    metadata.forEach((key, value) -> {
      requireText(key);
      requireText(value);
    });
  }

  private static void requireText(String text) {
    if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
      throw new IllegalArgumentException(
          "half a surrogate pair cannot be written as ONNX: " + Quote.name(text));
    }
  }

  private static Model model(Graph graph, Quantization quantization, Map<String, String> metadata) {
    graph.requireValues();
    requireNames(graph, metadata);
    OnnxModel model = OnnxModel.of(graph, quantization);
    int parts = Math.max(model.nodeCount(), model.initializerCount());
    if (parts > OnnxParser.MAX_PARTS) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "the graph has %,d nodes and %,d tensors as ONNX, and of either at most %,d are read;"
                  + " fuse it, or use fewer layers",
              model.nodeCount(),
              model.initializerCount(),
              OnnxParser.MAX_PARTS));
    }
    Message message = model.message(IR_VERSION, OPSET, VERSION).fieldsOf(Proto.metadata(metadata));
    long bytes = message.sizeBytes();
    if (bytes > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "the graph needs %,d bytes as ONNX, and one file holds at most %,d; use fewer or"
                  + " narrower layers",
              bytes,
              Integer.MAX_VALUE));
    }
    return new Model(message, new Written(model.nodeCount(), bytes));
  }

  private static String remedy(IOException e) {
    return switch (e.getCause()) {
      case ClosedByInterruptException _ -> "write it again";
      case ProcessEndingException _ -> "write it before, not in a shutdown hook";
      case null, default -> "choose another path or make room there";
    };
  }

  private static String cause(IOException e) {
    return switch (e) {
      case NoSuchFileException _ -> "its folder does not exist";
      case AccessDeniedException _ -> "access to its folder is denied";
      case FileSystemException failure when failure.getReason() != null -> failure.getReason();
      default -> String.valueOf(e.getMessage());
    };
  }

  private static String version() {
    Properties properties = new Properties();
    try (InputStream in = OnnxWriter.class.getResourceAsStream("version.properties")) {
      properties.load(Objects.requireNonNull(in, "version.properties is not in the jar"));
    } catch (IOException e) {
      throw new UncheckedIOException("the jar is damaged", e);
    }
    return properties.getProperty("version", "");
  }
}
