package org.resnet4j.bench.run;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.resnet4j.bench.failure.Failures;
import org.resnet4j.bench.measure.BackendEngines;
import org.resnet4j.bench.measure.EngineFactory;
import org.resnet4j.bench.measure.WrongAnswerException;
import org.resnet4j.bench.result.EngineFacts;
import org.resnet4j.bench.result.Missing;
import org.resnet4j.core.backend.BackendUnavailableException;
import org.resnet4j.core.backend.DeviceFailedException;

/** Who takes part in a comparison, and who cannot. */
public final class Lineup {
  /** Opens another engine. */
  @FunctionalInterface
  public interface Opener {
    /**
     * Fetches and loads what it needs.
     *
     * @throws IOException if it cannot be had here
     */
    EngineFactory open() throws IOException;
  }

  private final List<BackendEngines> ours = new ArrayList<>();
  private final List<EngineFactory> engines = new ArrayList<>();
  private final List<EngineFacts> facts = new ArrayList<>();
  private final List<Missing> missing = new ArrayList<>();

  /** Adds one of ours, if it can run here. */
  public void add(BackendEngines engine) {
    try {
      facts.add(Facts.ours(engine));
      engines.add(engine);
      ours.add(engine);
    } catch (BackendUnavailableException | DeviceFailedException | IllegalArgumentException e) {
      missing.add(missing(engine.name(), e));
    }
  }

  /** Adds another engine, if it can be had. */
  public void add(String name, String version, Opener opener) {
    try {
      engines.add(opener.open());
      facts.add(Facts.peer(name, version));
    } catch (IOException e) {
      missing.add(missing(name, e));
    }
  }

  /** Ours that can run. */
  public List<BackendEngines> ours() {
    return List.copyOf(ours);
  }

  /** All that take part, ours first. */
  public List<EngineFactory> engines() {
    return List.copyOf(engines);
  }

  /** What is known of them. */
  public List<EngineFacts> facts() {
    return List.copyOf(facts);
  }

  /** Who was named and does not take part. */
  public List<Missing> missing() {
    return List.copyOf(missing);
  }

  /** An engine that has fallen out of everything. */
  private static Missing missing(String engine, Exception cause) {
    return missing(engine, null, cause);
  }

  /** An engine that has fallen out of a configuration; of all if there is none. */
  public static Missing missing(@Nullable String engine, @Nullable Cell cell, Throwable cause) {
    return new Missing(
        engine,
        cell == null ? null : cell.subject().name(),
        cell == null ? null : cell.batch(),
        cell == null ? null : cell.threads(),
        switch (cause) {
          case WrongAnswerException _ -> Missing.Kind.DISAGREES;
          case IOException _, BackendUnavailableException _ -> Missing.Kind.UNAVAILABLE;
          default -> Missing.Kind.FAILED;
        },
        Failures.line(cause));
  }
}
