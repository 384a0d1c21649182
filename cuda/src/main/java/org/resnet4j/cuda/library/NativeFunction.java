package org.resnet4j.cuda.library;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;

/**
 * A C function: its name and signature, declared once. Immutable and thread-safe.
 *
 * @param name as exported
 * @param result what it returns
 * @param parameters in order
 */
public record NativeFunction(String name, Result result, List<Parameter> parameters) {
  /** What a function returns. */
  public enum Result {
    /** An {@code int} where 0 is success. */
    STATUS,
    /** A {@code size_t}. */
    SIZE,
    /** Text that the library owns. */
    TEXT,
    /** Nothing. */
    NONE
  }

  /** How a parameter is passed; all sizes are those of 64-bit Linux. */
  public enum Kind {
    /** A handle, descriptor, stream or device address: a pointer that the host never follows. */
    OPAQUE(ValueLayout.JAVA_LONG),
    /** A pointer to host memory. */
    HOST(ValueLayout.ADDRESS),
    /** {@code int} or an enumeration. */
    INT32(ValueLayout.JAVA_INT),
    /** {@code size_t} or {@code int64_t}. */
    INT64(ValueLayout.JAVA_LONG),
    /** {@code double}. */
    FLOAT64(ValueLayout.JAVA_DOUBLE);

    @SuppressWarnings("ImmutableEnumChecker") // layouts are immutable
    private final ValueLayout layout;

    Kind(ValueLayout layout) {
      this.layout = layout;
    }
  }

  /**
   * One parameter.
   *
   * @param name for error messages
   * @param kind how it is passed
   */
  public record Parameter(String name, Kind kind) {}

  /** Copies the list. */
  public NativeFunction {
    parameters = List.copyOf(parameters);
  }

  /**
   * A function that returns a status. A parameter is written as its kind's letter, a colon and its
   * name: {@code p} opaque, {@code h} host memory, {@code i} int32, {@code l} int64, {@code d}
   * float64.
   */
  public static NativeFunction of(String name, String... parameters) {
    return of(Result.STATUS, name, parameters);
  }

  /** As {@link #of(String, String...)}, with another result. */
  public static NativeFunction of(Result result, String name, String... parameters) {
    return new NativeFunction(
        name, result, Arrays.stream(parameters).map(NativeFunction::parameter).toList());
  }

  private static Parameter parameter(String text) {
    Kind kind =
        switch (text.substring(0, 2)) {
          case "p:" -> Kind.OPAQUE;
          case "h:" -> Kind.HOST;
          case "i:" -> Kind.INT32;
          case "l:" -> Kind.INT64;
          case "d:" -> Kind.FLOAT64;
          default -> throw new IllegalArgumentException("parameter " + text);
        };
    return new Parameter(text.substring(2), kind);
  }

  FunctionDescriptor descriptor() {
    MemoryLayout[] layouts =
        parameters.stream().map(p -> p.kind().layout).toArray(MemoryLayout[]::new);
    return switch (result) {
      case STATUS -> FunctionDescriptor.of(ValueLayout.JAVA_INT, layouts);
      case SIZE -> FunctionDescriptor.of(ValueLayout.JAVA_LONG, layouts);
      case TEXT -> FunctionDescriptor.of(ValueLayout.ADDRESS, layouts);
      case NONE -> FunctionDescriptor.ofVoid(layouts);
    };
  }

  /** Arguments by name; addresses and handles as debuggers show them. */
  String text(Object... arguments) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < arguments.length; i++) {
      Parameter parameter = parameters.get(i);
      if (parameter.kind() != Kind.HOST) {
        text.append(text.isEmpty() ? "" : ", ").append(parameter.name()).append(' ');
        boolean opaque = parameter.kind() == Kind.OPAQUE;
        text.append(opaque ? "0x" + Long.toHexString((Long) arguments[i]) : arguments[i]);
      }
    }
    return text.toString();
  }
}
