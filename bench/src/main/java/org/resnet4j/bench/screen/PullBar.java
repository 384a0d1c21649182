package org.resnet4j.bench.screen;

import org.jspecify.annotations.Nullable;
import org.resnet4j.core.hub.HubListener;

/** Shows how far a download is. */
public final class PullBar implements HubListener, AutoCloseable {
  private static final double MEGABYTE = 1e6;

  private final Terminal terminal;
  private @Nullable ProgressBar bar;
  private int total;
  private boolean told;

  public PullBar(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public void fetched(long bytes, long of) {
    int megabytes = (int) Math.min(Integer.MAX_VALUE, Math.round(of / MEGABYTE));
    if (megabytes == 0) {
      return; // nobody waits for so little
    }
    if (bar == null || total != megabytes) { // more has become known
      total = megabytes;
      bar = new ProgressBar(terminal, megabytes, "MB");
    }
    bar.show((int) Math.min(total, Math.round(bytes / MEGABYTE)));
  }

  @Override
  public void waiting() {
    if (!told && terminal.features().errIsTerminal()) {
      told = true;
      terminal.err().println("another process is fetching this model; waiting for it");
    }
  }

  @Override
  public void close() {
    if (bar != null) {
      bar.close();
    }
  }
}
