package org.resnet4j.spark.command;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.SparkException;
import org.jspecify.annotations.Nullable;
import org.resnet4j.bench.failure.CommandException;
import org.resnet4j.bench.failure.Failures;
import org.resnet4j.core.text.Quote;
import org.resnet4j.spark.ExecutorException;

/** From what Spark throws to one line: what, why, and what to do about it. */
final class SparkFailures {
  private static final int MAX_CAUSES = 100;

  private SparkFailures() {}

  /**
   * Of a session that was not opened.
   *
   * @param settings what {@code --conf} gave
   */
  static CommandException ofStart(Throwable failure, String master, Map<String, String> settings) {
    return blamed(causes(failure), settings)
        .map(setting -> new CommandException(setting, line(failure), "check its value"))
        .orElseGet(() ->
            new CommandException(
                "Spark does not start",
                line(failure),
                "check --master " + Quote.brief(master) + " and --conf"));
  }

  /** Once Spark has given up, which it does on a thread of its own. */
  static CommandException ofStop(IllegalStateException failure) {
    if (!meansStop(failure)) {
      throw failure;
    }
    return new CommandException(
        "--master", "Spark has given up; the cluster no longer answers", "check the address");
  }

  private static boolean meansStop(Throwable failure) {
    return String.valueOf(failure.getMessage()).contains("stopped SparkContext");
  }

  /**
   * Of a job: an executor's own words if there are such.
   *
   * @param settings what {@code --conf} gave
   * @param local whether its executor is this process
   * @param out where it writes, if it does
   */
  static CommandException ofJob(
      Throwable failure, Map<String, String> settings, boolean local, @Nullable String out) {
    if (failure instanceof IllegalStateException stopped && meansStop(stopped)) {
      return ofStop(stopped);
    }
    List<Throwable> causes = causes(failure);
    for (Throwable cause : causes) {
      if (cause instanceof ExecutorException) {
        return new CommandException("the job fails", line(cause), "then run it again");
      }
    }
    Optional<String> blamed = blamed(causes, settings);
    if (blamed.isPresent()) {
      return new CommandException(blamed.get(), line(causes.getLast()), "check its value");
    }
    for (Throwable cause : causes) {
      if (Failures.meansFullDisk(cause.getMessage())) {
        String place = out == null ? "" : "--out " + Quote.brief(out) + " and ";
        return new CommandException(
            "the job fails", line(cause), "make room where " + place + "spark.local.dir are");
      }
    }
    return new CommandException(
        "the job fails",
        line(causes.getLast()),
        local ? "run it again with --debug" : "see the executors' logs, or run it with --debug");
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

  /** The failure, its cause, and so on to the one that has none. */
  private static List<Throwable> causes(Throwable failure) {
    List<Throwable> causes = new ArrayList<>();
    for (Throwable at = failure; at != null && causes.size() < MAX_CAUSES; at = at.getCause()) {
      causes.add(at);
    }
    return causes;
  }

  /** The setting that Spark speaks of, as it was given. */
  private static Optional<String> blamed(List<Throwable> causes, Map<String, String> settings) {
    return settings.entrySet().stream()
        .filter(setting ->
            causes.stream()
                .anyMatch(each -> String.valueOf(each.getMessage()).contains(setting.getKey())))
        .max(Comparator.comparingInt(setting -> setting.getKey().length()))
        .map(setting -> "--conf " + Quote.brief(setting.getKey() + "=" + setting.getValue()));
  }
}
