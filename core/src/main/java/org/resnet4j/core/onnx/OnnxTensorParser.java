package org.resnet4j.core.onnx;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.resnet4j.core.onnx.OnnxTensor.Data;
import org.resnet4j.core.weights.WeightsFileException;
import org.resnet4j.core.weights.WeightsFileException.Code;
import org.resnet4j.core.weights.content.Faults;

/** One {@code TensorProto}, without its values. */
final class OnnxTensorParser {
  private static final int BESIDE = 1;
  private static final int MAX_ENTRIES = 16;

  private final Faults faults;
  private final List<Long> dims = new ArrayList<>();
  private final List<Long> numbers = new ArrayList<>();
  private final Map<String, String> beside = new HashMap<>();
  private String name = "";
  private int type;
  private Data data = Data.NONE;
  private long begin;
  private long bytes;
  private long location;
  private boolean inPieces;

  private OnnxTensorParser(Faults faults) {
    this.faults = faults;
  }

  static OnnxTensor parse(ProtoReader in, Faults faults) throws WeightsFileException {
    OnnxTensorParser parser = new OnnxTensorParser(faults);
    while (in.next()) {
      parser.field(in);
    }
    return parser.result();
  }

  private void field(ProtoReader in) throws WeightsFileException {
    switch (in.field()) {
      case 1 -> in.numbers(dims, OnnxTensor.MAX_NUMBERS);
      case 2 -> type = in.elementType();
      case 3 -> inPieces = true; // a segment of a larger one
      case 4 -> values(in, Data.FLOATS);
      case 5 -> numbers(in, Data.INTS);
      case 7 -> numbers(in, Data.LONGS);
      case 8 -> name = in.text();
      case 9 -> values(in, Data.RAW);
      case 10 -> values(in, Data.DOUBLES);
      case 13 -> entry(in.message());
      case 14 -> location = in.number();
      default -> {
        // Lists of types that no parameter here has, and texts for people.
      }
    }
  }

  /** Packed floats and doubles lie there as raw data does. */
  private void values(ProtoReader in, Data kind) throws WeightsFileException {
    if (!in.isOfBytes()) { // one of a list that is not packed
      inPieces = true;
    } else if (in.length() > 0) {
      inPieces |= data != Data.NONE;
      data = kind;
      begin = in.begin();
      bytes = in.length();
    }
  }

  private void numbers(ProtoReader in, Data kind) throws WeightsFileException {
    boolean whole = numbers.isEmpty() && in.isOfBytes();
    in.numbers(numbers, OnnxTensor.MAX_NUMBERS);
    if (!numbers.isEmpty()) {
      inPieces |= data != Data.NONE && data != kind;
      data = kind;
      begin = whole ? in.begin() : 0;
      bytes = whole ? in.length() : 0;
    }
  }

  private void entry(ProtoReader in) throws WeightsFileException {
    OnnxEntry entry = OnnxEntry.parse(in);
    if (beside.size() < MAX_ENTRIES) {
      beside.put(entry.key(), entry.value());
    }
  }

  private OnnxTensor result() throws WeightsFileException {
    if (inPieces) {
      throw faults.ofTensor(Code.UNSUPPORTED_ONNX, name, "has its values in several pieces");
    }
    if (location == BESIDE) {
      return beside();
    }
    if (location != 0) {
      throw faults.ofTensor(Code.BAD_ONNX, name, "lies nowhere that ONNX knows");
    }
    return new OnnxTensor(name, dims, type, data, begin, bytes, numbers, null, false);
  }

  private OnnxTensor beside() throws WeightsFileException {
    String file = beside.get("location");
    if (file == null) {
      throw faults.ofTensor(Code.BAD_ONNX, name, "lies in another file, and none is named");
    }
    long from = whole(beside.getOrDefault("offset", "0"));
    String length = beside.get("length");
    return new OnnxTensor(
        name,
        dims,
        type,
        Data.BESIDE,
        from,
        length == null ? -1 : whole(length),
        List.of(),
        file,
        false);
  }

  private long whole(String text) throws WeightsFileException {
    try {
      long number = Long.parseLong(text);
      if (number >= 0) {
        return number;
      }
    } catch (NumberFormatException _) {
      // Falls through to the common refusal.
    }
    throw faults.ofTensor(Code.BAD_ONNX, name, "lies at an offset that is no whole number");
  }
}
