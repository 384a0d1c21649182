package org.resnet4j.core.onnx;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A protobuf message read back, written without a look at the writer: its fields in order. */
final class Fields {
  private record Field(int number, int wireType, long value, byte[] bytes) {}

  private final List<Field> fields = new ArrayList<>();

  private Fields(ByteBuffer in) {
    while (in.hasRemaining()) {
      long key = varint(in);
      int number = (int) (key >>> 3);
      int wireType = (int) (key & 7);
      switch (wireType) {
        case 0 -> fields.add(new Field(number, wireType, varint(in), new byte[0]));
        case 2 -> {
          byte[] bytes = new byte[Math.toIntExact(varint(in))];
          in.get(bytes);
          fields.add(new Field(number, wireType, 0, bytes));
        }
        case 5 -> fields.add(new Field(number, wireType, in.getInt(), new byte[0]));
        default -> throw new IllegalArgumentException("wire type " + wireType);
      }
    }
  }

  static Fields of(byte[] bytes) {
    return new Fields(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN));
  }

  private static long varint(ByteBuffer in) {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      byte next = in.get();
      value |= (next & 0x7fL) << shift;
      if (next >= 0) {
        return value;
      }
    }
    throw new IllegalArgumentException("a varint of more than ten bytes");
  }

  private List<Field> all(int number, int wireType) {
    List<Field> found = fields.stream().filter(field -> field.number == number).toList();
    if (found.stream().anyMatch(field -> field.wireType != wireType)) {
      throw new IllegalArgumentException("field " + number + " has another type");
    }
    return found;
  }

  private Field one(int number, int wireType) {
    List<Field> found = all(number, wireType);
    if (found.size() != 1) {
      throw new IllegalArgumentException(found.size() + " fields " + number);
    }
    return found.getFirst();
  }

  /** The numbers of all fields, in order. */
  List<Integer> numbers() {
    return fields.stream().map(Field::number).toList();
  }

  long integer(int number) {
    return one(number, 0).value;
  }

  List<Long> integers(int number) {
    return all(number, 0).stream().map(Field::value).toList();
  }

  float number(int number) {
    return Float.intBitsToFloat((int) one(number, 5).value);
  }

  byte[] bytes(int number) {
    return one(number, 2).bytes;
  }

  String text(int number) {
    return new String(bytes(number), StandardCharsets.UTF_8);
  }

  List<String> texts(int number) {
    return all(number, 2).stream()
        .map(field -> new String(field.bytes, StandardCharsets.UTF_8))
        .toList();
  }

  Fields message(int number) {
    return of(bytes(number));
  }

  List<Fields> messages(int number) {
    return all(number, 2).stream().map(field -> of(field.bytes)).toList();
  }
}
