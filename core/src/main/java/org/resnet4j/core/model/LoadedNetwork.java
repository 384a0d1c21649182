package org.resnet4j.core.model;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.resnet4j.core.graph.Graph;
import org.resnet4j.core.stack.AmpleStack;

/**
 * A network with its weights, whatever pictures and answers mean to it: enough to measure it, draw
 * it or compare its numbers.
 *
 * @param name what a user calls it
 * @param spec the member of the family that it is, or null where a file has the graph itself
 * @param graph not fused, for pictures of the size that the file states, else of the usual one
 */
public record LoadedNetwork(String name, @Nullable ResNetSpec spec, Graph graph) {
  /**
   * Loads what {@link PretrainedModel#load(Path, ModelOptions)} loads but for preprocessing and
   * labels: a file that states such as cannot be used, or an ONNX file for pictures that are no
   * squares, has a network all the same.
   *
   * @throws IOException if a file cannot be read or used
   * @throws IllegalArgumentException if {@code options.model()} is no known name
   */
  public static LoadedNetwork load(Path weights, ModelOptions options) throws IOException {
    return AmpleStack.run(new Loading(weights, options));
  }

  private record Loading(Path weights, ModelOptions options)
      implements AmpleStack.Call<LoadedNetwork, IOException> {
    @Override
    public LoadedNetwork run() throws IOException {
      return PretrainedModel.source(weights, options, ModelFolder.Need.NETWORK).network();
    }
  }
}
