package org.resnet4j.core.conformance;

import java.io.File;
import java.lang.reflect.Constructor;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Classes that are used for the first time at the end of a stack. */
public final class FirstUse {
  private FirstUse() {}

  /** Reads a file with classes of this library. */
  public interface Call extends Consumer<Path> {
    /** Reads it. */
    void read(Path file) throws Exception;

    @Override
    default void accept(Path file) {
      try {
        read(file);
      } catch (RuntimeException e) {
        throw e;
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }
  }

  /**
   * Loads classes anew and makes a call of them from the end of a stack upwards until it does not
   * overflow any more.
   *
   * @param call has a constructor without parameters
   * @param needs in what folders and jars there are classes that it uses
   * @return the same call, with those classes as that left them
   */
  public static Consumer<Path> atTheEndOfAStack(
      Class<? extends Call> call, Path file, Class<?>... needs) throws Exception {
    Class<?>[] all =
        Stream.concat(Stream.of(call, Call.class), Stream.of(needs)).toArray(Class<?>[]::new);
    URLClassLoader loader =
        new URLClassLoader(urls(ClassPath.of(all)), ClassLoader.getPlatformClassLoader());
    Constructor<?> constructor = loader.loadClass(call.getName()).getDeclaredConstructor();
    constructor.setAccessible(true);
    @SuppressWarnings("unchecked") // of another loader, a Call is no Call here
    Consumer<Path> made = (Consumer<Path>) constructor.newInstance();
    DeepCalls.fromTheEnd(new ReadAtTheEnd(made, file));
    return made;
  }

  /** Of a class with a name: a lambda would be linked where it is reached. */
  private record ReadAtTheEnd(Consumer<Path> call, Path file) implements Runnable {
    @Override
    public void run() {
      call.accept(file);
    }
  }

  private static URL[] urls(String classPath) throws Exception {
    List<String> roots = List.of(classPath.split(File.pathSeparator, -1));
    URL[] urls = new URL[roots.size()];
    for (int i = 0; i < urls.length; i++) {
      urls[i] = Path.of(roots.get(i)).toUri().toURL();
    }
    return urls;
  }
}
