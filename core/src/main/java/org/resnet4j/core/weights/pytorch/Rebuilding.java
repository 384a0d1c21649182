package org.resnet4j.core.weights.pytorch;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.resnet4j.core.text.Quote;
import org.resnet4j.core.weights.DType;
import org.resnet4j.core.weights.WeightsFileException;
import org.resnet4j.core.weights.WeightsFileException.Code;
import org.resnet4j.core.weights.content.Faults;
import org.resnet4j.core.weights.pytorch.Pickled.Name;
import org.resnet4j.core.weights.pytorch.Pickled.Storage;
import org.resnet4j.core.weights.pytorch.Pickled.Tuple;
import org.resnet4j.core.weights.pytorch.Pickled.View;

/**
 * The names that a pickle of weights may have, and what is made when it calls one: the whole of
 * what a file can bring about. Sizes are checked here, before anyone allocates by them.
 *
 * <p>Source: {@code torch._utils} and {@code torch.serialization} of PyTorch.
 */
final class Rebuilding {
  private static final Name ORDERED_DICT = new Name("collections", "OrderedDict");
  private static final Name COUNTER = new Name("collections", "Counter"); // of some schedulers
  private static final Name TENSOR = new Name("torch._utils", "_rebuild_tensor_v2");
  private static final Name OLD_TENSOR = new Name("torch._utils", "_rebuild_tensor"); // 0.3
  private static final Name OLD_PARAMETER = new Name("torch.nn.parameter", "Parameter");
  private static final Name PARAMETER = new Name("torch._utils", "_rebuild_parameter");
  private static final Name SIZE = new Name("torch", "Size");
  private static final int MAX_RANK = 64;

  /** Elements of a vector that repeats one, as expand() makes it. */
  private static final int MAX_REPEATED = 1 << 16;

  /** The argument of a tensor that says what its elements are beside its storage's. */
  private static final int METADATA = 6;

  private static final Map<String, DType> STORAGES =
      Map.of(
          "FloatStorage", DType.F32,
          "HalfStorage", DType.F16,
          "BFloat16Storage", DType.BF16,
          "DoubleStorage", DType.F64,
          "LongStorage", DType.I64,
          "IntStorage", DType.I32,
          "ShortStorage", DType.I16,
          "CharStorage", DType.I8,
          "ByteStorage", DType.U8,
          "BoolStorage", DType.BOOL);

  private final PickleInput in;
  private final Faults faults;

  Rebuilding(PickleInput in, Faults faults) {
    this.in = in;
    this.faults = faults;
  }

  /** A name that is allowed. */
  Name name(String module, String name) throws WeightsFileException {
    Name found = new Name(module, name);
    boolean storage = module.equals("torch") && STORAGES.containsKey(name);
    if (storage
        || found.equals(ORDERED_DICT)
        || found.equals(COUNTER)
        || found.equals(TENSOR)
        || found.equals(OLD_TENSOR)
        || found.equals(PARAMETER)
        || found.equals(OLD_PARAMETER)
        || found.equals(SIZE)) {
      return found;
    }
    throw faults.of(
        Code.FORBIDDEN_PICKLE,
        "asks for "
            + Quote.name(found.toString())
            + " in its pickle, and nothing but tensors is taken from one");
  }

  /** What a persistent identifier stands for: {@code ("storage", type, key, device, elements)}. */
  Storage storage(Object identifier) throws WeightsFileException {
    if (identifier instanceof Tuple(List<Object> items)
        && items.size() >= 5
        && "storage".equals(items.get(0))
        && items.get(1) instanceof Name type
        && items.get(2) instanceof String key
        && items.get(4) instanceof Long elements
        && elements >= 0) {
      if (items.size() > 5 && items.get(5) != Pickled.None.NONE) {
        throw in.bad("has a storage that is a view of another in its pickle");
      }
      DType dtype = STORAGES.get(type.name());
      if (dtype != null) {
        return new Storage(dtype, in.key(key), elements);
      }
    }
    throw in.bad("refers to what is no storage in its pickle");
  }

