package org.resnet4j.bench.option;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** The option {@code --debug}, which all commands have from above them. */
public final class Debugging {
  private Debugging() {}

  /** Whether a command is to say more than most people want to know. */
  public static boolean isOn(CommandSpec spec) {
    OptionSpec option = spec.root().findOption("--debug");
    return option != null && Boolean.TRUE.equals(option.getValue());
  }
}
