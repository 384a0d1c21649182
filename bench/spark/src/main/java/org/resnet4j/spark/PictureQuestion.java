package org.resnet4j.spark;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.resnet4j.core.NonFiniteResultException;
import org.resnet4j.core.Outcome;
import org.resnet4j.core.PictureStream;

/**
 * A question about pictures, which an executor answers. What is wrong with a picture is its row's
 * error and nobody else's.
 */
record PictureQuestion<T>(SharedNetwork network, PictureSource source, Answer<T> answer)
    implements Serializable {

  /**
   * Asks. Whatever Spark gives is taken on the calling thread, since it is bound to that.
   *
   * @return for each picture, in their order, a row of {@link Answer#type}
   * @throws ExecutorException if the network cannot be run here
   */
  List<Row> ask(List<Picture> pictures) {
    List<Row> rows = new ArrayList<>();
    try (PictureStream<Picture, T> outcomes = answer.stream(network, pictures, source)) {
      for (Outcome<Picture, T> outcome : outcomes) {
        rows.add(
            switch (outcome) {
              case Outcome.Answered<Picture, T>(Picture _, T said) ->
                  RowFactory.create(answer.value(said), null);
              case Outcome.Failed<Picture, T>(Picture _, Exception cause) ->
                  RowFactory.create(null, reason(cause));
            });
      }
    }
    return rows;
  }

  private static String reason(Exception cause) {
    return cause instanceof NonFiniteResultException e
        ? e.reason() + "; " + e.remedy()
        : String.valueOf(cause.getMessage());
  }
}
