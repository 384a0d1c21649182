package org.resnet4j.bench.peer;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import org.jspecify.annotations.Nullable;

/**
 * Classes that exist at run time only. A name or signature that is not there is a {@link
 * ReflectiveOperationException}: the version fetched is not the one this was written for.
 */
final class Foreign {
  private final ClassLoader loader;

  Foreign(ClassLoader loader) {
    this.loader = loader;
  }

  Class<?> type(String name) throws ClassNotFoundException {
    return Class.forName(name, true, loader);
  }

  /** A constant of an enum. */
  Object constant(String type, String name) throws ReflectiveOperationException {
    return type(type).getField(name).get(null);
  }

  /** Calls a constructor. */
  Object create(String type, Class<?>[] parameters, Object... arguments)
      throws ReflectiveOperationException {
    Constructor<?> constructor = type(type).getConstructor(parameters);
    try {
      return constructor.newInstance(arguments);
    } catch (InvocationTargetException e) {
      throw failed(type, e);
    }
  }

  /** A public method, for several calls. */
  Method method(String type, String name, Class<?>... parameters)
      throws ReflectiveOperationException {
    return type(type).getMethod(name, parameters);
  }

  /**
   * Calls a method; on null, a static one.
   *
   * @throws IllegalStateException if it throws, with what it says
   */
  static Object invoke(Method method, @Nullable Object target, Object... arguments) {
    try {
      return method.invoke(target, arguments);
    } catch (InvocationTargetException e) {
      throw failed(method.getName(), e);
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(method + " is not public", e);
    }
  }

  private static IllegalStateException failed(String what, InvocationTargetException e) {
    return new IllegalStateException(what + ": " + e.getCause(), e.getCause());
  }
}
