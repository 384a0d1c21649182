package org.resnet4j.spark.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SparkFailuresTest {
  private static final Map<String, String> NONE = Map.of();
  private static final Map<String, String> TWO =
      Map.of("spark.task", "1", "spark.task.cpus", "many");

  @Test
  void aSettingIsBlamedIfSparkSpeaksOfIt() {
    Exception failure =
        new RuntimeException("no", new NumberFormatException("spark.task.cpus: not many"));
    assertThat(SparkFailures.ofStart(failure, "local[*]", TWO))
        .hasMessage("--conf spark.task.cpus=many: RuntimeException: no; check its value");
    assertThat(SparkFailures.ofStart(failure, "local[*]", NONE))
        .hasMessage(
            "Spark does not start: RuntimeException: no; check --master local[*] and --conf");
    assertThat(SparkFailures.ofJob(failure, TWO, true, null))
        .hasMessage(
            "--conf spark.task.cpus=many: NumberFormatException: spark.task.cpus: not many;"
                + " check its value");
  }

  @Test
  void aFullDiskComesWithThePlacesThatAreWrittenTo() {
    Exception failure =
        new RuntimeException("no", new IOException("No space left on device", new Exception("x")));
    assertThat(SparkFailures.ofJob(failure, NONE, true, "file:/a/b"))
        .hasMessage(
            "the job fails: IOException: No space left on device; make room where --out file:/a/b"
                + " and spark.local.dir are");
    assertThat(SparkFailures.ofJob(failure, NONE, true, null))
        .hasMessageEndingWith("; make room where spark.local.dir are");
  }

  @Test
  void logsOfExecutorsAreThoseOfACluster() {
    Exception failure = new IllegalStateException("odd");
    assertThat(SparkFailures.ofJob(failure, NONE, true, null))
        .hasMessage("the job fails: IllegalStateException: odd; run it again with --debug");
    assertThat(SparkFailures.ofJob(failure, NONE, false, null))
        .hasMessageContaining("see the executors' logs, or run it");
  }
}
