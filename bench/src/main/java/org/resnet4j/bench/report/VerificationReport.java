package org.resnet4j.bench.report;

import java.util.List;
import org.resnet4j.golden.CaseResult;

/** Where the results of {@code verify} go: each as soon as it is there. */
public interface VerificationReport {
  /**
   * What became of a case.
   *
   * @param passed false also for a case that could not be run
   */
  record Outcome(String name, boolean passed) {}

  /** Before the first case. */
  void begin();

  /** A case has been compared. */
  void add(CaseResult result);

  /**
   * A case could not be run; the next may.
   *
   * @param name the case's
   * @param why in one line
   */
  void failed(String name, String why);

  /** After the last case. */
  void end(List<Outcome> outcomes);
}
