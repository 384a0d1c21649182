package org.resnet4j.core.weights.pytorch;

import java.util.Comparator;
import java.util.List;
import org.resnet4j.core.weights.DType;

/** What a pickle of weights is made of beside strings, numbers, lists and maps. */
sealed interface Pickled {
  /** Python's {@code None}. */
  enum None implements Pickled {
    NONE
  }

  /** A tuple, which cannot be changed. */
  record Tuple(List<Object> items) implements Pickled {}

  /**
   * A name of Python's, such as {@code collections.OrderedDict}: never looked up, only compared.
   */
  record Name(String module, String name) implements Pickled {
    @Override
    public String toString() {
      return module + "." + name;
    }
  }

  /**
   * A run of elements in the file. In an order, so that maps find them also among others of their
   * hash.
   *
   * @param key what the file calls it
   * @param elements how many there are said to be
   */
  record Storage(DType dtype, String key, long elements) implements Pickled, Comparable<Storage> {
    private static final Comparator<Storage> ORDER =
        Comparator.comparing(Storage::key)
            .thenComparing(Storage::dtype)
            .thenComparingLong(Storage::elements);

    @Override
    public int compareTo(Storage other) {
      return ORDER.compare(this, other);
    }
  }

  /**
   * A tensor's place in a storage: element {@code (i, j, ...)} is the storage's {@code offset + i *
   * strides[0] + j * strides[1] + ...}.
   */
  record View(Storage storage, long offset, List<Long> shape, List<Long> strides)
      implements Pickled {
    /** Whether its elements follow each other, the last index fastest. */
    boolean isContiguous() {
      long expected = 1;
      for (int axis = shape.size() - 1; axis >= 0; axis--) {
        if (shape.get(axis) != 1 && strides.get(axis) != expected) {
          return false;
        }
        expected *= shape.get(axis);
      }
      return true;
    }

    /** Elements of the storage from the view's first to its last, which are read for it. */
    long span() {
      if (elements() == 0) {
        return 0;
      }
      long span = 1;
      for (int axis = 0; axis < shape.size(); axis++) {
        span += (shape.get(axis) - 1) * strides.get(axis);
      }
      return span;
    }

    /** How many elements it has, at most as many as its storage. */
    long elements() {
      return shape.stream().reduce(1L, (a, b) -> a * b);
    }
  }
}