  /** What a call makes. */
  Object call(Name name, List<Object> arguments) throws WeightsFileException {
    if (name.equals(ORDERED_DICT)) {
      return orderedDict(arguments);
    } else if (name.equals(TENSOR) || name.equals(OLD_TENSOR)) {
      return tensor(arguments);
    } else if ((name.equals(PARAMETER) || name.equals(OLD_PARAMETER)) && !arguments.isEmpty()) {
      return arguments.getFirst(); // (tensor, requires_grad, hooks)
    } else if (name.equals(SIZE) && arguments.size() == 1) {
      return arguments.getFirst();
    } else if (name.equals(COUNTER)
        && arguments.size() == 1
        && arguments.getFirst() instanceof Map) {
      return arguments.getFirst();
    }
    throw in.bad("calls " + name + " in its pickle as PyTorch does not");
  }

  /** Empty, or from a list of pairs, as Python 2 has it. */
  private Map<Object, Object> orderedDict(List<Object> arguments) throws WeightsFileException {
    Map<Object, Object> map = new LinkedHashMap<>();
    if (arguments.isEmpty()) {
      return map;
    }
    if (arguments.size() == 1 && arguments.getFirst() instanceof List<?> pairs) {
      in.count(pairs.size());
      for (Object pair : pairs) {
        Object items = pair instanceof Tuple tuple ? tuple.items() : pair;
        if (!(items instanceof List<?> entry)
            || entry.size() != 2
            || !(entry.getFirst() instanceof String key)) {
          throw in.bad("has an ordered dictionary of no pairs in its pickle");
        }
        map.put(in.key(key), entry.getLast());
      }
      return map;
    }
    throw in.bad("has an ordered dictionary of no pairs in its pickle");
  }

  /**
   * {@code (storage, offset, size, stride, requires_grad, hooks, metadata)}, the last since PyTorch
   * 2.1 and only of tensors whose elements are not what lies in the storage, such as negated ones.
   */
  private View tensor(List<Object> arguments) throws WeightsFileException {
    if (arguments.size() < 4
        || !(arguments.get(0) instanceof Storage storage)
        || !(arguments.get(1) instanceof Long offset)
        || !(arguments.get(2) instanceof Tuple size)
        || !(arguments.get(3) instanceof Tuple stride)) {
      throw in.bad("rebuilds a tensor in its pickle as PyTorch does not");
    }
    if (arguments.size() > METADATA
        && arguments.get(METADATA) != Pickled.None.NONE
        && !(arguments.get(METADATA) instanceof Map<?, ?> metadata && metadata.isEmpty())) {
      throw in.bad("has a tensor in its pickle that is a negated or other view of its elements");
    }
    List<Long> shape = lengths(size);
    List<Long> strides = lengths(stride);
    if (shape.size() != strides.size() || shape.size() > MAX_RANK || offset < 0) {
      throw in.bad("has a tensor of extents " + brief(shape) + " and strides " + brief(strides));
    }
    checkInside(storage, offset, shape, strides);
    return new View(storage, offset, shape, strides);
  }

  private List<Long> lengths(Tuple tuple) throws WeightsFileException {
    List<Long> lengths = new ArrayList<>();
    for (Object item : tuple.items()) {
      if (!(item instanceof Long length) || length < 0) {
        throw in.bad("has a tensor in its pickle whose extents are no numbers");
      }
      lengths.add(length);
    }
    return List.copyOf(lengths);
  }

  /**
   * A tensor has its elements in its storage, and no more of them than that, but for vectors: one
   * that repeats elements could ask for any amount of memory.
   */
  private void checkInside(Storage storage, long offset, List<Long> shape, List<Long> strides)
      throws WeightsFileException {
    long most = Math.max(storage.elements(), shape.size() == 1 ? MAX_REPEATED : 0);
    try {
      long elements = 1;
      long last = offset;
      for (int axis = 0; axis < shape.size(); axis++) {
        elements = Math.multiplyExact(elements, shape.get(axis));
        long steps = Math.max(0, shape.get(axis) - 1);
        last = Math.addExact(last, Math.multiplyExact(steps, strides.get(axis)));
      }
      if (elements == 0 || (elements <= most && last < storage.elements())) {
        return;
      }
    } catch (ArithmeticException _) {
      // Falls through to the common refusal.
    }
    throw in.bad(
        "has a tensor of extents "
            + brief(shape)
            + " and strides "
            + brief(strides)
            + " in a storage of "
            + storage.elements()
            + " elements");
  }

  private static String brief(List<Long> values) {
    return Quote.brief(values.toString());
  }
}
