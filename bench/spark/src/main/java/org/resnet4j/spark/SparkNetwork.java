package org.resnet4j.spark;

import java.util.Arrays;
import java.util.stream.Collectors;
import org.apache.spark.SparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.expressions.UserDefinedFunction;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.SerializableConfiguration;
import org.resnet4j.core.image.Preprocessing;
import org.resnet4j.core.model.PretrainedModel;
import org.resnet4j.core.text.Quote;
import scala.reflect.ClassTag$;

/**
 * A network that the executors of a Spark application run. Spark brings it to each of them once;
 * the first task there loads it, and all tasks share what it has loaded.
 *
 * <p>Pictures are a column of BINARY, which holds files' contents, or of STRING, which holds paths
 * of files that Spark can read. A picture that is not sound, or cannot be read, has an error
 * instead of an answer, and the others have theirs. An answer depends on neither the executor nor
 * the pictures beside it: tasks that Spark runs again give the same bits, as long as {@link
 * ExecutorOptions} leave the choice of algorithms to no clock.
 *
 * <p>Immutable and thread-safe.
 */
public final class SparkNetwork {
  private final SharedNetwork shared;
  private final PictureSource source;
  private final int classes;

  private SparkNetwork(SharedNetwork shared, PictureSource source, int classes) {
    this.shared = shared;
    this.source = source;
    this.classes = classes;
  }

  /**
   * Shares a network with the executors of a session's application.
   *
   * @throws IllegalArgumentException if the network takes neither RGB nor grey pictures, or exceeds
   *     the 2 GB of an ONNX file, or the backend does not compute as the options say
   * @throws org.resnet4j.core.backend.BackendUnavailableException if there is none of that name
   */
  public static SparkNetwork share(
      SparkSession spark, PretrainedModel model, ExecutorOptions options) {
    options.check();
    Preprocessing preprocessing = model.preprocessing();
    if (preprocessing.channels() != 1 && preprocessing.channels() != 3) {
      throw new IllegalArgumentException(
          "%s takes pictures of %s channels, and files hold 1 or 3"
              .formatted(Quote.brief(model.name()), preprocessing.channels()));
    }
    SparkContext context = spark.sparkContext();
    Broadcast<SerializableConfiguration> hadoop =
        context.broadcast(
            new SerializableConfiguration(context.hadoopConfiguration()),
            ClassTag$.MODULE$.apply(SerializableConfiguration.class));
    return new SparkNetwork(
        SharedNetwork.of(context, model, options), new PictureSource(hadoop), model.classes());
  }

  /**
   * The most probable classes of pictures.
   *
   * @param pictures whose other columns stay
   * @param column of the pictures, BINARY or STRING
   * @param top how many classes, at least 1; more than there are means all
   * @return {@code pictures} with two more columns: {@code predictions}, an array of {@code
   *     struct<index: int, label: string, probability: double>}, the most probable first, and
   *     {@code error}, of which one is NULL
   * @throws IllegalArgumentException if {@code top} is less than 1, the network has no classes, or
   *     a column is missing, of another type, or in the way
   */
  public Dataset<Row> classify(Dataset<Row> pictures, String column, int top) {
    return answered(pictures, column, classes(top));
  }

  /**
   * The features of pictures: what the network has before its classifier.
   *
   * @param pictures whose other columns stay
   * @param column of the pictures, BINARY or STRING
   * @return {@code pictures} with two more columns: {@code features}, an array of float, and {@code
   *     error}, of which one is NULL
   * @throws IllegalArgumentException if a column is missing, of another type, or in the way
   */
  public Dataset<Row> embed(Dataset<Row> pictures, String column) {
    return answered(pictures, column, new Answer.Features());
  }

  /**
   * The same as a function of a column, a picture at a time, which is slower than {@link
   * #classify(Dataset, String, int)}.
   *
   * @return {@code struct<predictions, error>}
   * @throws IllegalArgumentException if {@code top} is less than 1 or the network has no classes
   */
  public Column classify(Column picture, int top) {
    return function(classes(top)).apply(picture);
  }

  /**
   * The same as a function of a column, a picture at a time.
   *
   * @return {@code struct<features, error>}
   */
  public Column embed(Column picture) {
    return function(new Answer.Features()).apply(picture);
  }

  /**
   * Makes functions for SQL: {@code PREFIX_classify(picture)} and {@code PREFIX_embed(picture)}, of
   * which the first is left out for a network without classes.
   *
   * @param prefix of their names, such as {@code "resnet4j"}
   * @param top how many classes, at least 1
   */
  public void register(SparkSession spark, String prefix, int top) {
    if (classes > 0) {
      spark.udf().register(prefix + "_classify", function(classes(top)));
    }
    spark.udf().register(prefix + "_embed", function(new Answer.Features()));
  }

  private Answer<?> classes(int top) {
    if (classes == 0) {
      throw new IllegalArgumentException(
          Quote.brief(shared.identity().name()) + " has no classifier; embed gives its features");
    }
    if (top < 1) {
      throw new IllegalArgumentException("top must be at least 1, got " + top);
    }
    return new Answer.Classes(Math.min(top, classes));
  }

  /** Not deterministic in Spark's words: what is would be run again wherever a query names it. */
  private UserDefinedFunction function(Answer<?> answer) {
    PictureQuestion<?> question = new PictureQuestion<>(shared, source, answer);
    return functions.udf(new PictureFunction(question), answer.type()).asNondeterministic();
  }

  private Dataset<Row> answered(Dataset<Row> pictures, String column, Answer<?> answer) {
    StructType schema = pictures.schema();
    int index = Arrays.asList(schema.fieldNames()).indexOf(column);
    if (index < 0) {
      throw new IllegalArgumentException(
          "there is no column '%s' among %s"
              .formatted(column, String.join(", ", schema.fieldNames())));
    }
    DataType type = schema.fields()[index].dataType();
    if (!type.equals(DataTypes.BinaryType) && !type.equals(DataTypes.StringType)) {
      throw new IllegalArgumentException(
          "column '%s' is %s; pictures are BINARY, their paths STRING"
              .formatted(column, type.sql()));
    }
    StructType wider = schema;
    for (StructField added : answer.type().fields()) {
      requireFree(schema, added.name());
      wider = wider.add(added);
    }
    PictureQuestion<?> question = new PictureQuestion<>(shared, source, answer);
    return pictures.mapPartitions(new PictureBatches(question, index), Encoders.row(wider));
  }

  /** Names differ by more than their case, as Spark's usually do. */
  private static void requireFree(StructType schema, String name) {
    String there =
        Arrays.stream(schema.fieldNames())
            .filter(name::equalsIgnoreCase)
            .collect(Collectors.joining());
    if (!there.isEmpty()) {
      throw new IllegalArgumentException(
          "there is a column '%s' already; drop or rename it".formatted(there));
    }
  }
}
