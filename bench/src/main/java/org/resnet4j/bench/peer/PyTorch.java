package org.resnet4j.bench.peer;

import java.lang.reflect.Array;
import java.lang.reflect.Method;
import java.nio.Buffer;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.resnet4j.bench.measure.Engine;
import org.resnet4j.bench.measure.EngineFactory;
import org.resnet4j.bench.measure.Problem;
import org.resnet4j.core.tensor.Shape;

/**
 * PyTorch as a Java program has it: libtorch on a TorchScript file, through DJL. The input tensor
 * is made once.
 *
 * <p>It gets somebody's own file as it is, and otherwise the fused graph as a file of ours, which
 * is deleted as soon as it is loaded.
 */
public final class PyTorch implements EngineFactory {
  /** What {@code --peer} calls it. */
  public static final String NAME = "pytorch";

  private static final String LIST = "ai.djl.ndarray.NDList";
  private static final String ARRAY = "ai.djl.ndarray.NDArray";
  private static final String MODEL = "ai.djl.repository.zoo.ZooModel";

  private final Foreign classes;
  private final ClassLoader loader;
  private final @Nullable Path script;

  /**
   * With a loader of DJL.
   *
   * @param loader of DJL with its PyTorch engine and native libraries
   * @param cache where DJL unpacks native libraries; applies to the first engine of the process
   * @param script a TorchScript file, whose network is the problem's; null to run what we make of
   *     it
   */
  public PyTorch(ClassLoader loader, Path cache, @Nullable Path script) {
    this.classes = new Foreign(loader);
    this.loader = loader;
    this.script = script == null ? null : script.toAbsolutePath();
    System.setProperty("ENGINE_CACHE_DIR", cache.toString());
    System.setProperty("OPT_OUT_TRACKING", "true");
    System.setProperty("ai.djl.offline", "true");
    Glibc.keepFreedMemory();
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Engine open(Problem problem) throws PeerException {
    if (script == null) {
      try (TemporaryScript made = new TemporaryScript()) {
        return open(problem, made.write(problem.graph()), "run it again with --debug to see where");
      }
    }
    if (!Files.isReadable(script)) {
      throw new PeerException(
          NAME, script + " cannot be read", "check the path, or leave --torchscript out");
    }
    return open(
        problem,
        script,
        "check that it is TorchScript of this network; run it again with --debug to see where");
  }

  private Engine open(Problem problem, Path file, String remedy) throws PeerException {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    thread.setContextClassLoader(loader); // DJL finds its engines there
    try {
      return new DjlEngine(problem, file);
    } catch (LinkageError e) {
      throw classes.notLoaded(NAME, e);
    } catch (ClassNotFoundException e) {
      throw classes.incomplete(NAME, e);
    } catch (ReflectiveOperationException | IllegalStateException e) {
      throw new PeerException(NAME, file + ": " + e.getMessage(), remedy, e);
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  private Object loadModel(Path file) throws ReflectiveOperationException {
    String criteria = "ai.djl.repository.zoo.Criteria";
    String builderType = criteria + "$Builder";
    String translator = "ai.djl.translate.NoopTranslator";
    Class<?> list = classes.type(LIST);
    Object builder = Foreign.invoke(classes.method(criteria, "builder"), null);
    builder =
        Foreign.invoke(
            classes.method(builderType, "setTypes", Class.class, Class.class), builder, list, list);
    Foreign.invoke(classes.method(builderType, "optModelPath", Path.class), builder, file);
    Foreign.invoke(classes.method(builderType, "optEngine", String.class), builder, "PyTorch");
    Foreign.invoke(
        classes.method(builderType, "optTranslator", classes.type("ai.djl.translate.Translator")),
        builder,
        classes.create(translator, new Class<?>[0]));
    Object built = Foreign.invoke(classes.method(builderType, "build"), builder);
    return Foreign.invoke(classes.method(criteria, "loadModel"), built);
  }

  private final class DjlEngine implements Engine {
    private final Object model;
    private final Object predictor;
    private final Object input;
    private final Method predict =
        classes.method("ai.djl.inference.Predictor", "predict", Object.class);
    private final Method closeList = classes.method(LIST, "close");
    private final Method single = classes.method(LIST, "singletonOrThrow");
    private final Method toFloats = classes.method(ARRAY, "toFloatArray");

    DjlEngine(Problem problem, Path file) throws ReflectiveOperationException {
      model = loadModel(file);
      Foreign.invoke(
          classes.method("ai.djl.pytorch.jni.JniUtils", "setNumThreads", int.class),
          null,
          problem.threads());
      predictor = Foreign.invoke(classes.method(MODEL, "newPredictor"), model);
      input = list(array(problem));
    }

    private Object array(Problem problem) throws ReflectiveOperationException {
      Shape image = problem.graph().inputShape();
      long[] extents = {problem.batch(), image.channels(), image.height(), image.width()};
      String shape = "ai.djl.ndarray.types.Shape";
      Object manager = Foreign.invoke(classes.method(MODEL, "getNDManager"), model);
      return Foreign.invoke(
          classes.method("ai.djl.ndarray.NDManager", "create", Buffer.class, classes.type(shape)),
          manager,
          FloatBuffer.wrap(problem.input()),
          classes.create(shape, new Class<?>[] {long[].class}, (Object) extents));
    }

    private Object list(Object array) throws ReflectiveOperationException {
      Object arrays = Array.newInstance(classes.type(ARRAY), 1);
      Array.set(arrays, 0, array);
      return classes.create(LIST, new Class<?>[] {arrays.getClass()}, arrays);
    }

    @Override
    public String name() {
      return NAME;
    }

    @Override
    public void run() {
      Foreign.invoke(closeList, Foreign.invoke(predict, predictor, input));
    }

    /** Runs once more, because a run frees its result. */
    @Override
    public float[] answer() {
      Object output = Foreign.invoke(predict, predictor, input);
      float[] values = (float[]) Foreign.invoke(toFloats, Foreign.invoke(single, output));
      Foreign.invoke(closeList, output);
      return values;
    }

    /** The model owns the input. */
    @Override
    public void close() {
      try {
        Foreign.invoke(classes.method("ai.djl.inference.Predictor", "close"), predictor);
        Foreign.invoke(classes.method(MODEL, "close"), model);
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
