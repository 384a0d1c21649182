package org.resnet4j.bench.screen;

import org.jspecify.annotations.Nullable;
import org.resnet4j.core.backend.TuningListener;

/** Shows how far a backend is that decides between algorithms. Thread-safe. */
public final class TuningBar implements TuningListener {
  private final Terminal terminal;
  private @Nullable ProgressBar bar;

  public TuningBar(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public synchronized void tuned(int done, int total) {
    if (bar == null) {
      bar = new ProgressBar(terminal, total, "convolutions tuned");
    }
    if (done < total) {
      bar.show(done);
    } else {
      bar.close();
      bar = null;
    }
  }
}
