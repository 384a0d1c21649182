package org.resnet4j.spark;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.jspecify.annotations.Nullable;
import org.resnet4j.core.NonFiniteResultException;
import org.resnet4j.core.image.RgbImage;

/**
 * A question about pictures, which an executor answers. What is wrong with a picture is its row's
 * error and nobody else's.
 */
record PictureQuestion(SharedNetwork network, PictureSource source, Answer answer)
    implements Serializable {

  /**
   * Asks.
   *
   * @param pictures null, {@code byte[]} or {@code String} each
   * @return for each, in their order, a row of {@link Answer#type}
   * @throws ExecutorException if the network cannot be run here
   */
  List<Row> ask(List<? extends @Nullable Object> pictures) {
    ExecutorNetwork loaded = ExecutorNetwork.of(network);
    List<@Nullable Row> rows = new ArrayList<>();
    List<RgbImage> sound = new ArrayList<>();
    for (Object picture : pictures) {
      try {
        sound.add(source.read(picture));
        rows.add(null);
      } catch (PictureException e) {
        rows.add(refused(String.valueOf(e.getMessage())));
      }
    }
    List<Row> answers = sound.isEmpty() ? List.of() : answers(loaded, sound);
    int next = 0;
    List<Row> all = new ArrayList<>();
    for (Row refused : rows) {
      all.add(refused == null ? answers.get(next++) : refused);
    }
    return all;
  }

  private List<Row> answers(ExecutorNetwork loaded, List<RgbImage> pictures) {
    try {
      return answer.of(loaded, pictures).stream().map(PictureQuestion::answered).toList();
    } catch (NonFiniteResultException e) {
      return pictures.size() == 1
          ? List.of(refused(e.reason() + "; " + e.remedy()))
          : pictures.stream().map(each -> answers(loaded, List.of(each)).getFirst()).toList();
    }
  }

  private static Row answered(Object value) {
    return RowFactory.create(value, null);
  }

  private static Row refused(String why) {
    return RowFactory.create(null, why);
  }
}
