package org.resnet4j.bench.peer;

import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.resnet4j.bench.measure.Engine;
import org.resnet4j.bench.measure.EngineFactory;
import org.resnet4j.bench.measure.Problem;
import org.resnet4j.bench.measure.SharedEngines;
import org.resnet4j.core.onnx.OnnxWriter;
import org.resnet4j.core.tensor.Shape;

/**
 * ONNX Runtime at its best: all its graph optimisations, its pool spinning as it does by default,
 * input and output in place in memory of its own kind.
 *
 * <p>It gets somebody's own file as it is, and of any other network the fused graph as an ONNX
 * model with its weights inside; or the same in whole numbers of 8 bits, with ranges that fit the
 * very picture that is classified.
 */
public final class OnnxRuntime implements EngineFactory, SharedEngines {
  /** What {@code --peer} calls it. */
  public static final String NAME = "onnxruntime";

  /** What {@code --peer} calls the one that computes in whole numbers. */
  public static final String INT8 = "onnxruntime-int8";

  /** How far answers may lie from float32's that have 8 bits in each layer. */
  private static final double INT8_LIMIT = 0.3;

  private static final String PACKAGE = "ai.onnxruntime.";
  private static final String SESSION = PACKAGE + "OrtSession";
  private static final String OPTIONS = SESSION + "$SessionOptions";

  private final Foreign classes;
  private final @Nullable Path file;
  private final boolean quantized;

  /** With a loader of {@code ai.onnxruntime}. */
  public OnnxRuntime(ClassLoader loader) {
    this(loader, null);
  }

  /** The one that computes in whole numbers. */
  public static OnnxRuntime inInt8(ClassLoader loader) {
    return new OnnxRuntime(loader, null, true);
  }

  /**
   * With a loader of {@code ai.onnxruntime}.
   *
   * @param file that it runs, whose network is the problem's; null to run what we make of it
   */
  public OnnxRuntime(ClassLoader loader, @Nullable Path file) {
    this(loader, file, false);
  }

  private OnnxRuntime(ClassLoader loader, @Nullable Path file, boolean quantized) {
    this.classes = new Foreign(loader);
    this.file = file;
    this.quantized = quantized;
  }

  @Override
  public String name() {
    return quantized ? INT8 : NAME;
  }

  @Override
  public double limit() {
    return quantized ? INT8_LIMIT : EngineFactory.super.limit();
  }

  @Override
  public Engine open(Problem problem) throws PeerException {
    return loaded(
        problem,
        network -> {
          OrtEngine engine = network.engine(problem.batch(), network);
          engine.feed(problem.input());
          return engine;
        });
  }

  @Override
  public Loaded load(Problem problem) throws PeerException {
    return loaded(problem, network -> network);
  }

  /** What is made of a network, which is closed if that fails. */
  @FunctionalInterface
  private interface Use<T> {
    T of(OrtNetwork network) throws ReflectiveOperationException;
  }

