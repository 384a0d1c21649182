package org.resnet4j.simd;

import java.io.File;
import java.lang.ref.WeakReference;
import java.lang.reflect.Constructor;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.function.Supplier;
import org.resnet4j.core.backend.Backend;
import org.resnet4j.core.backend.BackendOptions;
import org.resnet4j.core.backend.BackendUnavailableException;
import org.resnet4j.core.backend.Plan;
import org.resnet4j.core.backend.Precision;
import org.resnet4j.core.backend.Session;
import org.resnet4j.core.graph.Graph;

/** Uses the library by a loader of its own, and prints whether that is collected afterwards. */
final class UnloadProbe {
  private static final long PATIENCE_NANOS = 20_000_000_000L;

  private UnloadProbe() {}

  public static void main(String[] arguments) throws Exception {
    WeakReference<ClassLoader> loader = usedAndDropped();
    long end = System.nanoTime() + PATIENCE_NANOS;
    while (loader.get() != null && System.nanoTime() < end) {
      System.gc();
      Thread.sleep(20);
    }
    System.out.println(loader.get() == null ? "collected" : "kept");
  }

  private static WeakReference<ClassLoader> usedAndDropped() throws Exception {
    String[] roots = System.getProperty("java.class.path").split(File.pathSeparator, -1);
    URL[] urls = new URL[roots.length];
    for (int i = 0; i < urls.length; i++) {
      urls[i] = Path.of(roots[i]).toUri().toURL();
    }
    URLClassLoader loader = new URLClassLoader(urls, ClassLoader.getPlatformClassLoader());
    Constructor<?> use = loader.loadClass(Use.class.getName()).getDeclaredConstructor();
    use.setAccessible(true);
    System.out.println(((Supplier<?>) use.newInstance()).get());
    return new WeakReference<>(loader);
  }

  /** A network in each precision that this processor has; says which. */
  static final class Use implements Supplier<String> {
    @Override
    public String get() {
      StringBuilder used = new StringBuilder("used");
      for (Precision precision : Precision.values()) {
        BackendOptions options = new BackendOptions(2).withPrecision(precision);
        try (Backend backend = new SimdBackendProvider().open(options)) {
          run(backend);
          used.append(' ').append(precision);
        } catch (BackendUnavailableException | IllegalArgumentException _) {
          // Not on this processor, or on none.
        }
      }
      return used.toString();
    }

    private static void run(Backend backend) {
      Graph graph = SmallNetworks.withoutStem();
      try (Plan plan = backend.compile(graph);
          Session session = plan.newSession(1)) {
        float[] input = new float[(int) graph.inputShape().size()];
        session.run(1, input, new float[(int) graph.output().shape().size()]);
      }
    }
  }
}
