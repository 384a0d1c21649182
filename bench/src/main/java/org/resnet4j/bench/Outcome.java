package org.resnet4j.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.resnet4j.bench.PictureReader.Decoded;
import org.resnet4j.bench.PictureReader.Picture;
import org.resnet4j.bench.PictureReader.Refused;
import org.resnet4j.core.Classification;
import org.resnet4j.core.Classifier;
import org.resnet4j.core.NonFiniteResultException;

/** What became of a picture. */
sealed interface Outcome {
  /** What is in it; the timing includes decoding. */
  record Answered(Path file, Classification answer) implements Outcome {}

  /**
   * Nothing.
   *
   * @param cause has a message that names the file
   */
  record Failed(Path file, Exception cause) implements Outcome {}

  /** Runs the sound ones among a batch's pictures; in their order. */
  static List<Outcome> of(List<Picture> pictures, Classifier classifier, int top) {
    List<Decoded> sound = new ArrayList<>();
    for (Picture picture : pictures) {
      if (picture instanceof Decoded decoded) {
        sound.add(decoded);
      }
    }
    List<Outcome> answers = answers(sound, classifier, top);
    List<Outcome> outcomes = new ArrayList<>();
    int answered = 0;
    for (Picture picture : pictures) {
      outcomes.add(
          switch (picture) {
            case Decoded _ -> answers.get(answered++);
            case Refused(Path file, Exception cause) -> new Failed(file, cause);
          });
    }
    return outcomes;
  }

  private static List<Outcome> answers(List<Decoded> sound, Classifier classifier, int top) {
    if (sound.isEmpty()) {
      return List.of();
    }
    List<Classification> answers;
    try {
      answers = classifier.classify(sound.stream().map(Decoded::image).toList(), top);
    } catch (NonFiniteResultException _) {
      return sound.stream().map(picture -> alone(picture, classifier, top)).toList();
    }
    List<Outcome> outcomes = new ArrayList<>();
    for (int i = 0; i < answers.size(); i++) {
      outcomes.add(answered(sound.get(i), answers.get(i)));
    }
    return outcomes;
  }

  /** One picture without an answer does not take the batch's others theirs. */
  private static Outcome alone(Decoded picture, Classifier classifier, int top) {
    try {
      return answered(picture, classifier.classify(picture.image(), top));
    } catch (NonFiniteResultException e) {
      return new Failed(
          picture.file(), new CommandException(picture.file().toString(), e.reason(), e.remedy()));
    }
  }

  private static Answered answered(Decoded picture, Classification answer) {
    Classification.Timing timing = answer.timing();
    return new Answered(
        picture.file(),
        new Classification(
            answer.predictions(),
            new Classification.Timing(
                picture.millis(), timing.preprocessMillis(), timing.networkMillis())));
  }
}
