package org.resnet4j.core.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.resnet4j.core.image.Preprocessing;

/** What a fuzzer feeds to the reader of a model's metadata. */
public final class MetadataTarget {
  private MetadataTarget() {}

  /**
   * Reads lines of {@code key=value}, whatever they are: what they say or a refusal in one line.
   */
  public static void feed(byte[] content) {
    Map<String, String> entries = new HashMap<>();
    new String(content, StandardCharsets.UTF_8)
        .lines()
        .forEach(line -> {
          int end = line.indexOf('=');
          if (end >= 0) {
            entries.put(line.substring(0, end), line.substring(end + 1));
          }
        });
    ModelMetadata metadata = new ModelMetadata("fuzzed", entries);
    read(metadata::network);
    read(metadata::baseWidth);
    read(() -> metadata.checkClasses(10));
    read(() -> check(metadata.preprocessing(DefaultPreprocessing.of(3), false)));
    read(() -> check(metadata.preprocessing(DefaultPreprocessing.of(1), true)));
    read(() -> check(metadata.labels(2)));
  }

  private static void check(Preprocessing preprocessing) {
    if (preprocessing != null) {
      assertThat(preprocessing.table()).isNotNull();
    }
  }

  private static void check(Labels classes) {
    if (classes != null) {
      assertThat(Labels.problem(classes.names())).isNull();
    }
  }

  private interface Reading {
    void run() throws ModelFileException;
  }

  private static void read(Reading reading) {
    try {
      reading.run();
    } catch (ModelFileException e) {
      assertThat(e.getMessage())
          .startsWith("fuzzed: ")
          .doesNotContainPattern("\\p{Cntrl}")
          .hasSizeLessThan(8000);
    }
  }
}
