package org.resnet4j.bench.peer;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.resnet4j.core.tensor.Tensor;

/**
 * Writes pickles of protocol 2, of what PyTorch's hold: objects, tuples and float32 tensors whose
 * values lie beside the pickle. Not thread-safe.
 *
 * <p>Source: the opcodes of Python's {@code pickletools}; {@code torch._utils} for the tensors.
 */
final class PickleWriter {
  private static final char GLOBAL = 'c';
  private static final char MARK = '(';
  private static final char TUPLE = 't';
  private static final char EMPTY_TUPLE = ')';
  private static final char TEXT = 'X';
  private static final char INT = 'J';
  private static final char FALSE = 0x89;
  private static final char PERSISTENT = 'Q';
  private static final char CALL = 'R';
  private static final char NEW = 0x81;
  private static final char BUILD = 'b';
  private static final char STOP = '.';

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  /** A pickle of nothing yet. */
  PickleWriter() {
    bytes.write(0x80);
    bytes.write(2);
  }

  /** Begins an object of a class; its state follows, then {@link #endObject}. */
  PickleWriter beginObject(String module, String name) {
    return global(module, name).op(EMPTY_TUPLE).op(NEW);
  }

  PickleWriter endObject() {
    return op(BUILD);
  }

  /** Begins a tuple, which ends with {@link #endTuple}. */
  PickleWriter beginTuple() {
    return op(MARK);
  }

  PickleWriter endTuple() {
    return op(TUPLE);
  }

  /**
   * A tensor.
   *
   * @param key names the record that has its values
   */
  PickleWriter tensor(String key, Tensor tensor) {
    global("torch._utils", "_rebuild_tensor_v2").beginTuple();
    beginTuple().text("storage").global("torch", "FloatStorage").text(key).text("cpu");
    number(tensor.size()).endTuple().op(PERSISTENT).number(0);
    beginTuple();
    for (int axis = 0; axis < tensor.rank(); axis++) {
      number(tensor.dim(axis));
    }
    endTuple().beginTuple();
    for (int axis = 0; axis < tensor.rank(); axis++) {
      number(stride(tensor, axis));
    }
    endTuple().no(); // requires no gradient
    return global("collections", "OrderedDict").op(EMPTY_TUPLE).op(CALL).endTuple().op(CALL);
  }

  /** {@code False}. */
  PickleWriter no() {
    return op(FALSE);
  }

  private static int stride(Tensor tensor, int axis) {
    int stride = 1;
    for (int inner = axis + 1; inner < tensor.rank(); inner++) {
      stride *= tensor.dim(inner);
    }
    return stride;
  }

  private PickleWriter text(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    op(TEXT).littleEndian(utf8.length);
    bytes.writeBytes(utf8);
    return this;
  }

  private PickleWriter number(int value) {
    return op(INT).littleEndian(value);
  }

  private PickleWriter global(String module, String name) {
    op(GLOBAL);
    bytes.writeBytes((module + "\n" + name + "\n").getBytes(StandardCharsets.UTF_8));
    return this;
  }

  private PickleWriter littleEndian(int value) {
    for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
      bytes.write(value >>> shift);
    }
    return this;
  }

  private PickleWriter op(char code) {
    bytes.write(code);
    return this;
  }

  /** The whole pickle, which ends here. */
  byte[] finish() {
    op(STOP);
    return bytes.toByteArray();
  }
}
