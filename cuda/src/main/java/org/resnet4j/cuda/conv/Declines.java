package org.resnet4j.cuda.conv;

import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.resnet4j.cuda.device.CudaContext;
import org.resnet4j.cuda.driver.CudaException;

/**
 * Which ways of computing a plan's convolutions the libraries have declined, and in what words.
 * Whatever status a library answers with, another way may do, as long as the device still works.
 * Added to on the device's thread; thread-safe.
 */
public final class Declines {
  /** So that a plan of many sizes of batches does not keep ever more text. */
  private static final int MOST = 1000;

  private final CudaContext context;
  private final Set<String> texts = Collections.synchronizedSet(new LinkedHashSet<>());

  public Declines(CudaContext context) {
    this.context = context;
  }

  /**
   * Notes a failure, unless it is one that no other way goes round.
   *
   * @param way its name
   * @throws CudaException {@code failure} if the driver itself has failed; the driver's, if the
   *     device does not work any more
   */
  void add(ConvProblem problem, int images, String way, CudaException failure) {
    if (!failure.isLibrarys() && !failure.isOutOfMemory()) {
      throw failure; // without memory, too, another way may do: it may need no workspace
    }
    try {
      context.stream().synchronize();
    } catch (CudaException e) {
      e.addSuppressed(failure); // what the library says follows from what the device does
      throw e;
    }
    note(problem, images, way, String.valueOf(failure.getMessage()));
  }

  /** Notes a way that is not taken. */
  void note(ConvProblem problem, int images, String way, String why) {
    if (texts.size() < MOST) {
      texts.add("%s for %s images of %s: %s".formatted(way, images, problem.text(), why));
    }
  }

  /** One line for each, the first first. */
  public List<String> texts() {
    synchronized (texts) {
      return List.copyOf(texts);
    }
  }
}