  private <T> T loaded(Problem problem, Use<T> use) throws PeerException {
    try {
      OrtNetwork network = new OrtNetwork(problem);
      boolean made = false;
      try {
        T result = use.of(network);
        made = true;
        return result;
      } finally {
        if (!made) {
          network.close();
        }
      }
    } catch (LinkageError | IOException e) {
      throw classes.notLoaded(name(), e);
    } catch (ClassNotFoundException e) {
      throw classes.incomplete(name(), e);
    } catch (ReflectiveOperationException | IllegalStateException e) {
      throw new PeerException(
          name(),
          String.valueOf(e.getMessage()),
          file == null
              ? "run it again with --debug to see where"
              : "choose another --batch or --size, or export the file again with free extents",
          e);
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

  /** Its sessions may be run by several threads at once. */
  private final class OrtNetwork implements Loaded {
    private final Object environment;
    private final Object options;
    private final Object session;
    private final Shape image;
    private final Shape results;

    OrtNetwork(Problem problem) throws ReflectiveOperationException, IOException {
      String type = PACKAGE + "OrtEnvironment";
      OrtLibraries.load(classes.loader(), () -> environment(type));
      environment = environment(type);
      options = options(problem.threads());
      session = session(type, problem);
      image = problem.graph().inputShape();
      results = problem.graph().output().shape();
    }

    private Object environment(String type) throws ReflectiveOperationException {
      return Foreign.invoke(classes.method(type, "getEnvironment"), null);
    }

    @Override
    public Fed engine(int batch) {
      try {
        return engine(batch, null);
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException(e);
      }
    }

    /**
     * An engine.
     *
     * @param own closed with it; null if it serves others
     */
    OrtEngine engine(int batch, @Nullable OrtNetwork own) throws ReflectiveOperationException {
      return new OrtEngine(this, batch, own);
    }

    private Object session(String environmentType, Problem problem)
        throws ReflectiveOperationException {
      Class<?> from = file == null ? byte[].class : String.class;
      Method create = classes.method(environmentType, "createSession", from, options.getClass());
      return Foreign.invoke(
          create, environment, file == null ? model(problem) : file.toString(), options);
    }

    private byte[] model(Problem problem) {
      return quantized
          ? OnnxWriter.toBytes(problem.graph(), Calibration.of(problem))
          : OnnxWriter.toBytes(problem.graph());
    }

    /** The only input's or output's name and extents, of which those below 0 are free. */
    private Map.Entry<String, long[]> only(String which) throws ReflectiveOperationException {
      Map<?, ?> infos = (Map<?, ?>) Foreign.invoke(classes.method(SESSION, which), session);
      if (infos.size() != 1) {
        throw new IllegalStateException(which + ": " + infos.keySet() + ", and one is expected");
      }
      Map.Entry<?, ?> entry = infos.entrySet().iterator().next();
      Object info =
          Foreign.invoke(classes.method(PACKAGE + "NodeInfo", "getInfo"), entry.getValue());
      Object shape = Foreign.invoke(classes.method(PACKAGE + "TensorInfo", "getShape"), info);
      return Map.entry((String) entry.getKey(), (long[]) shape);
    }

    @Override
    public void close() {
      closeForeign(session);
      closeForeign(options);
    }
  }

  private final class OrtEngine implements Fed {
    private final @Nullable OrtNetwork own;
    private final Object session;
    private final Object environment;
    private final FloatBuffer input;
    private final FloatBuffer output;
    private final Map<String, Object> inputs;
    private final Map<String, Object> outputs;
    private final Method run = classes.method(SESSION, "run", Map.class, Map.class);
    private final Method closeResult = classes.method(SESSION + "$Result", "close");

    OrtEngine(OrtNetwork network, int batch, @Nullable OrtNetwork own)
        throws ReflectiveOperationException {
      this.own = own;
      session = network.session;
      environment = network.environment;
      Shape image = network.image;
      input = buffer(Math.multiplyExact(batch, Math.toIntExact(image.size())));
      output = buffer(Math.multiplyExact(batch, Math.toIntExact(network.results.size())));
      Map.Entry<String, long[]> in = network.only("getInputInfo");
      Map.Entry<String, long[]> out = network.only("getOutputInfo");
      long[] given = {batch, image.channels(), image.height(), image.width()};
      inputs = Map.of(in.getKey(), tensor(input, fitting(in.getValue(), given)));
      Shape results = network.results;
      long[] all = {batch, results.channels(), results.height(), results.width()};
      long[] taken = Arrays.copyOf(all, out.getValue().length);
      outputs = Map.of(out.getKey(), tensor(output, fitting(out.getValue(), taken)));
    }

    @Override
    public void feed(float[] values) {
      input.put(0, values);
    }

    /** The extents to run with, which the file's must allow. */
    private static long[] fitting(long[] ofFile, long[] wanted) {
      boolean fits = ofFile.length == wanted.length;
      for (int i = 0; fits && i < wanted.length; i++) {
        fits = ofFile[i] < 0 || ofFile[i] == wanted[i];
      }
      if (!fits) {
        throw new IllegalStateException(
            "the file is made for extents %s, and these are %s"
                .formatted(Arrays.toString(ofFile), Arrays.toString(wanted)));
      }
      return wanted;
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
      return OnnxRuntime.this.name();
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
      inputs.values().forEach(OnnxRuntime::closeForeign);
      outputs.values().forEach(OnnxRuntime::closeForeign);
      if (own != null) {
        own.close();
      }
    }
  }

  private static void closeForeign(Object resource) {
    try {
      Foreign.invoke(resource.getClass().getMethod("close"), resource);
    } catch (NoSuchMethodException e) {
      throw new IllegalStateException(e);
    }
  }
}
