package org.resnet4j.spark;

import java.io.IOException;
import java.lang.ref.SoftReference;
import java.util.HashMap;
import java.util.Map;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.jspecify.annotations.Nullable;
import org.resnet4j.core.Classifier;
import org.resnet4j.core.FeatureExtractor;
import org.resnet4j.core.backend.Backend;
import org.resnet4j.core.backend.BackendUnavailableException;
import org.resnet4j.core.backend.Backends;
import org.resnet4j.core.backend.InsufficientMemoryException;
import org.resnet4j.core.image.DecodeOptions;
import org.resnet4j.core.model.ModelOptions;
import org.resnet4j.core.model.PretrainedModel;
import org.resnet4j.core.onnx.OnnxFile;
import org.resnet4j.core.text.Quote;

/**
 * A network in an executor's JVM: loaded by the first task that needs it, shared by all. The last
 * task leaves it behind for the next one; the garbage collector takes it where memory gets short.
 *
 * <p>Thread-safe.
 */
final class ExecutorNetwork {
  private static final Map<SharedNetwork.Identity, SoftReference<ExecutorNetwork>> LOADED =
      new HashMap<>();

  private final SharedNetwork.Identity identity;
  private final Backend backend;

  // Guarded by this.
  private @Nullable Classifier classifier;
  private @Nullable FeatureExtractor extractor;

  private ExecutorNetwork(SharedNetwork.Identity identity) {
    this.identity = identity;
    this.backend = backend(identity.options());
  }

  /**
   * The network of this JVM, which tasks that come meanwhile wait for.
   *
   * @throws ExecutorException if it cannot be loaded
   */
  static ExecutorNetwork of(SharedNetwork shared) {
    synchronized (LOADED) {
      SoftReference<ExecutorNetwork> known = LOADED.get(shared.identity());
      ExecutorNetwork network = known == null ? null : known.get();
      if (network == null) {
        LOADED.values().removeIf(each -> each.refersTo(null));
        network = new ExecutorNetwork(shared.identity());
        LOADED.put(shared.identity(), new SoftReference<>(network));
      }
      return network;
    }
  }

  /**
   * Gives classes.
   *
   * @param shared the caller's: what came with an earlier one's may be gone
   * @throws ExecutorException if it cannot be loaded
   */
  synchronized Classifier classifier(SharedNetwork shared) {
    if (classifier == null) {
      classifier =
          open(
              shared,
              model -> Classifier.open(model, backend, identity.options().batch(), decoding()));
    }
    return classifier;
  }

  /**
   * Gives features.
   *
   * @param shared the caller's, likewise
   * @throws ExecutorException if it cannot be loaded
   */
  synchronized FeatureExtractor extractor(SharedNetwork shared) {
    if (extractor == null) {
      extractor =
          open(
              shared,
              model ->
                  FeatureExtractor.open(model, backend, identity.options().batch(), decoding()));
    }
    return extractor;
  }

  private DecodeOptions decoding() {
    return identity.options().decoding();
  }

  @FunctionalInterface
  private interface Opening<T> {
    T of(PretrainedModel model);
  }

  private <T> T open(SharedNetwork shared, Opening<T> opening) {
    try {
      return opening.of(model(identity, shared.content().value()));
    } catch (InsufficientMemoryException e) {
      throw new ExecutorException(
          host(),
          e.getMessage() + "; give executors more (spark.executor.memory), or run smaller batches",
          e);
    }
  }

  /**
   * What the driver has sent.
   *
   * @throws ExecutorException if it is not that
   */
  static PretrainedModel model(SharedNetwork.Identity identity, byte[] content) {
    String hash = SharedNetwork.sha256(content);
    if (!hash.equals(identity.sha256())) {
      throw new ExecutorException(
          host(),
          "%s came as other bytes than the driver's: %s with SHA-256 %s, not %s with %s; restart this executor"
              .formatted(
                  Quote.brief(identity.name()),
                  content.length,
                  hash,
                  identity.bytes(),
                  identity.sha256()),
          null);
    }
    try {
      return PretrainedModel.load(OnnxFile.of(content, identity.name()), ModelOptions.defaults());
    } catch (IOException e) {
      throw new ExecutorException(
          host(), e.getMessage() + "; use the same version on all machines", e);
    }
  }

  private static Backend backend(ExecutorOptions options) {
    try {
      return Backends.open(options.backend(), options.forBackend(processors()));
    } catch (BackendUnavailableException | IllegalArgumentException e) {
      throw new ExecutorException(host(), String.valueOf(e.getMessage()), e);
    }
  }

  /** How many processors this task has of its executor's. */
  private static int processors() {
    TaskContext task = TaskContext.get();
    return task == null ? 1 : task.cpus();
  }

  private static String host() {
    SparkEnv env = SparkEnv.get();
    return env == null ? "executor" : "executor on " + env.blockManager().blockManagerId().host();
  }
}
