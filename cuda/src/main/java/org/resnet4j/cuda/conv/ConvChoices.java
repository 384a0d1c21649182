package org.resnet4j.cuda.conv;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.resnet4j.core.backend.TuningListener;
import org.resnet4j.cuda.driver.Resources;

/**
 * How a plan's convolutions are computed, for each number of images: chosen when first needed,
 * shared by the sessions and slots that use them, and kept for a while afterwards. Belongs to its
 * device's thread.
 */
public final class ConvChoices implements AutoCloseable {
  /** Numbers of images whose choices are kept though nothing uses them. */
  private static final int KEPT = 8;

  private final ConvChooser chooser;
  private final TuningListener listener;

  /** The least recently used first. */
  private final Map<Integer, OfBatch> byImages = new LinkedHashMap<>(16, 0.75f, true);

  /**
   * Without choices.
   *
   * @param listener hears how many of those that {@link OfBatch#expect} names have been taken
   */
  public ConvChoices(ConvChooser chooser, TuningListener listener) {
    this.chooser = chooser;
    this.listener = listener;
  }

  /** Choices for a number of images, from {@link #use} to {@link #close}. */
  public final class OfBatch implements AutoCloseable {
    private final int images;
    private final Map<ConvProblem, ConvChoice> chosen = new HashMap<>();
    private final Resources natives = new Resources();
    private final Set<ConvProblem> open = new HashSet<>();
    private int expected;
    private int users;

    private OfBatch(int images) {
      this.images = images;
    }

    /** Says what {@link #get} is going to be asked for. */
    public void expect(Collection<ConvProblem> problems) {
      open.clear();
      open.addAll(problems);
      open.removeAll(chosen.keySet());
      expected = open.size();
      if (expected > 0) {
        listener.tuned(0, expected);
      }
    }

    /**
     * Chooses, if that has not been done.
     *
     * @param scratch where it may be tried; asked only then
     * @throws org.resnet4j.cuda.driver.CudaException if the device fails
     */
    public ConvChoice get(ConvProblem problem, Function<ConvProblem, ConvAddresses> scratch) {
      ConvChoice known = chosen.get(problem);
      if (known == null) {
        known = chooser.choose(problem, images, scratch.apply(problem), natives);
        chosen.put(problem, known);
        if (open.remove(problem)) {
          listener.tuned(expected - open.size(), expected);
        }
      }
      return known;
    }

    /** Ends a use; what was bound to its choices must be closed. */
    @Override
    public void close() {
      users--;
      drop();
    }
  }

  /** Begins a use, which {@link OfBatch#close} ends. */
  public OfBatch use(int images) {
    OfBatch choices = byImages.computeIfAbsent(images, OfBatch::new);
    choices.users++;
    return choices;
  }

  private void drop() {
    long unused = byImages.values().stream().filter(choices -> choices.users == 0).count();
    Iterator<OfBatch> eldest = byImages.values().iterator();
    while (unused > KEPT) {
      OfBatch choices = eldest.next();
      if (choices.users == 0) {
        eldest.remove();
        unused--;
        choices.natives.close();
      }
    }
  }

  /** Closes all choices; nothing may use them any more. Idempotent. */
  @Override
  public void close() {
    try (Resources all = new Resources()) {
      byImages.values().forEach(choices -> all.own(choices.natives));
      byImages.clear();
    }
  }
}
