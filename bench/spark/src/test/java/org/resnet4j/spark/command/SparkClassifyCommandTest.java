package org.resnet4j.spark.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.util.Progressable;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.resnet4j.bench.command.CommandProvider;
import org.resnet4j.bench.failure.CommandException;
import org.resnet4j.bench.failure.Failures;
import org.resnet4j.bench.screen.Terminal;
import org.resnet4j.core.Classifier;
import org.resnet4j.core.Prediction;
import org.resnet4j.core.backend.AlgorithmChoice;
import org.resnet4j.core.backend.Backend;
import org.resnet4j.core.backend.BackendOptions;
import org.resnet4j.core.backend.Backends;
import org.resnet4j.golden.DemoModel;
import picocli.CommandLine;

@Timeout(180)
class SparkClassifyCommandTest {
  private static final Path SAMPLES = Path.of("../../golden/samples").toAbsolutePath().normalize();

  @TempDir private Path folder;

  /** What a command has come to. */
  private record Run(int code, String out, String err) {
    static Run of(Object... arguments) {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      ByteArrayOutputStream err = new ByteArrayOutputStream();
      Terminal terminal = new Terminal(out, err, Terminal.Features.PLAIN);
      int code =
          new CommandLine(new SparkClassifyCommand(terminal))
              .setCaseInsensitiveEnumValuesAllowed(true)
              .setExecutionExceptionHandler((e, line, parsed) -> {
                terminal.err().println("resnet4j: " + Failures.line(e));
                return 2;
              })
              .execute(words(arguments));
      terminal.out().flush();
      return new Run(
          code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    private static String[] words(Object... arguments) {
      List<String> words = Arrays.stream(arguments).map(String::valueOf).toList();
      Stream<String> master =
          words.contains("--master") ? Stream.of() : Stream.of("--master", "local[2]");
      return Stream.concat(master, words.stream()).toArray(String[]::new);
    }

    void isRefused(String message) {
      assertThat(err).startsWith("resnet4j: ").contains(message).contains("; ");
      assertThat(err.lines()).hasSize(1);
      assertThat(out).isEmpty();
      assertThat(code).isEqualTo(2);
    }
  }

  private Path photos() throws IOException {
    Path photos = Files.createDirectories(folder.resolve("my photos/deeper"));
    Files.copy(SAMPLES.resolve("02.png"), photos.resolve("two é%20.PNG"));
    Files.copy(SAMPLES.resolve("00.png"), photos.getParent().resolve("00.png"));
    Files.copy(SAMPLES.resolve("01.png"), photos.getParent().resolve("_01.png"));
    Files.copy(SAMPLES.resolve("01.png"), photos.getParent().resolve(".hidden.png"));
    Files.writeString(photos.getParent().resolve("text.jpg"), "no picture");
    Files.writeString(photos.getParent().resolve("readme.txt"), "no picture, and none by its name");
    return photos.getParent();
  }

  private static List<Prediction> classes(String sample) throws IOException {
    try (Backend backend =
            Backends.open("simd", new BackendOptions(2).withAlgorithms(AlgorithmChoice.PORTABLE));
        Classifier classifier = Classifier.open(DemoModel.load(), backend, 1)) {
      return classifier.classify(SAMPLES.resolve(sample), 2).predictions();
    }
  }

  @Test
  void isFoundBesideTheOtherCommands() {
    assertThat(ServiceLoader.load(CommandProvider.class).stream().map(ServiceLoader.Provider::type))
        .containsExactly(SparkCommands.class);
  }

  @Test
  void printsALineForEachPicture() throws IOException {
    Path photos = photos();
    Run run = Run.of(photos, "--recursive");
    assertThat(run.code).isEqualTo(1);
    String place = "file:" + photos;
    assertThat(run.out.lines())
        .containsExactly(
            place + "/00.png  Sneaker  94.5 %",
            place + "/_01.png  Ankle boot  93.7 %",
            place + "/deeper/two é%20.PNG  Coat  95.6 %");
    assertThat(run.err)
        .isEqualTo(
            "resnet4j: %s/text.jpg: it is not a picture known here; convert it to JPEG or PNG\n"
                .formatted(photos));
  }

  @Test
  void writesATable() throws IOException {
    Path photos = photos();
    Path out = folder.resolve("out.parquet");
    Run run = Run.of(photos, "--out", out, "--top", 2);
    assertThat(run.code).as(run.err).isEqualTo(1);
    assertThat(run.out).contains("written  file:" + out + ": 3 pictures, 1 with errors, ");
    assertThat(run.err).isEmpty();
    Map<String, Row> rows = new TreeMap<>();
    try (SparkSession spark = SparkSession.builder().master("local[1]").getOrCreate()) {
      spark
          .read()
          .parquet(out.toString())
          .collectAsList()
          .forEach(row -> rows.put(Path.of(row.getString(0)).getFileName().toString(), row));
    }
    assertThat(rows.keySet()).containsExactly("00.png", "_01.png", "text.jpg");
    assertThat(predictions(rows.get("00.png"))).isEqualTo(classes("00.png"));
    assertThat(predictions(rows.get("_01.png"))).isEqualTo(classes("01.png"));
    assertThat(rows.get("text.jpg").isNullAt(1)).isTrue();
    assertThat(rows.get("text.jpg").getString(2)).contains("it is not a picture known here");

    Run.of(photos, "--out", out).isRefused("--out " + out + ": exists already; choose another");
    Run features =
        Run.of(photos.resolve("*.png"), "--out", out, "--force", "--embed", "--format", "json");
    assertThat(features.code).as(features.err).isZero();
    try (SparkSession spark = SparkSession.builder().master("local[1]").getOrCreate()) {
      List<Row> written = spark.read().json(out.toString()).collectAsList();
      assertThat(written).hasSize(2);
      assertThat(written.getFirst().getList(written.getFirst().fieldIndex("features")))
          .hasSize(DemoModel.load().features());
    }
  }

  private static List<Prediction> predictions(Row row) {
    List<Prediction> predictions = new ArrayList<>();
    for (Row each : row.<Row>getList(1)) {
      predictions.add(new Prediction(each.getInt(0), each.getString(1), each.getDouble(2)));
    }
    return predictions;
  }

  @Test
  void replacesNothingButATable() throws IOException {
    Path photos = photos();
    Run.of(photos, "--out", photos, "--force").isRefused("which Spark has not written");
    Path hidden = Files.createDirectory(folder.resolve("hidden"));
    Path thesis = Files.createDirectory(folder.resolve("docs")).resolve("part-of-my-thesis.docx");
    Files.createFile(thesis);
    Run.of(photos, "--out", thesis.getParent(), "--force")
        .isRefused("'part-of-my-thesis.docx', which Spark has not written");
    Path picture = hidden.resolve("part-00000-01234567-89ab-cdef-0123-456789abcdef-c000.png");
    Files.copy(SAMPLES.resolve("00.png"), picture);
    Files.createFile(hidden.resolve("_SUCCESS"));
    Path link = Files.createSymbolicLink(folder.resolve("link"), hidden);
    for (Path pictures : List.of(hidden, link)) {
      for (Path out : List.of(hidden, link)) {
        Run.of(pictures, "--out", out, "--force").isRefused(", which is to be read");
      }
    }
    assertThat(picture).exists();
    Path nowhere = Files.createSymbolicLink(folder.resolve("nowhere"), folder.resolve("gone"));
    Run.of(photos, "--out", nowhere).isRefused("is a link that leads nowhere");
    Path file = Files.createFile(folder.resolve("file"));
    Run.of(photos, "--out", file, "--force").isRefused("is a file");
    Run.of(photos, "--out", file).isRefused("is a file");
    Run.of(photos, "--out", file.resolve("x")).isRefused("no folder can be made in " + file);
    Run.of(photos, "--out", "/proc/x").isRefused("no folder can be made in /proc");
    Run.of(photos, "--out", "/", "--force").isRefused("is no place for a folder");
    Run.of(photos, "--out", "").isRefused("names nothing");
  }

  @Test
  void aTableStaysIfThereIsNoneToTakeItsPlace() throws IOException, CommandException {
    Path photos = photos();
    Path out = folder.resolve("12:30.parquet");
    assertThat(Run.of(photos.resolve("00.png"), "--out", out).code).isZero();
    List<String> before = names(out);
    Run.of(photos.resolve("text.jpg"), "--out", out, "--force")
        .isRefused("each of 1 pictures has an error, and what was there stays");
    assertThat(names(out)).isEqualTo(before);
    try (SparkSession spark = SparkSession.builder().master("local[1]").getOrCreate();
        OutputFolder unwritten = OutputFolder.of(spark, out.toString(), true)) {
      assertThatThrownBy(unwritten::publish).hasMessageContaining("cannot take the table: ");
    }
    assertThat(names(out)).isEqualTo(before);
    assertThat(names(folder)).containsExactlyInAnyOrder("my photos", "12:30.parquet");
    assertThat(Run.of(photos.resolve("text.jpg"), "--out", folder.resolve("errors")).code)
        .isEqualTo(2);
    assertThat(names(folder.resolve("errors"))).contains("_SUCCESS");
  }

  /** They mean what they mean to the system and to the other commands. */
  @Test
  void goesWhereLinksLead() throws IOException {
    Path other = Files.createDirectories(folder.resolve("other/dir")).getParent();
    Path here = Files.createDirectory(folder.resolve("here"));
    Files.copy(SAMPLES.resolve("00.png"), other.resolve("x.png"));
    Files.copy(SAMPLES.resolve("01.png"), here.resolve("x.png"));
    Path link = Files.createSymbolicLink(here.resolve("link"), other.resolve("dir"));
    Run run = Run.of(link + "/../x.png");
    assertThat(run.out).isEqualTo("file:" + other + "/x.png  Sneaker  94.5 %\n");
    assertThat(Run.of(link + "/../x.png", "--out", link + "/../out").code).isZero();
    List<String> before = names(other.resolve("out"));
    Path table = Files.createSymbolicLink(here.resolve("table"), other.resolve("out"));
    assertThat(Run.of(here.resolve("x.png"), "--out", table, "--force").code).isZero();
    assertThat(table).isSymbolicLink();
    assertThat(names(other.resolve("out"))).isNotEqualTo(before).contains("_SUCCESS");
    assertThat(names(here)).containsExactly("link", "table", "x.png");
    assertThat(names(other)).containsExactly("dir", "out", "x.png");
  }

  /** What was there stays until there is something in its place, and nothing else is left. */
  @Test
  void aJobThatFailsLeavesWhatWasThere() throws IOException {
    Path photos = photos();
    Path out = folder.resolve("res[1]*");
    assertThat(Run.of(photos.resolve("00.png"), "--out", out).code).isZero();
    List<String> before = names(out);
    Run.of(photos, "--out", out, "--force", "--backend", "abacus")
        .isRefused("backend 'abacus' is not available");
    Run.of(photos, "--out", out, "--force", "--precision", "bf16", "--algorithms", "portable")
        .isRefused("portable algorithms are for FP32");
    Run.of(photos, "--out", out, "--force", "--conf", "spark.sql.parquet.compression.codec=lzo")
        .isRefused("the job fails: ");
    assertThat(names(out)).isEqualTo(before);
    Run again = Run.of(photos.resolve("*.png"), "--out", out, "--force");
    assertThat(again.code).as(again.err).isZero();
    assertThat(again.out).contains(": 2 pictures, 0 with errors");
    assertThat(names(folder)).containsExactlyInAnyOrder("my photos", "res[1]*");
  }

  /** The first task's file cannot be made while the second's is being made. */
  public static final class LateFiles extends LocalFileSystem {
    private static final CountDownLatch AT_IT = new CountDownLatch(1);

    @Override
    public FSDataOutputStream create(
        org.apache.hadoop.fs.Path file,
        FsPermission permission,
        boolean overwrite,
        int bufferSize,
        short replication,
        long blockSize,
        Progressable progress)
        throws IOException {
      if (file.getName().startsWith("part-00000")) {
        try {
          AT_IT.await();
        } catch (InterruptedException e) {
          throw new IOException(e);
        }
        throw new IOException("the disk is full");
      }
      AT_IT.countDown();
      long end = System.nanoTime() + 1_000_000_000L;
      while (System.nanoTime() < end) { // interrupted or not, as a system's call would be
        LockSupport.parkNanos(end - System.nanoTime());
      }
      return super.create(
          file, permission, overwrite, bufferSize, replication, blockSize, progress);
    }
  }

  /** Its folder is removed when nobody writes there any more. */
  @Test
  void aTaskThatIsAtItYetWhenTheJobFailsLeavesNothing() throws Exception {
    Path photos = photos();
    Run.of(
            photos,
            "--out",
            folder.resolve("out"),
            "--format",
            "json",
            "--conf",
            "spark.hadoop.fs.file.impl=" + LateFiles.class.getName(),
            "--conf",
            "spark.hadoop.fs.file.impl.disable.cache=true")
        .isRefused("the disk is full");
    assertThat(names(folder)).containsExactly("my photos");
    Thread.sleep(2_000);
    assertThat(names(folder)).containsExactly("my photos");
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void findsWhatTheOtherCommandsFind() throws IOException {
    Path odd = Files.createDirectories(folder.resolve("odd/deeper"));
    Path sample = SAMPLES.resolve("00.png");
    Files.copy(sample, odd.getParent().resolve("a[1].png"));
    Files.copy(sample, odd.getParent().resolve("b:c.png"));
    Files.createSymbolicLink(odd.resolve("up"), odd.getParent());
    Files.createSymbolicLink(odd.resolve("self"), odd);
    Files.createSymbolicLink(odd.resolve("gone.png"), folder.resolve("nowhere"));
    Run run = Run.of(odd.getParent(), "--recursive");
    assertThat(run.code).isEqualTo(1);
    assertThat(run.out.lines())
        .containsExactly(
            "file:" + odd.getParent() + "/a[1].png  Sneaker  94.5 %",
            "file:" + odd.getParent() + "/b:c.png  Sneaker  94.5 %");
    assertThat(run.err).contains("gone.png: there is no such file").hasLineCount(1);
    Run one = Run.of(odd.getParent().resolve("a[1].png"), "file:" + odd.getParent() + "/b:c.png");
    assertThat(one.out.lines()).hasSize(2);
    assertThat(one.code).isZero();
  }

  /** As a shell would, whatever the names beside are. */
  @Test
  void findsWhatAPatternNames() throws IOException {
    Path odd = Files.createDirectories(folder.resolve("c:d/inner")).getParent();
    Path sample = SAMPLES.resolve("00.png");
    for (String name : List.of("a1.png", "a2.PNG", "b:c.png", ".a3.png", "inner/a4.png")) {
      Files.copy(sample, odd.resolve(name));
    }
    Files.createSymbolicLink(odd.resolve("a5.png"), folder.resolve("nowhere"));
    assertThat(found(odd + "/a*"))
        .containsExactly(odd + "/a1.png", odd + "/a2.PNG", odd + "/a5.png");
    assertThat(found(odd + "/[^a]*.png")).containsExactly(odd + "/b:c.png");
    assertThat(found(odd + "/{a1,b:c}.p?g")).containsExactly(odd + "/a1.png", odd + "/b:c.png");
    assertThat(found(folder + "/*/i*")).containsExactly(odd + "/inner/a4.png");
    assertThat(found("file:" + odd + "/.a*")).containsExactly(odd + "/.a3.png");
    Run.of(odd + "/*.webp").isRefused("there is no such file or folder");
    Run.of(odd + "/{a").isRefused("is no pattern: ");
  }

  private static List<String> found(String pattern) {
    Run run = Run.of(pattern);
    return Stream.concat(
            run.out.lines().map(line -> line.replaceFirst("^file:(.*?)  .*", "$1")),
            run.err.lines().map(line -> line.replaceFirst("^resnet4j: (.*?): there .*", "$1")))
        .toList();
  }

  @Test
  void saysWhatIsNotThere() throws IOException {
    Path empty = Files.createDirectory(folder.resolve("empty"));
    Run.of(folder.resolve("nothing")).isRefused("there is no such file or folder");
    Run.of(folder.resolve("*.png")).isRefused("there is no such file or folder");
    Run.of(empty).isRefused("no *.png, *.jpg, *.gif, *.bmp, *.tif or *.webp in this directory");
    Run.of("foo://x/y").isRefused("cannot be listed: ");
    Run.of("a b:c").isRefused("there is no such file or folder");
    Run.of("").isRefused("names nothing");
    Run.of(SAMPLES, "--out", "foo://x/y").isRefused("is on no file system known here");
  }

  @Test
  void saysWhatSparkDoesNotTake() {
    Run.of(SAMPLES, "--master", "spork://x").isRefused("Spark does not start: ");
    Run.of(SAMPLES, "--master", "").isRefused("names nothing");
    Run.of(SAMPLES, "--master", "yarn").isRefused("with the spark-submit of a Spark installation");
    Run.of(SAMPLES, "--master", "k8s://h:1").isRefused("with the spark-submit of a Spark install");
    Run.of(SAMPLES, "--master", "spark://nohost.invalid:1").isRefused("there is no such host");
    Run.of(SAMPLES, "--master", "spark://localhost:1").isRefused("no master answers there");
    Run.of(SAMPLES, "--master", "spark://localhost").isRefused("names no host and port");
    Run.of(SAMPLES, "--master", "local[99999]").isRefused("got 99999; local[*]");
    Run.of(SAMPLES, "--master", "local[99999999999]").isRefused("is no number of threads");
    Run.of(SAMPLES, "--batch", Integer.MAX_VALUE).isRefused("--batch 2147483647: its pictures");
    Run.of(SAMPLES, "--conf", "a.b=c").isRefused("their names begin with spark.");
    Run.of(SAMPLES, "--conf", "spark.driver.port=x").isRefused("--conf spark.driver.port=x: ");
    Run.of(SAMPLES, "--conf", "spark.local.dir=/dev/null/x")
        .isRefused("nothing can be written there");
    Run.of(SAMPLES, "--conf", "spark.local.dir=a\0b").isRefused("nothing can be written there");
    Run.of(SAMPLES, "--json", "--out", folder.resolve("x")).isRefused("leave one of them out");
    Run.of(SAMPLES, "--embed", "--top", 3).isRefused("leave one of them out");
  }

  @Test
  void saysWhatExecutorsSay() {
    Run.of(SAMPLES, "--backend", "abacus").isRefused("backend 'abacus' is not available");
    Run.of(SAMPLES, "--precision", "bf16", "--algorithms", "portable")
        .isRefused("portable algorithms are for FP32");
  }
}
