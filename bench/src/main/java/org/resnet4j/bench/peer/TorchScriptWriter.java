package org.resnet4j.bench.peer;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.resnet4j.core.graph.Graph;
import org.resnet4j.core.tensor.Tensor;

/**
 * Writes a graph, fused or not, as a TorchScript program with its weights inside, which {@code
 * torch.jit.load} and libtorch run: from {@code N x C x H x W} float32 with any N to {@code N x K}
 * if the last node is a linear layer, otherwise to {@code N x C x H x W}.
 *
 * <p>It is a file as {@code torch.jit.save} writes it: a zip archive whose records lie uncompressed
 * at multiples of 64 bytes. The same graph gives the same bytes. One tensor at a time is in memory
 * beside the graph.
 *
 * <p>Source: {@code torch/csrc/jit/serialization} and {@code caffe2/serialize/inline_container.cc}
 * of PyTorch.
 */
final class TorchScriptWriter {
  /** Folder of all records, which the format wants and nobody asks for. */
  private static final String FOLDER = "network/";

  /** Of the archives that PyTorch 1.6 and later write for operators as old as these. */
  private static final String VERSION = "3\n";

  private static final int ALIGNMENT = 64;
  private static final int LOCAL_HEADER_BYTES = 30;
  private static final int EXTRA_HEADER_BYTES = 4;

  /** Kind of the extra field that pads: PyTorch's "FB". */
  private static final short PADDING = 'F' | 'B' << Byte.SIZE;

  /**
   * The first month is what the JDK takes for an earlier time, which it adds in a field of its own.
   */
  private static final LocalDateTime NO_TIME = LocalDateTime.of(1980, 2, 1, 0, 0);

  private static final int CHUNK_FLOATS = 1 << 16;

  private final Counted counted;
  private final ZipOutputStream zip;
  private final ByteBuffer chunk =
      ByteBuffer.allocate(CHUNK_FLOATS * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);

  private TorchScriptWriter(OutputStream out) {
    this.counted = new Counted(out);
    this.zip = new ZipOutputStream(counted);
    zip.setMethod(ZipOutputStream.STORED);
  }

  /**
   * Writes to a stream, which stays open.
   *
   * @throws IllegalArgumentException if a parameter is a meta tensor; names the node, and nothing
   *     is written
   * @throws IOException what the stream throws
   */
  static void write(Graph graph, OutputStream out) throws IOException {
    graph.requireValues();
    TorchScriptCode.Program program = TorchScriptCode.of(graph);
    List<Tensor> tensors = program.tensors();
    PickleWriter network = new PickleWriter();
    network.beginObject("__torch__", TorchScriptCode.CLASS).beginTuple();
    for (int i = 0; i < tensors.size(); i++) {
      network.tensor(Integer.toString(i), tensors.get(i));
    }
    network.no().endTuple().endObject();
    TorchScriptWriter writer = new TorchScriptWriter(out);
    writer.bytes("data.pkl", network.finish());
    writer.bytes("code/__torch__.py", program.text().getBytes(StandardCharsets.UTF_8));
    for (int i = 0; i < tensors.size(); i++) {
      writer.floats("data/" + i, tensors.get(i).data());
    }
    writer.bytes("constants.pkl", new PickleWriter().beginTuple().endTuple().finish());
    writer.bytes("version", VERSION.getBytes(StandardCharsets.US_ASCII));
    writer.zip.finish();
    writer.counted.flush();
  }

  /** What a record is made of, once for its sum and once for the file. */
  @FunctionalInterface
  private interface Content {
    void writeTo(Sink sink) throws IOException;
  }

  @FunctionalInterface
  private interface Sink {
    void write(byte[] bytes, int count) throws IOException;
  }

  private void bytes(String name, byte[] bytes) throws IOException {
    record(name, bytes.length, sink -> sink.write(bytes, bytes.length));
  }

  private void floats(String name, float[] values) throws IOException {
    record(
        name,
        (long) values.length * Float.BYTES,
        sink -> {
          for (int at = 0; at < values.length; at += CHUNK_FLOATS) {
            int count = Math.min(CHUNK_FLOATS, values.length - at);
            chunk.asFloatBuffer().put(values, at, count);
            sink.write(chunk.array(), count * Float.BYTES);
          }
        });
  }

  private void record(String name, long size, Content content) throws IOException {
    CRC32 sum = new CRC32();
    content.writeTo((bytes, count) -> sum.update(bytes, 0, count));
    ZipEntry entry = new ZipEntry(FOLDER + name);
    entry.setSize(size);
    entry.setCrc(sum.getValue());
    entry.setTimeLocal(NO_TIME);
    entry.setExtra(padding(counted.position + LOCAL_HEADER_BYTES + entry.getName().length()));
    zip.putNextEntry(entry);
    content.writeTo((bytes, count) -> zip.write(bytes, 0, count));
    zip.closeEntry();
  }

  /** So much of an extra field that what follows it is aligned. */
  private static byte[] padding(long position) {
    int rest = Math.floorMod(-(position + EXTRA_HEADER_BYTES), ALIGNMENT);
    return ByteBuffer.allocate(EXTRA_HEADER_BYTES + rest)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putShort(PADDING)
        .putShort((short) rest)
        .array();
  }

  /** Knows how much went through it. */
  private static final class Counted extends OutputStream {
    private final OutputStream out;
    long position;

    Counted(OutputStream out) {
      this.out = new BufferedOutputStream(out);
    }

    @Override
    public void write(int value) throws IOException {
      out.write(value);
      position++;
    }

    @Override
    public void write(byte[] bytes, int from, int count) throws IOException {
      out.write(bytes, from, count);
      position += count;
    }

    @Override
    public void flush() throws IOException {
      out.flush();
    }
  }
}
