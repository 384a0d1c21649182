package org.resnet4j.spark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.resnet4j.core.Classifier;
import org.resnet4j.core.FeatureExtractor;
import org.resnet4j.core.Prediction;
import org.resnet4j.core.backend.AlgorithmChoice;
import org.resnet4j.core.backend.Backend;
import org.resnet4j.core.backend.BackendOptions;
import org.resnet4j.core.backend.Backends;
import org.resnet4j.golden.DemoModel;

/** Ten of the project's sample pictures, and what one process says of them. */
final class SamplePictures {
  static final Path FOLDER = Path.of("../../golden/samples").toAbsolutePath().normalize();

  /** Their files, for Spark. */
  static final String GLOB = FOLDER + "/0?.png";

  private SamplePictures() {}

  static List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(FOLDER)) {
      return files
          .filter(file -> String.valueOf(file.getFileName()).matches("0.\\.png"))
          .sorted()
          .toList();
    }
  }

  /** As Spark writes paths. */
  static String uri(Path file) {
    return "file:" + file;
  }

  /** One process's classes by path. */
  static TreeMap<String, List<Prediction>> classes(int top) throws IOException {
    TreeMap<String, List<Prediction>> classes = new TreeMap<>();
    try (Backend backend = backend();
        Classifier classifier = Classifier.open(DemoModel.load(), backend, 1)) {
      for (Path file : files()) {
        classes.put(uri(file), classifier.classify(file, top).predictions());
      }
    }
    return classes;
  }

  /** One process's features by path. */
  static TreeMap<String, List<Float>> features() throws IOException {
    TreeMap<String, List<Float>> features = new TreeMap<>();
    try (Backend backend = backend();
        FeatureExtractor extractor = FeatureExtractor.open(DemoModel.load(), backend, 1)) {
      for (Path file : files()) {
        List<Float> values = new ArrayList<>();
        for (float value : extractor.extract(file)) {
          values.add(value);
        }
        features.put(uri(file), values);
      }
    }
    return features;
  }

  private static Backend backend() {
    return Backends.open(
        "simd", BackendOptions.defaults().withAlgorithms(AlgorithmChoice.PORTABLE));
  }
}
