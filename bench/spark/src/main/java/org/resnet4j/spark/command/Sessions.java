package org.resnet4j.spark.command;

import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkException;
import org.apache.spark.sql.SparkSession;
import org.jspecify.annotations.Nullable;
import org.resnet4j.bench.failure.CommandException;
import org.resnet4j.bench.screen.Terminal;
import org.resnet4j.core.text.Quote;
import org.resnet4j.spark.ExecutorException;

/** From a command to Spark and back. */
final class Sessions {
  /** Set by the launcher: what executors elsewhere need of this project. */
  private static final String JARS = "resnet4j.jars";

  private static final int MAX_CAUSES = 100;

  private Sessions() {}

  /**
   * Opens a session.
   *
   * @param master null for what is set already, or this machine
   * @param settings of Spark, which go before this command's
   * @throws CommandException if Spark does not start
   */
  static SparkSession open(Terminal terminal, @Nullable String master, Map<String, String> settings)
      throws CommandException {
    SparkConf conf = new SparkConf();
    for (Map.Entry<String, String> setting : settings.entrySet()) {
      if (!setting.getKey().startsWith("spark.")) {
        throw new CommandException(
            "--conf " + Quote.brief(setting.getKey()),
            "is no setting of Spark",
            "their names begin with spark.");
      }
      conf.set(setting.getKey(), setting.getValue());
    }
    if (master != null) {
      conf.setMaster(master);
    }
    conf.setIfMissing("spark.master", "local[*]");
    conf.setIfMissing("spark.app.name", "resnet4j spark-classify");
    conf.setIfMissing("spark.ui.showConsoleProgress", "" + terminal.features().errIsTerminal());
    if (conf.get("spark.master").startsWith("local")) {
      conf.setIfMissing("spark.ui.enabled", "false");
      conf.setIfMissing("spark.driver.host", "localhost");
      conf.setIfMissing("spark.driver.bindAddress", "127.0.0.1");
    } else {
      String jars = System.getProperty(JARS);
      if (jars != null) {
        conf.setIfMissing("spark.jars", jars);
      }
    }
    requireLocalFolder(conf);
    MasterUrl.check(conf.get("spark.master"));
    String place = "--master " + Quote.brief(conf.get("spark.master"));
    SparkSession session;
    try {
      session = SparkSession.builder().config(conf).getOrCreate();
    } catch (Exception e) { // SparkException is one that nobody declares
      throw new CommandException(
          place, "Spark does not start: " + line(e), "check the address and --conf");
    }
    if (session.sparkContext().isStopped()) {
      throw new CommandException(
          place, "Spark has given up; no master answers there", "check the address");
    }
    return session;
  }

  /** Without one Spark ends the process, and says so in its log alone. */
  private static void requireLocalFolder(SparkConf conf) throws CommandException {
    String stated = System.getenv("SPARK_LOCAL_DIRS");
    String folders =
        stated != null ? stated : conf.get("spark.local.dir", System.getProperty("java.io.tmpdir"));
    boolean usable = Stream.of(folders.split(",")).anyMatch(Sessions::canBeMade);
    if (!usable) {
      throw new CommandException(
          (stated != null ? "SPARK_LOCAL_DIRS " : "spark.local.dir ") + Quote.brief(folders),
          "nothing can be written there, which Spark needs",
          "name a folder that can be written");
    }
  }

  private static boolean canBeMade(String folder) {
    try {
      LocalPaths.requireRoom(Path.of(folder));
      return true;
    } catch (IOException | InvalidPathException _) {
      return false;
    }
  }

  /** What Spark throws once it has given up, which it does on a thread of its own. */
  static CommandException stopped(IllegalStateException e) {
    if (!String.valueOf(e.getMessage()).contains("stopped SparkContext")) {
      throw e;
    }
    return new CommandException(
        "--master", "Spark has given up; the cluster no longer answers", "check the address");
  }

  /** Whether the process has been told to end, of which nobody needs to be told. */
  static boolean isEnding() {
    Thread none = new Thread(() -> {});
    try {
      Runtime.getRuntime().addShutdownHook(none);
      Runtime.getRuntime().removeShutdownHook(none);
      return false;
    } catch (IllegalStateException _) {
      return true;
    }
  }

  /** What a job has failed of, for a user: an executor's own words if there are such. */
  static CommandException failed(Throwable failure) {
    Throwable cause = failure;
    for (int i = 0; i < MAX_CAUSES && cause.getCause() != null; i++) {
      if (cause instanceof ExecutorException) {
        break;
      }
      cause = cause.getCause();
    }
    return new CommandException(
        "the job fails",
        line(cause),
        cause instanceof ExecutorException
            ? "then run it again"
            : "see the executors' logs, or run it again with --debug");
  }

  /** The first line says what, those after it where. */
  static String line(Throwable failure) {
    String message = String.valueOf(failure.getMessage());
    String kind =
        failure instanceof SparkException || failure instanceof ExecutorException
            ? ""
            : failure.getClass().getSimpleName() + ": ";
    return Quote.oneLine(kind + message.lines().findFirst().orElse("it does not say why"));
  }
}
