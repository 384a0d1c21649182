package org.resnet4j.spark;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Queue;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.jspecify.annotations.Nullable;

/**
 * A question about all rows of a partition, as many pictures at a time as the network runs at once.
 *
 * @param column of the pictures, counted from 0
 */
record PictureBatches(PictureQuestion<?> question, int column)
    implements MapPartitionsFunction<Row, Row> {
  @Override
  public Iterator<Row> call(Iterator<Row> rows) {
    return new Answered(rows);
  }

  /** Rows with their answers behind them. */
  private final class Answered implements Iterator<Row> {
    private final Iterator<Row> rows;
    private final Queue<Row> ready = new ArrayDeque<>();

    Answered(Iterator<Row> rows) {
      this.rows = rows;
    }

    @Override
    public boolean hasNext() {
      return !ready.isEmpty() || rows.hasNext();
    }

    @Override
    public Row next() {
      if (ready.isEmpty()) {
        run();
      }
      return ready.remove();
    }

    private void run() {
      List<Row> batch = new ArrayList<>();
      List<Picture> pictures = new ArrayList<>();
      int most = question.network().identity().options().batch();
      while (batch.size() < most && rows.hasNext()) {
        Row row = rows.next();
        batch.add(row);
        pictures.add(new Picture(row.get(column)));
      }
      if (batch.isEmpty()) {
        throw new NoSuchElementException();
      }
      List<Row> answers = question.ask(pictures);
      for (int i = 0; i < batch.size(); i++) {
        ready.add(joined(batch.get(i), answers.get(i)));
      }
    }
  }

  private static Row joined(Row row, Row answer) {
    @Nullable Object[] values = new Object[row.size() + answer.size()];
    for (int i = 0; i < row.size(); i++) {
      values[i] = row.get(i);
    }
    for (int i = 0; i < answer.size(); i++) {
      values[row.size() + i] = answer.get(i);
    }
    return RowFactory.create(values);
  }
}
