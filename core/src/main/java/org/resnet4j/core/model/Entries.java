package org.resnet4j.core.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.resnet4j.core.text.Quote;

/**
 * Keys and values that a file has about its model: JSON's own, or strings that mean the same, also
 * as Python prints tuples and lists. A key that is absent is absent; one that is there must be
 * right.
 *
 * @param file what messages call the file
 * @param what the entries are, such as {@code "metadata"}: begins every message
 * @param remedy ends every message
 * @param values all keys, of which any number may be nobody's
 */
record Entries(String file, String what, String remedy, Map<String, ?> values) {
  private static final Pattern BRACKETS = Pattern.compile("\\((.*?),?\\)|\\[(.*?),?\\]");

  boolean has(String key) {
    return values.containsKey(key);
  }

  /** The string under {@code key}, or null. */
  @Nullable String text(String key) throws ModelFileException {
    Object value = values.get(key);
    if (value == null || value instanceof String) {
      return (String) value;
    }
    throw bad(key, "is " + show(value) + ", which is no string");
  }

  /** The truth under {@code key}, or null. */
  @Nullable Boolean flag(String key) throws ModelFileException {
    Object value = values.get(key);
    if (value == null || value instanceof Boolean) {
      return (Boolean) value;
    }
    throw bad(key, "is " + show(value) + ", which is neither true nor false");
  }

  /** The integer from 1 to {@code max} under {@code key}, or null. */
  @Nullable Integer integer(String key, int max) throws ModelFileException {
    Object value = values.get(key);
    return value == null ? null : integer(key, value, max);
  }

  private int integer(String key, Object value, int max) throws ModelFileException {
    try {
      int number =
          switch (value) {
            case String text -> Integer.parseInt(text.strip());
            case Integer integer -> integer;
            default -> 0;
          };
      if (number >= 1 && number <= max) {
        return number;
      }
    } catch (NumberFormatException _) {
      // Falls through to the common refusal.
    }
    throw bad(key, "is " + show(value) + ", which is no integer from 1 to " + max);
  }

  /** One or more integers from 1 to {@code max} under {@code key}, or null. */
  @Nullable List<Integer> integers(String key, int max) throws ModelFileException {
    List<Object> parts = list(key);
    if (parts == null) {
      return null;
    }
    List<Integer> integers = new ArrayList<>(parts.size());
    for (Object part : parts) {
      integers.add(integer(key, part, max));
    }
    return integers;
  }

  /** One or more finite numbers above {@code bound} under {@code key}, or null. */
  @Nullable List<Float> numbers(String key, float bound) throws ModelFileException {
    List<Object> parts = list(key);
    if (parts == null) {
      return null;
    }
    List<Float> numbers = new ArrayList<>(parts.size());
    for (Object part : parts) {
      numbers.add(number(key, part, bound));
    }
    return numbers;
  }

  private float number(String key, Object value, float bound) throws ModelFileException {
    try {
      float number =
          switch (value) {
            case String text -> Float.parseFloat(text.strip());
            case Number any -> any.floatValue();
            default -> Float.NaN;
          };
      if (Float.isFinite(number) && number > bound) {
        return number;
      }
    } catch (NumberFormatException _) {
      // Falls through to the common refusal.
    }
    String needed = bound == 0 ? "positive number" : "finite number";
    throw bad(key, "has " + show(value) + ", which is no " + needed);
  }

  /** The values of a list, or the only one; null if there is no such key. */
  private @Nullable List<Object> list(String key) throws ModelFileException {
    Object value = values.get(key);
    return switch (value) {
      case null -> null;
      case List<?> list -> {
        if (list.isEmpty() || list.contains(null)) {
          throw bad(key, "is " + show(list) + ", which is no list of values");
        }
        yield List.copyOf(list);
      }
      case String text -> {
        var brackets = BRACKETS.matcher(text.strip());
        String inner =
            !brackets.matches()
                ? text
                : brackets.group(1) != null ? brackets.group(1) : brackets.group(2);
        yield List.of((Object[]) inner.split(",", -1));
      }
      default -> List.of(value);
    };
  }

  /** A short form of a value for a message. */
  static String show(Object value) {
    return Quote.name(value instanceof String text ? text : String.valueOf(value));
  }

  /** The same with another end of every message. */
  Entries withRemedy(String other) {
    return new Entries(file, what, other, values);
  }

  /** About one key: {@code problem} follows its name. */
  ModelFileException bad(String key, String problem) {
    return new ModelFileException(file, what + " " + Quote.name(key) + " " + problem, remedy);
  }

  /** Refuses another {@code num_classes} than the classifier has. */
  void checkClasses(int classes) throws ModelFileException {
    Integer stated = integer("num_classes", ResNetSpec.MAX_CLASSES);
    if (stated != null && stated != classes) {
      throw withRemedy("correct it, or use the weights that it is about")
          .bad(
              "num_classes",
              "is " + stated + ", but fc.weight has " + classes + " classes, and that counts");
    }
  }
}
