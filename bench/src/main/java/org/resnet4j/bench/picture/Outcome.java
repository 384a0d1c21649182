package org.resnet4j.bench.picture;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.resnet4j.bench.failure.CommandException;
import org.resnet4j.bench.picture.PictureReader.Decoded;
import org.resnet4j.bench.picture.PictureReader.Picture;
import org.resnet4j.bench.picture.PictureReader.Refused;
import org.resnet4j.core.NonFiniteResultException;
import org.resnet4j.core.image.RgbImage;

/**
 * What became of a picture.
 *
 * @param <T> what a network makes of one
 */
public sealed interface Outcome<T> {
  /** What is made of it. */
  record Answered<T>(Decoded picture, T answer) implements Outcome<T> {}

  /**
   * Nothing.
   *
   * @param cause has a message that names the file
   */
  record Failed<T>(Path file, Exception cause) implements Outcome<T> {}

  /**
   * Runs the sound ones among a batch's pictures; in their order.
   *
   * @param network gives a result for each picture, in their order
   */
  static <T> List<Outcome<T>> of(
      List<Picture> pictures, Function<List<RgbImage>, List<T>> network) {
    List<Decoded> sound = new ArrayList<>();
    for (Picture picture : pictures) {
      if (picture instanceof Decoded decoded) {
        sound.add(decoded);
      }
    }
    List<Outcome<T>> answers = answers(sound, network);
    List<Outcome<T>> outcomes = new ArrayList<>();
    int answered = 0;
    for (Picture picture : pictures) {
      outcomes.add(
          switch (picture) {
            case Decoded _ -> answers.get(answered++);
            case Refused(Path file, Exception cause) -> new Failed<T>(file, cause);
          });
    }
    return outcomes;
  }

  private static <T> List<Outcome<T>> answers(
      List<Decoded> sound, Function<List<RgbImage>, List<T>> network) {
    if (sound.isEmpty()) {
      return List.of();
    }
    List<T> answers;
    try {
      answers = network.apply(sound.stream().map(Decoded::image).toList());
    } catch (NonFiniteResultException _) {
      return sound.stream().map(picture -> alone(picture, network)).toList();
    }
    List<Outcome<T>> outcomes = new ArrayList<>();
    for (int i = 0; i < answers.size(); i++) {
      outcomes.add(new Answered<>(sound.get(i), answers.get(i)));
    }
    return outcomes;
  }

  /** One picture without an answer does not take the batch's others theirs. */
  private static <T> Outcome<T> alone(Decoded picture, Function<List<RgbImage>, List<T>> network) {
    try {
      return new Answered<>(picture, network.apply(List.of(picture.image())).getFirst());
    } catch (NonFiniteResultException e) {
      return new Failed<>(
          picture.file(), new CommandException(picture.file().toString(), e.reason(), e.remedy()));
    }
  }
}
