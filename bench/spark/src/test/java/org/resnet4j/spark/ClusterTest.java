package org.resnet4j.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.scheduler.SparkListenerTaskStart;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.resnet4j.core.Prediction;
import org.resnet4j.golden.DemoModel;

/** On two executors in JVMs of their own, on this machine. */
@Timeout(240)
class ClusterTest {
  private static final int COPIES = 60;
  private static final int TASKS = 20;

  @BeforeAll
  static void findHome() throws IOException {
    // Of a Spark that is installed: its jars, which are on this JVM's class path.
    Files.createDirectories(Path.of(System.getenv("SPARK_HOME"), "jars"));
  }

  private static SparkSession.Builder cluster() {
    String classPath =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    return SparkSession.builder()
        .master("local-cluster[2,1,1024]")
        .config("spark.ui.enabled", false)
        .config(
            "spark.executor.extraJavaOptions",
            "-XX:+UseSerialGC -XX:Tier4CompileThreshold=60000 -XX:Tier4InvocationThreshold=50000")
        .config("spark.executorEnv.JAVA_HOME", System.getProperty("java.home"))
        .config("spark.executor.extraClassPath", classPath);
  }

  /** Executors are the only JVMs that this one starts; their command lines are too long to read. */
  private static Stream<ProcessHandle> executors() {
    return ProcessHandle.current()
        .children()
        .filter(child -> child.info().command().filter(file -> file.endsWith("java")).isPresent());
  }

  @Test
  void anExecutorThatIsKilledCostsNoRowAndNoBit() throws Exception {
    List<String> paths = new ArrayList<>();
    for (int i = 0; i < COPIES; i++) {
      SamplePictures.files().forEach(file -> paths.add(SamplePictures.uri(file)));
    }
    TreeMap<String, List<Prediction>> expected = SamplePictures.classes(2);
    Set<String> hosts = new HashSet<>();
    CountDownLatch begun = new CountDownLatch(TASKS / 4);
    try (SparkSession spark = cluster().getOrCreate()) {
      List<String> failures = new ArrayList<>();
      spark
          .sparkContext()
          .addSparkListener(
              new SparkListener() {
                @Override
                public void onTaskStart(SparkListenerTaskStart start) {
                  hosts.add(start.taskInfo().executorId());
                }

                @Override
                public void onTaskEnd(SparkListenerTaskEnd end) {
                  if (end.reason().toString().contains("Success")) {
                    begun.countDown();
                  } else {
                    failures.add(end.reason().toString());
                  }
                }
              });
      SparkNetwork network =
          SparkNetwork.share(spark, DemoModel.load(), ExecutorOptions.defaults());
      Dataset<Row> pictures =
          spark.createDataset(paths, Encoders.STRING()).toDF("path").repartition(TASKS);
      ProcessHandle[] victim = new ProcessHandle[1];
      Thread killer =
          Thread.ofPlatform()
              .start(() -> {
                try {
                  begun.await(120, TimeUnit.SECONDS);
                } catch (InterruptedException _) {
                  return;
                }
                victim[0] = executors().findFirst().orElse(null);
                if (victim[0] != null) {
                  victim[0].destroyForcibly();
                }
              });
      List<Row> rows = network.classify(pictures, "path", 2).collectAsList();
      killer.join();
      assertThat(begun.getCount()).isZero();
      assertThat(Objects.requireNonNull(victim[0]).isAlive()).isFalse();
      assertThat(rows).hasSameSizeAs(paths);
      TreeMap<String, Integer> counts = new TreeMap<>();
      for (Row row : rows) {
        counts.merge(row.getString(0), 1, Integer::sum);
        assertThat(row.isNullAt(2)).isTrue();
        List<Prediction> predictions =
            row.<Row>getList(1).stream()
                .map(each -> new Prediction(each.getInt(0), each.getString(1), each.getDouble(2)))
                .toList();
        assertThat(predictions).isEqualTo(expected.get(row.getString(0)));
      }
      assertThat(counts.keySet()).isEqualTo(expected.keySet());
      assertThat(counts.values()).containsOnly(COPIES);
      assertThat(hosts).hasSizeGreaterThanOrEqualTo(2);
      assertThat(failures).as("a task of the killed executor").isNotEmpty();
      System.out.printf(
          "R45: %s pictures on 2 executors, one killed in the middle: %s rows, 0 other bits%n",
          paths.size(), rows.size());
    }
    for (ProcessHandle executor : executors().toList()) {
      executor.onExit().get(30, TimeUnit.SECONDS);
    }
  }
}
