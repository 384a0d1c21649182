package org.resnet4j.core.weights.safetensors;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import org.resnet4j.core.tensor.Tensor;
import org.resnet4j.core.weights.WeightsFileException;

/** Makes safetensors files byte by byte, right or wrong. */
public final class Samples {
  private Samples() {}

  /** A file with this header and {@code dataBytes} bytes of data. */
  public static byte[] file(String header, int dataBytes) {
    return file(header.getBytes(StandardCharsets.UTF_8), new byte[dataBytes]);
  }

  static byte[] file(byte[] header, byte[] data) {
    return announcing(header.length, header, data);
  }

  /** A file whose first 8 bytes are {@code length}, whatever follows. */
  static byte[] announcing(long length, byte[]... parts) {
    int size = Long.BYTES + Arrays.stream(parts).mapToInt(part -> part.length).sum();
    ByteBuffer bytes = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN).putLong(length);
    for (byte[] part : parts) {
      bytes.put(part);
    }
    return bytes.array();
  }

  public static String entry(String name, String dtype, String shape, long begin, long end) {
    return "\"%s\":{\"dtype\":\"%s\",\"shape\":%s,\"data_offsets\":[%d,%d]}"
        .formatted(name, dtype, shape, begin, end);
  }

  static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  /** A small network's worth of tensors, as the writer writes them. */
  static byte[] valid() {
    return new SafetensorsWriter()
        .metadata("format", "pt")
        .add("conv1.weight", Tensor.of(new float[] {1, 2, 3, 4, 5, 6}, 3, 2))
        .add("bn1.bias", Tensor.of(new float[] {-1, 0.5f}, 2))
        .add("golden", new double[] {Math.PI}, 1)
        .toBytes();
  }

  public static SafetensorsFile open(Map<String, Tensor> tensors) throws WeightsFileException {
    SafetensorsWriter writer = new SafetensorsWriter();
    tensors.forEach(writer::add);
    return SafetensorsFile.of(writer.toBytes(), "test.safetensors");
  }
}
