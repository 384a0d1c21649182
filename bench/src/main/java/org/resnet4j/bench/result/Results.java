package org.resnet4j.bench.result;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A results file: what one run of {@code bench} or {@code compare} has measured. The names of the
 * components are those of the JSON.
 *
 * @param machine where, with what, and how
 * @param progress how far the run came; null of files that do not say so
 * @param results a row for each configuration that was timed
 * @param missing what was to be timed and was not, and why
 * @param profiles where networks' time goes
 * @param accuracy how far each engine's answers are from the truth
 */
public record Results(
    MachineFacts machine,
    @Nullable RunProgress progress,
    List<Row> results,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Missing> missing,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) List<LayerProfile> profiles,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Accuracy> accuracy) {
  /**
   * With copies of the lists; those that a file lacks are empty.
   *
   * @throws NullPointerException if there is no machine
   * @throws IllegalArgumentException if there is a null in a list
   */
  public Results(
      @Nullable MachineFacts machine,
      @Nullable RunProgress progress,
      @Nullable List<Row> results,
      @Nullable List<Missing> missing,
      @Nullable List<LayerProfile> profiles,
      @Nullable List<Accuracy> accuracy) {
    this.machine = Objects.requireNonNull(machine, "it does not say on which machine");
    this.progress = progress;
    this.results = Checks.list(results, "results");
    this.missing = Checks.list(missing, "missing");
    this.profiles = Checks.list(profiles, "profiles");
    this.accuracy = Checks.list(accuracy, "accuracy");
  }

  /** Of a run that has measured nothing yet. */
  public static Results of(MachineFacts machine, @Nullable RunProgress progress) {
    return new Results(machine, progress, null, null, null, null);
  }

  /** The same at another point of the run. */
  public Results withProgress(RunProgress reached) {
    return new Results(machine, reached, results, missing, profiles, accuracy);
  }

  /** With rows more. */
  public Results plus(List<Row> rows) {
    return new Results(machine, progress, join(results, rows), missing, profiles, accuracy);
  }

  /** With something more that was not timed. */
  public Results plus(Missing what) {
    return new Results(
        machine, progress, results, join(missing, List.of(what)), profiles, accuracy);
  }

  /** With a profile more. */
  public Results plus(LayerProfile profile) {
    return new Results(
        machine, progress, results, missing, join(profiles, List.of(profile)), accuracy);
  }

  /** With an engine's accuracy more. */
  public Results plus(Accuracy found) {
    return new Results(
        machine, progress, results, missing, profiles, join(accuracy, List.of(found)));
  }

  private static <T> List<T> join(List<T> list, List<T> more) {
    return Stream.concat(list.stream(), more.stream()).toList();
  }
}
