package org.resnet4j.core.weights.pytorch;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Makes pickles and archives code by code, right or wrong. */
final class Pickles {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  Pickles() {
    code(0x80).code(2);
  }

  Pickles code(int code) {
    out.write(code);
    return this;
  }

  Pickles ascii(String text) {
    out.writeBytes(text.getBytes(StandardCharsets.ISO_8859_1));
    return this;
  }

  Pickles text(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    code('X').int32(bytes.length);
    out.writeBytes(bytes);
    return this;
  }

  Pickles int32(int value) {
    out.writeBytes(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array());
    return this;
  }

  Pickles int64(long value) {
    out.writeBytes(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array());
    return this;
  }

  /** A long of Python's. */
  Pickles number(long value) {
    return code(0x8a).code(8).int64(value);
  }

  Pickles global(String module, String name) {
    return ascii("c" + module + "\n" + name + "\n");
  }

  Pickles tuple(long... values) {
    code('(');
    for (long value : values) {
      number(value);
    }
    return code('t');
  }

  /** A tensor of float32 in the storage {@code "0"}. */
  Pickles tensor(long elements, long offset, long[] shape, long[] strides) {
    return tensor(elements, offset, shape, strides, _ -> {});
  }

  /**
   * The same with what newer versions of PyTorch write behind it.
   *
   * @param more writes further arguments
   */
  Pickles tensor(long elements, long offset, long[] shape, long[] strides, Consumer<Pickles> more) {
    global("torch._utils", "_rebuild_tensor_v2").code('(');
    code('(').text("storage").global("torch", "FloatStorage").text("0").text("cpu");
    number(elements).code('t').code('Q');
    number(offset).tuple(shape).tuple(strides).code(0x89);
    global("collections", "OrderedDict").code(')').code('R');
    more.accept(this);
    return code('t').code('R');
  }

  /** The pickle, ended. */
  byte[] bytes() {
    code('.');
    return out.toByteArray();
  }

  /** An archive as torch.save writes it, with one storage {@code "0"} of {@code floats} zeros. */
  static byte[] archive(byte[] pickle, int floats) {
    return archive(pickle, floats, ZipEntry.STORED);
  }

  static byte[] archive(byte[] pickle, int floats, int method) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      member(zip, "archive/data.pkl", pickle, method);
      member(zip, "archive/byteorder", "little".getBytes(StandardCharsets.US_ASCII), method);
      member(zip, "archive/data/0", new byte[floats * Float.BYTES], method);
      member(zip, "archive/version", "3\n".getBytes(StandardCharsets.US_ASCII), method);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  static void member(ZipOutputStream zip, String name, byte[] content, int method)
      throws IOException {
    ZipEntry entry = new ZipEntry(name);
    entry.setMethod(method);
    if (method == ZipEntry.STORED) {
      CRC32 crc = new CRC32();
      crc.update(content);
      entry.setSize(content.length);
      entry.setCompressedSize(content.length);
      entry.setCrc(crc.getValue());
    }
    zip.putNextEntry(entry);
    zip.write(content);
    zip.closeEntry();
  }
}
