package org.resnet4j.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.MethodModel;
import java.lang.classfile.instruction.InvokeDynamicInstruction;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A lambda or switch that is linked for the first time when no memory is left stays unusable for
 * the rest of the process, and so would every later call. What a call of a classifier passes
 * through therefore links nothing, unless it is about to throw.
 */
class CallPathTest {
  /** Linked when a classifier is opened, or part of an error or a text. */
  private static final Set<String> BESIDE =
      Set.of("open", "<init>", "toString", "hashCode", "equals", "close", "warmUp", "ranking");

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Classifier",
        "Classifier$Ranked",
        "FeatureExtractor",
        "Outputs",
        "Network",
        "PictureRunner",
        "PictureRunner$Run",
        "PictureRunner$Search",
        "PictureFiles",
        "PictureStream",
        "PictureStream$Outcomes",
        "PictureStream$End",
        "OutcomeSubscription",
        "CallGate",
        "SessionPool",
        "Preparer",
        "Lane",
        "Lane$Run",
        "Conveyor",
        "Batcher",
        "BatchQueue",
        "BatchQueue$Waiting",
        "Workers",
        "Pictures",
        "Outcome$Answered",
        "Outcome$Failed",
        "FiniteCheck",
        "FiniteCheck$Pictures",
        "Ranking",
        "stack/AmpleStack",
        "stack/AmpleStack$Elsewhere",
        "stack/StackReserve",
        "image/decode/ImageDecoder$OfFile",
        "image/decode/ImageDecoder$OfContent",
      })
  void linksNothingInACall(String name) throws IOException {
    List<String> linking = linking(name);
    linking.removeAll(BESIDE);
    assertThat(linking).isEmpty();
  }

  /** As a caller does who logs why a picture failed, which may be for lack of memory. */
  @Test
  void tellsAFailureWithoutLinking() throws IOException {
    assertThat(linking("Outcome$Failed")).doesNotContain("toString");
    assertThat(new Outcome.Failed<>("a.png", new IOException("b")))
        .hasToString("Failed[picture=a.png, cause=java.io.IOException: b]");
  }

  /** The methods that link something. */
  private static List<String> linking(String name) throws IOException {
    List<String> linking = new ArrayList<>();
    for (MethodModel method : read(name).methods()) {
      boolean links =
          method.code().stream()
              .flatMap(code -> code.elementStream())
              .anyMatch(InvokeDynamicInstruction.class::isInstance);
      if (links) {
        linking.add(method.methodName().stringValue());
      }
    }
    return linking;
  }

  private static ClassModel read(String name) throws IOException {
    try (InputStream in = Classifier.class.getResourceAsStream(name + ".class")) {
      assertThat(in).as(name).isNotNull();
      return ClassFile.of().parse(in.readAllBytes());
    }
  }
}
