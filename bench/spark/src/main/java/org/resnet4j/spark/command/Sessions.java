package org.resnet4j.spark.command;

import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;
import org.jspecify.annotations.Nullable;
import org.resnet4j.bench.failure.CommandException;
import org.resnet4j.bench.screen.Terminal;
import org.resnet4j.core.text.Quote;

/** From a command to Spark and back. */
final class Sessions {
  /** Set by the launcher: what executors elsewhere need of this project. */
  private static final String JARS = "resnet4j.jars";

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
    SparkSession session;
    try {
      session = SparkSession.builder().config(conf).getOrCreate();
    } catch (Exception e) { // SparkException is one that nobody declares
      throw SparkFailures.ofStart(e, conf.get("spark.master"), settings);
    }
    if (session.sparkContext().isStopped()) {
      throw new CommandException(
          "--master " + Quote.brief(conf.get("spark.master")),
          "Spark has given up; no master answers there",
          "check the address");
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
}
