package org.resnet4j.spark;

import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.api.java.UDF1;
import org.jspecify.annotations.Nullable;

/** A question as a function of a column, a picture at a time. */
record PictureFunction(PictureQuestion<?> question) implements UDF1<@Nullable Object, Row> {
  @Override
  public Row call(@Nullable Object picture) {
    return question.ask(List.of(new Picture(picture))).getFirst();
  }
}
