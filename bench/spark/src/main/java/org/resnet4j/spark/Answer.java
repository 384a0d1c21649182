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
import org.resnet4j.core.PictureReader;
import org.resnet4j.core.PictureStream;
import org.resnet4j.core.Prediction;

/**
 * What is asked of a network about a picture: the column's name and type, and its values.
 *
 * @param <T> what the network says
 */
sealed interface Answer<T> extends Serializable {
  /** The column that says why there is no answer; null beside one. */
  StructField ERROR = DataTypes.createStructField("error", DataTypes.StringType, true);

  /** The column of the answer; null beside an error. */
  StructField column();

  /** Asks. */
  PictureStream<Picture, T> stream(
      SharedNetwork network, List<Picture> pictures, PictureReader<Picture> reader);

  /** A value of the column's type. */
  Object value(T said);

  /** Of the answer and the error. */
  default StructType type() {
    return new StructType(new StructField[] {column(), ERROR});
  }

  /**
   * The most probable classes, the most probable first.
   *
   * @param top how many, at least 1
   */
  record Classes(int top) implements Answer<Classification> {
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
    public PictureStream<Picture, Classification> stream(
        SharedNetwork network, List<Picture> pictures, PictureReader<Picture> reader) {
      return ExecutorNetwork.of(network).classifier(network).classifyAll(pictures, reader, top);
    }

    @Override
    public Object value(Classification said) {
      return said.predictions().stream().map(Classes::row).toArray(Row[]::new);
    }

    private static Row row(Prediction each) {
      return RowFactory.create(each.index(), each.label(), each.probability());
    }
  }

  /** What the network has before its classifier. */
  record Features() implements Answer<float[]> {
    @Override
    public StructField column() {
      ArrayType features = DataTypes.createArrayType(DataTypes.FloatType, false);
      return DataTypes.createStructField("features", features, true);
    }

    @Override
    public PictureStream<Picture, float[]> stream(
        SharedNetwork network, List<Picture> pictures, PictureReader<Picture> reader) {
      return ExecutorNetwork.of(network).extractor(network).extractAll(pictures, reader);
    }

    @Override
    public Object value(float[] said) {
      return said;
    }
  }
}
