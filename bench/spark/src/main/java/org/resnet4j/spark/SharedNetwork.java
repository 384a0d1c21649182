package org.resnet4j.spark;

import java.io.Serializable;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.apache.spark.SparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.resnet4j.core.graph.pass.Passes;
import org.resnet4j.core.model.PretrainedModel;
import org.resnet4j.core.onnx.OnnxWriter;
import scala.reflect.ClassTag$;

/**
 * A network on its way to executors: the bytes of an ONNX file with all that belongs to it, which
 * each executor takes from another one or the driver, once.
 *
 * @param identity by which an executor knows it again
 * @param content the file
 */
record SharedNetwork(Identity identity, Broadcast<byte[]> content) implements Serializable {
  /**
   * What a network is, and how it is run.
   *
   * @param name for people
   * @param bytes of its file
   * @param sha256 of its file, in lower case
   */
  record Identity(String name, int bytes, String sha256, ExecutorOptions options)
      implements Serializable {}

  /**
   * Sends it. The graph is fused first: batch norms are folded into the convolutions here, in
   * float64, since ONNX has their epsilons in float32 only.
   *
   * @throws IllegalArgumentException if it exceeds 2 GB
   */
  static SharedNetwork of(SparkContext context, PretrainedModel model, ExecutorOptions options) {
    byte[] content = content(model);
    return new SharedNetwork(
        new Identity(model.name(), content.length, sha256(content), options),
        context.broadcast(content, ClassTag$.MODULE$.apply(byte[].class)));
  }

  /** A network as the bytes of a file. */
  static byte[] content(PretrainedModel model) {
    return OnnxWriter.toBytes(Passes.inference().apply(model.graph()), model.metadata());
  }

  /** The SHA-256 of a file's bytes, in lower case. */
  static String sha256(byte[] content) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java has SHA-256", e);
    }
  }
}
