package org.resnet4j.bench.peer;

import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Map;
import org.resnet4j.bench.measure.Engine;
import org.resnet4j.bench.measure.EngineFactory;
import org.resnet4j.bench.measure.Problem;
import org.resnet4j.core.onnx.OnnxWriter;
import org.resnet4j.core.tensor.Shape;

/**
 * ONNX Runtime at its best: all its graph optimisations, its pool spinning as it does by default,
 * input and output in place in memory of its own kind.
 *
 * <p>It gets the fused graph, as an ONNX model with its weights inside.
 */
public final class OnnxRuntime implements EngineFactory {
  /** What {@code --peer} calls it. */
  public static final String NAME = "onnxruntime";

  private static final String PACKAGE = "ai.onnxruntime.";
  private static final String SESSION = PACKAGE + "OrtSession";
  private static final String OPTIONS = SESSION + "$SessionOptions";

  private final Foreign classes;

  /** With a loader of {@code ai.onnxruntime}. */
  public OnnxRuntime(ClassLoader loader) {
    this.classes = new Foreign(loader);
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Engine open(Problem problem) throws PeerException {
    try {
      return new OrtEngine(problem);
    } catch (ReflectiveOperationException | IllegalStateException e) {
      throw new PeerException(
          NAME, String.valueOf(e.getMessage()), "run it again with --debug to see where", e);
    }
  }

  private Object options(int threads) throws ReflectiveOperationException {
    Object options = classes.create(OPTIONS, new Class<?>[0]);
    Class<?> mode = classes.type(OPTIONS + "$ExecutionMode");
    Class<?> level = classes.type(OPTIONS + "$OptLevel");
    Method config = classes.method(OPTIONS, "addConfigEntry", String.class, String.class);
    Foreign.invoke(classes.method(OPTIONS, "setIntraOpNumThreads", int.class), options, threads);
    Foreign.invoke(classes.method(OPTIONS, "setInterOpNumThreads", int.class), options, 1);
    Foreign.invoke(
        classes.method(OPTIONS, "setExecutionMode", mode),
        options,
        classes.constant(mode.getName(), "SEQUENTIAL"));
    Foreign.invoke(
        classes.method(OPTIONS, "setOptimizationLevel", level),
        options,
        classes.constant(level.getName(), "ALL_OPT"));
    Foreign.invoke(config, options, "session.intra_op.allow_spinning", "1");
    return options;
  }

  private final class OrtEngine implements Engine {
    private final Object environment;
    private final Object options;
    private final Object session;
    private final FloatBuffer output;
    private final Map<String, Object> inputs;
    private final Map<String, Object> outputs;
    private final Method run = classes.method(SESSION, "run", Map.class, Map.class);
    private final Method closeResult = classes.method(SESSION + "$Result", "close");

    OrtEngine(Problem problem) throws ReflectiveOperationException {
      String type = PACKAGE + "OrtEnvironment";
      environment = Foreign.invoke(classes.method(type, "getEnvironment"), null);
      options = options(problem.threads());
      Method create = classes.method(type, "createSession", byte[].class, options.getClass());
      session = Foreign.invoke(create, environment, OnnxWriter.toBytes(problem.graph()), options);
      Shape image = problem.graph().inputShape();
      int results = problem.graph().output().shape().channels();
      FloatBuffer input = buffer(problem.input().length).put(problem.input()).flip();
      output = buffer(problem.batch() * results);
      inputs =
          Map.of(
              "input",
              tensor(input, problem.batch(), image.channels(), image.height(), image.width()));
      outputs = Map.of("logits", tensor(output, problem.batch(), results));
    }

    private static FloatBuffer buffer(int floats) {
      return ByteBuffer.allocateDirect(Math.multiplyExact(floats, Float.BYTES))
          .order(ByteOrder.nativeOrder())
          .asFloatBuffer();
    }

    /** On the buffer's own memory: what the engine writes to the tensor is in the buffer. */
    private Object tensor(FloatBuffer values, long... extents) throws ReflectiveOperationException {
      Method create =
          classes.method(
              PACKAGE + "OnnxTensor",
              "createTensor",
              environment.getClass(),
              FloatBuffer.class,
              long[].class);
      return Foreign.invoke(create, null, environment, values, extents);
    }

    @Override
    public String name() {
      return NAME;
    }

    @Override
    public void run() {
      Foreign.invoke(closeResult, Foreign.invoke(run, session, inputs, outputs));
    }

    @Override
    public float[] answer() {
      float[] values = new float[output.capacity()];
      output.get(0, values);
      return values;
    }

    @Override
    public void close() {
      inputs.values().forEach(this::close);
      outputs.values().forEach(this::close);
      close(session);
      close(options);
    }

    private void close(Object resource) {
      try {
        Foreign.invoke(resource.getClass().getMethod("close"), resource);
      } catch (NoSuchMethodException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
