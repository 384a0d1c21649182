package org.resnet4j.core.weights.pytorch;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.resnet4j.core.text.Quote;
import org.resnet4j.core.weights.WeightsFileException;
import org.resnet4j.core.weights.WeightsFileException.Code;
import org.resnet4j.core.weights.content.Faults;
import org.resnet4j.core.weights.pytorch.Pickled.Name;
import org.resnet4j.core.weights.pytorch.Pickled.None;
import org.resnet4j.core.weights.pytorch.Pickled.Storage;
import org.resnet4j.core.weights.pytorch.Pickled.Tuple;

/**
 * Reads one pickle of Python values that weights files have: dictionaries, lists, tuples, numbers,
 * strings and tensors. A pickle is a program for a stack machine that may call what it names; here
 * a call is one of {@link Rebuilding}'s or refused by its name, and nothing is ever run.
 *
 * <p>Memory grows with the pickle's length only. Nothing is read recursively, and its steps are
 * counted, and so is what it takes to compare a dictionary's keys, which are strings or numbers.
 *
 * <p>Source: {@code pickletools} of Python, protocols 2 to 5.
 */
final class Unpickler {
  private static final int MAX_INTEGER_BYTES = 64;

  private final PickleInput in;
  private final Faults faults;
  private final Rebuilding rebuilding;
  private final Map<Integer, Object> memo = new HashMap<>();
  private final Map<String, Storage> storages = new LinkedHashMap<>();
  private List<Object> stack = new ArrayList<>();
  private final Deque<List<Object>> marked = new ArrayDeque<>();

  /** For one pickle, which is next in {@code in}. */
  Unpickler(PickleInput in, Faults faults) {
    this.in = in;
    this.faults = faults;
    this.rebuilding = new Rebuilding(in, faults);
  }

  /**
   * The value.
   *
   * @return a {@link Map}, {@link List}, {@link String}, {@link Long}, {@link BigInteger}, {@link
   *     Double}, {@link Boolean} or {@link Pickled}
   * @throws WeightsFileException if the pickle is damaged or says what is not allowed
   */
  Object read() throws WeightsFileException {
    for (int code = in.unsigned(); code != '.'; code = in.unsigned()) {
      in.count(1);
      execute(code);
    }
    Object value = pop();
    if (!stack.isEmpty() || !marked.isEmpty()) {
      throw in.bad("has values left over in its pickle");
    }
    return value;
  }

  /** Every storage that the pickle named, by its key; the first of several types counts. */
  Map<String, Storage> storages() {
    return Collections.unmodifiableMap(storages);
  }

  private void execute(int code) throws WeightsFileException {
    switch (code) {
      case 0x80 -> protocol(in.unsigned()); // PROTO
      case 0x95 -> in.bytes8(); // FRAME: a hint for buffers
      case '(' -> mark();
      case 'N' -> push(None.NONE);
      case 0x88 -> push(true);
      case 0x89 -> push(false);
      case 'K' -> push((long) in.unsigned()); // BININT1
      case 'M' -> push((long) (in.bytes(2).getShort() & 0xFFFF)); // BININT2
      case 'J' -> push((long) in.bytes(4).getInt()); // BININT
      case 0x8a -> push(integer(in.unsigned())); // LONG1
      case 0x8b -> push(integer(unsigned4())); // LONG4
      case 'G' -> push(in.bytes(8).order(ByteOrder.BIG_ENDIAN).getDouble()); // BINFLOAT
      case 'X' -> push(in.text(unsigned4())); // BINUNICODE
      case 0x8c -> push(in.text(in.unsigned())); // SHORT_BINUNICODE
      case 0x8d -> push(in.text(in.bytes8())); // BINUNICODE8
      case 'U' -> push(in.text(in.unsigned())); // SHORT_BINSTRING, Python 2
      case 'T' -> push(in.text(unsigned4())); // BINSTRING
      case '}' -> push(new LinkedHashMap<>());
      case ']' -> push(new ArrayList<>());
      case ')' -> push(new Tuple(List.of()));
      case 't' -> push(new Tuple(popMarked()));
      case 0x85 -> tuple(1);
      case 0x86 -> tuple(2);
      case 0x87 -> tuple(3);
      case 'a' -> append(popLast(1)); // APPEND
      case 'e' -> append(popMarked()); // APPENDS
      case 's' -> set(popLast(2)); // SETITEM
      case 'u' -> set(popMarked()); // SETITEMS
      case 'q' -> memo.put(in.unsigned(), peek()); // BINPUT
      case 'r' -> memo.put(in.bytes(4).getInt(), peek()); // LONG_BINPUT
      case 0x94 -> memo.put(memo.size(), peek()); // MEMOIZE
      case 'h' -> recall(in.unsigned()); // BINGET
      case 'j' -> recall(in.bytes(4).getInt()); // LONG_BINGET
      case 'c' -> push(rebuilding.name(in.line(), in.line())); // GLOBAL
      case 0x93 -> stackGlobal();
      case 'Q' -> storage(); // BINPERSID
      case 'R' -> call();
      case 'b' -> build();
      case '0' -> pop();
      default -> throw in.bad("has the code " + code + " in its pickle, which no weights need");
    }
  }

