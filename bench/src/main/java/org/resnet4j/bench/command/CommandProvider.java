package org.resnet4j.bench.command;

import org.resnet4j.bench.screen.Terminal;

/**
 * A command of a module that is on the class path only where it is asked for, which {@link
 * java.util.ServiceLoader} finds.
 */
public interface CommandProvider {
  /** An object with picocli's annotations. */
  Object command(Terminal terminal);
}
