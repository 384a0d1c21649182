package org.resnet4j.spark.command;

import org.resnet4j.bench.command.CommandProvider;
import org.resnet4j.bench.screen.Terminal;

/** This module's command, where it is on the class path. */
public final class SparkCommands implements CommandProvider {
  @Override
  public Object command(Terminal terminal) {
    return new SparkClassifyCommand(terminal);
  }
}