  private void protocol(int version) throws WeightsFileException {
    if (version < 2 || version > 5) {
      throw in.bad("has a pickle of protocol " + version + ", and 2 to 5 are read");
    }
  }

  private long unsigned4() throws WeightsFileException {
    return in.bytes(4).getInt() & 0xFFFFFFFFL;
  }

  private Object integer(long bytes) throws WeightsFileException {
    if (bytes > MAX_INTEGER_BYTES) {
      throw in.bad("has an integer of " + bytes + " bytes in its pickle");
    }
    if (bytes == 0) {
      return 0L;
    }
    ByteBuffer little = in.bytes(bytes);
    byte[] big = new byte[little.remaining()];
    for (int i = big.length - 1; i >= 0; i--) {
      big[i] = little.get();
    }
    BigInteger value = new BigInteger(big);
    if (value.bitLength() < Long.SIZE) {
      return value.longValue();
    }
    return value;
  }

  private void push(Object value) {
    stack.add(value);
  }

  private Object peek() throws WeightsFileException {
    if (stack.isEmpty()) {
      throw in.bad("has a pickle that takes more than it made");
    }
    return stack.getLast();
  }

  private Object pop() throws WeightsFileException {
    peek();
    return stack.removeLast();
  }

  private void mark() {
    marked.push(stack);
    stack = new ArrayList<>();
  }

  private List<Object> popMarked() throws WeightsFileException {
    if (marked.isEmpty()) {
      throw in.bad("has a pickle that takes more than it made");
    }
    List<Object> items = stack;
    stack = marked.pop();
    return items;
  }

  private List<Object> popLast(int count) throws WeightsFileException {
    if (stack.size() < count) {
      throw in.bad("has a pickle that takes more than it made");
    }
    List<Object> last = stack.subList(stack.size() - count, stack.size());
    List<Object> items = new ArrayList<>(last);
    last.clear();
    return items;
  }

  private void tuple(int count) throws WeightsFileException {
    push(new Tuple(popLast(count)));
  }

  @SuppressWarnings("unchecked") // this machine makes no other lists
  private void append(List<Object> items) throws WeightsFileException {
    if (!(peek() instanceof List<?> list)) {
      throw in.bad("appends to what is no list in its pickle");
    }
    ((List<Object>) list).addAll(items);
  }

  @SuppressWarnings("unchecked") // this machine makes no other maps
  private void set(List<Object> items) throws WeightsFileException {
    if (!(peek() instanceof Map<?, ?> map) || items.size() % 2 != 0) {
      throw in.bad("sets keys of what is no dictionary in its pickle");
    }
    for (int i = 0; i < items.size(); i += 2) {
      Object key = items.get(i);
      checkKey(key, map);
      ((Map<Object, Object>) map).put(key, items.get(i + 1));
    }
  }

  /** Keys of one type, which are found at once whatever they are. */
  private void checkKey(Object key, Map<?, ?> map) throws WeightsFileException {
    if (key instanceof String text) {
      in.key(text);
    } else if (!(key instanceof Long)) {
      throw in.bad("has a key in its pickle that is neither a name nor a number");
    }
    if (!map.isEmpty() && map.keySet().iterator().next().getClass() != key.getClass()) {
      throw in.bad("has names and numbers as keys of one dictionary in its pickle");
    }
  }

  private void recall(int index) throws WeightsFileException {
    Object value = memo.get(index);
    if (value == null) {
      throw in.bad("recalls what it never kept in its pickle");
    }
    push(value);
  }

  private void stackGlobal() throws WeightsFileException {
    List<Object> names = popLast(2);
    if (!(names.getFirst() instanceof String module) || !(names.getLast() instanceof String name)) {
      throw in.bad("has a name in its pickle that is no string");
    }
    push(rebuilding.name(module, name));
  }

  private void storage() throws WeightsFileException {
    Storage storage = rebuilding.storage(pop());
    storages.putIfAbsent(storage.key(), storage);
    push(storage);
  }

  private void call() throws WeightsFileException {
    List<Object> call = popLast(2);
    if (!(call.getFirst() instanceof Name name) || !(call.getLast() instanceof Tuple arguments)) {
      throw in.bad("calls what is no name in its pickle");
    }
    push(rebuilding.call(name, arguments.items()));
  }

  /** The attributes of an ordered dictionary, such as {@code _metadata}, are nobody's. */
  private void build() throws WeightsFileException {
    pop();
    if (!(peek() instanceof Map<?, ?>)) {
      throw faults.of(
          Code.FORBIDDEN_PICKLE,
          "sets attributes of " + Quote.name(kind(peek())) + " in its pickle");
    }
  }

  private static String kind(Object value) {
    return value instanceof Pickled pickled ? pickled.getClass().getSimpleName() : "a value";
  }
}
