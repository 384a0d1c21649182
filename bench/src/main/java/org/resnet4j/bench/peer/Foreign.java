package org.resnet4j.bench.peer;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
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

  ClassLoader loader() {
    return loader;
  }

  /** A library of the system's kind cannot be written or loaded. */
  PeerException notLoaded(String peer, Throwable error) {
    Throwable cause = error;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return new PeerException(
        peer,
        "its library cannot be loaded from %s: %s"
            .formatted(System.getProperty("java.io.tmpdir"), cause.getMessage()),
        "make room there, or name another folder, where programs may lie:"
            + " RESNET4J_JAVA_OPTS=-Djava.io.tmpdir=FOLDER",
        error);
  }

  /** A class is not there. */
  PeerException incomplete(String peer, ClassNotFoundException error) {
    URL[] jars = loader instanceof URLClassLoader of ? of.getURLs() : new URL[0];
    Path folder = jars.length == 0 ? null : Path.of(jars[0].getPath()).getParent();
    Object where = folder == null ? "bench/target/peers" : folder;
    return new PeerException(
        peer,
        "its jars lack " + error.getMessage(),
        "remove the folder %s, and they are fetched again".formatted(where),
        error);
  }

  private static IllegalStateException failed(String what, InvocationTargetException e) {
    return new IllegalStateException(what + ": " + e.getCause(), e.getCause());
  }
}
