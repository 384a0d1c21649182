package org.resnet4j.spark;

import static org.apache.spark.sql.functions.col;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.imageio.ImageIO;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.resnet4j.core.Prediction;
import org.resnet4j.core.backend.Availability.Available;
import org.resnet4j.core.backend.Backends;
import org.resnet4j.core.backend.Precision;
import org.resnet4j.golden.DemoModel;

/** On an executor in this JVM. */
@Timeout(120)
class SparkNetworkTest {
  private static final StructType CONTENT =
      new StructType()
          .add("name", DataTypes.StringType)
          .add("content", DataTypes.BinaryType)
          .add("size", DataTypes.LongType);

  private static SparkSession spark;
  private static SparkNetwork network;

  @TempDir private Path folder;

  @BeforeAll
  static void start() throws IOException {
    spark =
        SparkSession.builder()
            .master("local[2]")
            .config("spark.ui.enabled", false)
            .config("spark.sql.shuffle.partitions", 2)
            .getOrCreate();
    network = SparkNetwork.share(spark, DemoModel.load(), ExecutorOptions.defaults().withBatch(3));
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  private static Dataset<Row> samples() {
    return spark.read().format("binaryFile").load(SamplePictures.GLOB);
  }

  private static Dataset<Row> rows(Row... rows) {
    return spark.createDataFrame(Arrays.asList(rows), CONTENT);
  }

  private static TreeMap<String, List<Prediction>> byPath(Dataset<Row> answers) {
    TreeMap<String, List<Prediction>> classes = new TreeMap<>();
    for (Row row : answers.select("path", "predictions", "error").collectAsList()) {
      assertThat(row.isNullAt(2)).as(row.getString(0)).isTrue();
      classes.put(row.getString(0), predictions(row.getList(1)));
    }
    return classes;
  }

  private static List<Prediction> predictions(List<Row> rows) {
    return rows.stream()
        .map(each -> new Prediction(each.getInt(0), each.getString(1), each.getDouble(2)))
        .toList();
  }

  @Test
  void contentsHaveTheClassesOfOneProcess() throws IOException {
    Dataset<Row> answers = network.classify(samples(), "content", 3);
    assertThat(answers.columns())
        .containsExactly("path", "modificationTime", "length", "content", "predictions", "error");
    assertThat(byPath(answers)).isEqualTo(SamplePictures.classes(3));
  }

  @Test
  void pathsHaveTheClassesOfOneProcess() throws IOException {
    Dataset<Row> answers = network.classify(samples().select("path"), "path", 1);
    assertThat(answers.columns()).containsExactly("path", "predictions", "error");
    assertThat(byPath(answers)).isEqualTo(SamplePictures.classes(1));
  }

  @Test
  void featuresAreThoseOfOneProcess() throws IOException {
    TreeMap<String, List<Float>> features = new TreeMap<>();
    for (Row row : network.embed(samples(), "content").select("path", "features").collectAsList()) {
      features.put(row.getString(0), row.getList(1));
    }
    assertThat(features).isEqualTo(SamplePictures.features());
  }

  @Test
  void functionsOfSqlGiveTheSame() throws IOException {
    network.register(spark, "demo", 3);
    samples().createOrReplaceTempView("pictures");
    Dataset<Row> answers =
        spark.sql(
            "SELECT path, answer.predictions, answer.error"
                + " FROM (SELECT path, demo_classify(content) AS answer FROM pictures)");
    assertThat(byPath(answers)).isEqualTo(SamplePictures.classes(3));
    Row features =
        spark
            .sql("SELECT path, demo_embed(path).features FROM pictures ORDER BY path LIMIT 1")
            .first();
    assertThat(features.<Float>getList(1))
        .isEqualTo(SamplePictures.features().get(features.getString(0)));
  }

  @Test
  void functionsOfColumnsGiveTheSame() throws IOException {
    Dataset<Row> answers =
        samples()
            .withColumn("answer", network.classify(col("content"), 2))
            .where("answer.error is null")
            .select("path", "answer.*");
    assertThat(byPath(answers)).isEqualTo(SamplePictures.classes(2));
    assertThat(
            samples()
                .limit(1)
                .select(network.embed(col("path")).as("it"))
                .first()
                .getStruct(0)
                .schema())
        .isEqualTo(new Answer.Features().type());
  }

  @Test
  void whatIsNoPictureIsARowWithAnError() throws IOException {
    byte[] sound = Files.readAllBytes(SamplePictures.files().getFirst());
    Dataset<Row> answers =
        network.classify(
            rows(
                RowFactory.create("text", "no picture".getBytes(), 1L),
                RowFactory.create("sound", sound, 2L),
                RowFactory.create("empty", new byte[0], 3L),
                RowFactory.create("null", null, null),
                RowFactory.create("cut", Arrays.copyOf(sound, sound.length / 2), 5L),
                RowFactory.create("sound too", sound, 6L)),
            "content",
            1);
    Map<String, Row> byName = new TreeMap<>();
    answers.collectAsList().forEach(row -> byName.put(row.getString(0), row));
    assertThat(byName).hasSize(6);
    for (String name : List.of("sound", "sound too")) {
      assertThat(predictions(byName.get(name).getList(3)))
          .isEqualTo(SamplePictures.classes(1).firstEntry().getValue());
      assertThat(byName.get(name).isNullAt(4)).isTrue();
    }
    Map<String, String> errors =
        Map.of(
            "text", "it is not a picture known here",
            "empty", "is empty",
            "null", "NULL instead of a picture",
            "cut", "picture: ");
    errors.forEach((name, part) -> {
      assertThat(byName.get(name).isNullAt(3)).as(name).isTrue();
      assertThat(byName.get(name).getString(4)).as(name).contains(part);
    });
    assertThat(byName.get("null").isNullAt(2)).isTrue();
    assertThat(byName.get("cut").getLong(2)).isEqualTo(5);
  }

  @Test
  void aFileThatIsGoneIsARowWithAnError() throws IOException {
    List<Path> copies = new ArrayList<>();
    for (Path file : SamplePictures.files().subList(0, 4)) {
      copies.add(Files.copy(file, folder.resolve(file.getFileName())));
    }
    Dataset<Row> listed =
        spark
            .createDataset(copies.stream().map(SamplePictures::uri).toList(), Encoders.STRING())
            .toDF("path");
    Files.delete(copies.get(1));
    Files.writeString(copies.get(2), "something else by now");
    List<Row> rows =
        network.classify(listed, "path", 1).orderBy("path").select("error").collectAsList();
    assertThat(rows).hasSize(4);
    assertThat(rows.get(0).isNullAt(0)).isTrue();
    assertThat(rows.get(1).getString(0))
        .isEqualTo(copies.get(1) + ": there is no such file; check the path");
    assertThat(rows.get(2).getString(0)).contains("it is not a picture known here");
    assertThat(rows.get(3).isNullAt(0)).isTrue();
  }

  @Test
  void pathsThatCannotBeReadAreErrors() {
    List<String> paths = List.of("", "nothing://there/x.png", folder.toString(), "a b:c\n\u0007");
    List<Row> rows =
        network
            .classify(spark.createDataset(paths, Encoders.STRING()).toDF("path"), "path", 1)
            .collectAsList();
    assertThat(rows).hasSize(4);
    for (Row row : rows) {
      assertThat(row.isNullAt(1)).isTrue();
      assertThat(row.getString(2)).isNotBlank().doesNotContain("\n", "\u0007");
    }
  }

  @Test
  void refusesColumnsThatDoNotFit() {
    Dataset<Row> pictures = rows();
    assertThatThrownBy(() -> network.classify(pictures, "picture", 1))
        .hasMessage("there is no column 'picture' among name, content, size");
    assertThatThrownBy(() -> network.embed(pictures, "size"))
        .hasMessage("column 'size' is BIGINT; pictures are BINARY, their paths STRING");
    assertThatThrownBy(
            () -> network.classify(pictures.withColumnRenamed("size", "ERROR"), "content", 1))
        .hasMessage("there is a column 'ERROR' already; drop or rename it");
    assertThatThrownBy(() -> network.classify(pictures, "content", 0))
        .hasMessage("top must be at least 1, got 0");
    assertThat(network.classify(pictures, "content", 1).collectAsList()).isEmpty();
  }

  @Test
  void aNetworkWithoutClassesHasFeaturesOnly() throws IOException {
    SparkNetwork body =
        SparkNetwork.share(spark, DemoModel.load().withoutClassifier(), ExecutorOptions.defaults());
    assertThatThrownBy(() -> body.classify(samples(), "content", 1))
        .hasMessageContaining("has no classifier; embed gives its features");
    Row row = body.embed(samples(), "content").orderBy("path").select("features").first();
    assertThat(row.<Float>getList(0)).isEqualTo(SamplePictures.features().firstEntry().getValue());
    body.register(spark, "body", 1);
    assertThat(spark.catalog().functionExists("body_embed")).isTrue();
    assertThat(spark.catalog().functionExists("body_classify")).isFalse();
  }

  @Test
  void whatNoMachineCanDoIsRefusedAtOnce() {
    assertThatThrownBy(() ->
            SparkNetwork.share(
                spark, DemoModel.load(), ExecutorOptions.defaults().withBackend("abacus")))
        .hasMessageContaining("backend 'abacus' is not available");
    assertThatThrownBy(() ->
            SparkNetwork.share(
                spark, DemoModel.load(), ExecutorOptions.defaults().withPrecision(Precision.FP16)))
        .hasMessageContaining("does not compute in FP16");
  }

  @Test
  @DisabledIf("hasGpu")
  void whatAnExecutorCannotDoSaysWhereAndWhy() throws IOException {
    SparkNetwork other =
        SparkNetwork.share(spark, DemoModel.load(), ExecutorOptions.defaults().withBackend("cuda"));
    assertThatThrownBy(() -> other.classify(samples(), "content", 1).collectAsList())
        .rootCause()
        .hasMessageContaining("libcuda");
  }

  static boolean hasGpu() {
    return Backends.providers().stream()
        .anyMatch(each -> each.name().equals("cuda") && each.availability() instanceof Available);
  }

  /** Each is decoded, cropped and dropped: a batch of them would not fit. */
  @Test
  void largePicturesAreNotHeldTogether() throws IOException {
    int side = 3000;
    BufferedImage large = new BufferedImage(side, side, BufferedImage.TYPE_3BYTE_BGR);
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    ImageIO.write(large, "png", png);
    large.flush();
    int fitting = (int) (Runtime.getRuntime().maxMemory() / (3L * side * side));
    Row[] rows = new Row[fitting + 1];
    Arrays.fill(rows, RowFactory.create("large", png.toByteArray(), 1L));
    SparkNetwork wide =
        SparkNetwork.share(
            spark, DemoModel.load(), ExecutorOptions.defaults().withBatch(rows.length));
    List<Row> answers =
        wide.classify(rows(rows).coalesce(1), "content", 1).select("error").collectAsList();
    assertThat(answers).hasSize(rows.length).allMatch(row -> row.isNullAt(0));
  }
}
