package org.resnet4j.spark.command;

import java.util.List;
import org.apache.spark.sql.Row;
import org.resnet4j.bench.report.JsonLines;
import org.resnet4j.bench.screen.Terminal;
import org.resnet4j.bench.screen.Units;
import org.resnet4j.core.text.Quote;
import tools.jackson.core.JsonGenerator;

/**
 * Rows of paths, answers and errors on standard output, as {@code classify} and {@code embed} write
 * theirs.
 *
 * @param model its name
 * @param json whether classes are to be objects, as features always are
 */
record PrintedRows(Terminal terminal, String model, boolean json) {
  private static final int ANSWER = 1;
  private static final int ERROR = 2;

  Counts print(List<Row> rows) {
    JsonLines lines = new JsonLines(terminal.out());
    long refused = 0;
    for (Row row : rows) {
      if (row.isNullAt(ANSWER)) {
        refused++;
        refused(lines, row);
      } else if (json || isFeatures(row)) {
        lines.print(object -> write(object, row));
      } else {
        terminal.out().println(line(row));
      }
    }
    return new Counts(rows.size(), refused);
  }

  private static boolean isFeatures(Row row) {
    return row.schema().fieldNames()[ANSWER].equals("features");
  }

  private void refused(JsonLines lines, Row row) {
    String why = row.getString(ERROR).replace("maxPixels", "--max-pixels");
    if (json) {
      lines.refused(row.getString(0), why);
    } else {
      terminal.err().println("resnet4j: " + why);
    }
  }

  private void write(JsonGenerator object, Row row) {
    object.writeStringProperty("image", row.getString(0));
    object.writeStringProperty("model", model);
    object.writeArrayPropertyStart(row.schema().fieldNames()[ANSWER]);
    if (isFeatures(row)) {
      row.<Float>getList(ANSWER).forEach(object::writeNumber);
    } else {
      row.<Row>getList(ANSWER).forEach(each -> writePrediction(object, each));
    }
    object.writeEndArray();
  }

  private static void writePrediction(JsonGenerator object, Row each) {
    object.writeStartObject();
    object.writeNumberProperty("index", each.getInt(0));
    object.writeStringProperty("label", each.getString(1));
    object.writeNumberProperty("probability", each.getDouble(2));
    object.writeEndObject();
  }

  private static String line(Row row) {
    Row best = row.<Row>getList(ANSWER).getFirst();
    return "%s  %s  %s"
        .formatted(
            Quote.oneLine(row.getString(0)),
            Quote.brief(best.getString(1)),
            Units.percent(best.getDouble(2)).strip());
  }
}
