package org.resnet4j.spark;

import java.io.Serializable;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.resnet4j.core.Classification;
import org.resnet4j.core.Prediction;
import org.resnet4j.core.image.RgbImage;

/** What is asked of a network about a picture: the column's name and type, and its values. */
sealed interface Answer extends Serializable {
  /** The column that says why there is no answer; null beside one. */
  StructField ERROR = DataTypes.createStructField("error", DataTypes.StringType, true);

  /** The column of the answer; null beside an error. */
  StructField column();

  /**
   * Asks.
   *
   * @param pictures at least one
   * @return a value of the column's type for each
   * @throws org.resnet4j.core.NonFiniteResultException if there is none for one of them
   */
  List<? extends Object> of(ExecutorNetwork network, List<RgbImage> pictures);

  /** Of the answer and the error. */
  default StructType type() {
    return new StructType(new StructField[] {column(), ERROR});
  }

  /**
   * The most probable classes, the most probable first.
   *
   * @param top how many, at least 1
   */
  record Classes(int top) implements Answer {
    private static final StructType PREDICTION =
        new StructType()
            .add("index", DataTypes.IntegerType, false)
            .add("label", DataTypes.StringType, false)
            .add("probability", DataTypes.DoubleType, false);

    @Override
    public StructField column() {
      ArrayType predictions = DataTypes.createArrayType(PREDICTION, false);
      return DataTypes.createStructField("predictions", predictions, true);
    }

    @Override
    public List<Row[]> of(ExecutorNetwork network, List<RgbImage> pictures) {
      return network.classifier().classify(pictures, top).stream().map(Classes::rows).toList();
    }

    private static Row[] rows(Classification answer) {
      return answer.predictions().stream().map(Classes::row).toArray(Row[]::new);
    }

    private static Row row(Prediction each) {
      return RowFactory.create(each.index(), each.label(), each.probability());
    }
  }

  /** What the network has before its classifier. */
  record Features() implements Answer {
    @Override
    public StructField column() {
      ArrayType features = DataTypes.createArrayType(DataTypes.FloatType, false);
      return DataTypes.createStructField("features", features, true);
    }

    @Override
    public List<float[]> of(ExecutorNetwork network, List<RgbImage> pictures) {
      return network.extractor().extract(pictures);
    }
  }
}
