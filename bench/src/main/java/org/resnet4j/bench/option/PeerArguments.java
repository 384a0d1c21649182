package org.resnet4j.bench.option;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.resnet4j.bench.failure.CommandException;
import org.resnet4j.bench.measure.EngineFactory;
import org.resnet4j.bench.measure.SharedEngines;
import org.resnet4j.bench.peer.OnnxRuntime;
import org.resnet4j.bench.peer.PeerJars;
import org.resnet4j.bench.peer.PyTorch;
import org.resnet4j.core.onnx.OnnxFile;
import picocli.CommandLine.Option;

/** The options that choose what to compare with. */
public final class PeerArguments {
  private static final List<String> KNOWN =
      List.of(OnnxRuntime.NAME, OnnxRuntime.INT8, PyTorch.NAME);

  @Option(
      names = {"--peer", "--peers"},
      split = ",",
      paramLabel = "NAME",
      description =
          "Engines to compare with: onnxruntime, pytorch, onnxruntime-int8 (the same with 8 bits in"
              + " each layer, calibrated on the picture itself). Maven fetches them when they are"
              + " first named.")
  private List<String> names = List.of();

  @Option(
      names = "--torchscript",
      paramLabel = "FILE",
      description =
          "Your own file for pytorch, of the same weights as --weights. Default: one is made of the"
              + " network.")
  private @Nullable Path torchscript;

  /** The file with the network for PyTorch, if one was named. */
  public @Nullable Path torchscript() {
    return torchscript;
  }

  /**
   * Checks the options before anything is fetched.
   *
   * @param ownWeights whether one network's weights were given
   */
  public void check(boolean ownWeights) throws CommandException {
    for (String name : names) {
      if (!KNOWN.contains(name)) {
        throw new CommandException(
            "--peer " + name, "there is no such peer", "known: " + String.join(", ", KNOWN));
      }
    }
    if (torchscript != null && !names.contains(PyTorch.NAME)) {
      throw new CommandException(
          "--torchscript", "is for --peer pytorch", "add that, or leave --torchscript out");
    }
    if (torchscript != null && !ownWeights) {
      throw new CommandException(
          "--torchscript",
          "needs --weights FILE of the same network",
          "add that, or leave --torchscript out");
    }
  }

  /** Those that were named, each once. */
  public List<String> names() {
    return names.stream().distinct().toList();
  }

  /**
   * Fetches and loads the peers.
   *
   * @param weights the network's file or folder, if one was named
   */
  public List<EngineFactory> open(@Nullable Path weights) throws IOException {
    List<EngineFactory> factories = new ArrayList<>();
    for (String name : names()) {
      factories.add(open(name, weights));
    }
    return factories;
  }

  /**
   * Fetches and loads one of them.
   *
   * @param weights the network's file or folder, if one was named
   */
  public EngineFactory open(String name, @Nullable Path weights) throws IOException {
    PeerJars jars = PeerJars.ofLauncher();
    ClassLoader loader = jars.load(artifact(name));
    return name.equals(PyTorch.NAME)
        ? new PyTorch(loader, jars.folder(name), torchscript)
        : onnxRuntime(name, loader, weights);
  }

  /**
   * Fetches and loads those that run on their callers' threads.
   *
   * @param weights the network's file or folder, if one was named
   * @throws CommandException if one does not
   */
  public List<SharedEngines> openShared(@Nullable Path weights)
      throws IOException, CommandException {
    List<SharedEngines> shared = new ArrayList<>();
    for (String name : names()) {
      shared.add(onnxRuntime(name, PeerJars.ofLauncher().load(artifact(name)), weights));
    }
    return shared;
  }

  /**
   * Checks, before anything is fetched, that all run on their callers' threads.
   *
   * @param option that needs this
   */
  public void checkShared(String option) throws CommandException {
    if (names.contains(PyTorch.NAME)) {
      throw new CommandException(
          "--peer " + PyTorch.NAME,
          "does not run behind our pipeline, as " + option + " wants",
          "measure its own with bench/tools/dataloader.py");
    }
  }

  /** It gets an ONNX file as it is, and of other weights what we make of them. */
  private static OnnxRuntime onnxRuntime(String name, ClassLoader loader, @Nullable Path weights)
      throws IOException {
    if (name.equals(OnnxRuntime.INT8)) {
      return OnnxRuntime.inInt8(loader);
    }
    return weights != null && Files.isRegularFile(weights) && OnnxFile.isOne(weights)
        ? new OnnxRuntime(loader, weights)
        : new OnnxRuntime(loader);
  }

  /** By name. */
  public Map<String, String> versions() throws IOException {
    Map<String, String> versions = new LinkedHashMap<>();
    for (String name : names()) {
      versions.put(name, version(name));
    }
    return versions;
  }

  /** The version that a peer is fetched in. */
  public String version(String name) throws IOException {
    return PeerJars.version(artifact(name));
  }

  /** What a peer computes in, in lower case. */
  public static String precision(String name) {
    return name.equals(OnnxRuntime.INT8) ? "int8" : "fp32";
  }

  /** What is fetched for a peer. */
  private static String artifact(String name) {
    return name.equals(OnnxRuntime.INT8) ? OnnxRuntime.NAME : name;
  }
}
