package org.resnet4j.cuda.library;

import java.lang.foreign.Arena;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.resnet4j.cuda.driver.CudaException;

/**
 * Calls the functions of one library. Here, and only here, a status becomes an exception. A call
 * boxes its arguments, which is little beside what these libraries do in one. Immutable; as
 * thread-safe as the functions called.
 */
public final class NativeCalls {
  private static final long TEXT_BYTES = 4096;

  private final Map<NativeFunction, MethodHandle> handles;
  private final StatusText statusText;

  private NativeCalls(Map<NativeFunction, MethodHandle> handles, StatusText statusText) {
    this.handles = Map.copyOf(handles);
    this.statusText = statusText;
  }

  /** Tells of a failed call, right after it on the same thread. */
  @FunctionalInterface
  public interface StatusText {
    /** What a status means; may call functions that return no status. */
    Meaning of(NativeCalls calls, int status);
  }

  /**
   * What a status means.
   *
   * @param name in C
   * @param detail what else the library says of this failure; may be empty
   */
  public record Meaning(String name, String detail) {}

  /**
   * Binds functions.
   *
   * @param statusText explains a status other than 0
   * @throws MissingFunctionException if the library lacks any of them; it names all
   */
  @SuppressWarnings("restricted")
  public static NativeCalls bind(
      SymbolLookup symbols, List<NativeFunction> functions, StatusText statusText)
      throws MissingFunctionException {
    Map<NativeFunction, MethodHandle> handles = new HashMap<>();
    List<String> missing = new ArrayList<>();
    for (NativeFunction function : functions) {
      MemorySegment address = symbols.find(function.name()).orElse(MemorySegment.NULL);
      if (address.address() == 0) {
        missing.add(function.name());
      } else {
        handles.put(function, handle(address, function));
      }
    }
    if (!missing.isEmpty()) {
      throw new MissingFunctionException(missing);
    }
    return new NativeCalls(handles, statusText);
  }

  @SuppressWarnings("restricted")
  private static MethodHandle handle(MemorySegment address, NativeFunction function) {
    return Linker.nativeLinker()
        .downcallHandle(address, function.descriptor())
        .asSpreader(Object[].class, function.parameters().size())
        .asType(MethodType.methodType(Object.class, Object[].class));
  }

  /**
   * Calls a function that returns a status.
   *
   * @throws CudaException if it is not 0
   */
  public void call(NativeFunction function, Object... arguments) {
    int status = (int) invoke(function, arguments);
    if (status != 0) {
      Meaning meaning = statusText.of(this, status);
      throw new CudaException(
          function.name(), status, meaning.name(), function.text(arguments), meaning.detail());
    }
  }

  /**
   * Calls a function that returns a status and writes a handle or a size through its last
   * parameter.
   *
   * @param arguments all but the last
   * @return what was written
   * @throws CudaException if the status is not 0
   */
  public long written(NativeFunction function, Object... arguments) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment last = arena.allocate(ValueLayout.JAVA_LONG);
      Object[] all = Arrays.copyOf(arguments, arguments.length + 1);
      all[arguments.length] = last;
      call(function, all);
      return last.get(ValueLayout.JAVA_LONG, 0);
    }
  }

  /**
   * Calls a function that returns a status and writes a new object's handle through its first
   * parameter.
   *
   * @param arguments all but the first
   * @return the handle
   * @throws CudaException if the status is not 0
   */
  public long created(NativeFunction function, Object... arguments) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment first = arena.allocate(ValueLayout.JAVA_LONG);
      Object[] all = new Object[arguments.length + 1];
      all[0] = first;
      System.arraycopy(arguments, 0, all, 1, arguments.length);
      call(function, all);
      return first.get(ValueLayout.JAVA_LONG, 0);
    }
  }

  /** Calls a function that returns a size. */
  public long size(NativeFunction function, Object... arguments) {
    return (long) invoke(function, arguments);
  }

  /** Calls a function that returns text. */
  @SuppressWarnings("restricted")
  public String text(NativeFunction function, Object... arguments) {
    MemorySegment text = (MemorySegment) invoke(function, arguments);
    return text.address() == 0 ? "" : text.reinterpret(TEXT_BYTES).getString(0);
  }

  /** Calls a function that returns nothing. */
  public void run(NativeFunction function, Object... arguments) {
    invoke(function, arguments);
  }

  private Object invoke(NativeFunction function, Object... arguments) {
    MethodHandle handle = handles.get(function);
    if (handle == null) {
      throw new IllegalArgumentException(function.name() + " is not bound");
    }
    try {
      return handle.invokeExact(arguments);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(function.name(), e); // no function declares one
    }
  }
}
