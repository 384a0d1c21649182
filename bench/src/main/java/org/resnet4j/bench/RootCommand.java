package org.resnet4j.bench;

import org.resnet4j.bench.report.Version;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** What {@code resnet4j} itself takes. */
@Command(
    name = "resnet4j",
    description = "ResNet image classification in pure Java.",
    mixinStandardHelpOptions = true,
    scope = ScopeType.INHERIT,
    versionProvider = Version.class,
    synopsisSubcommandLabel = "COMMAND",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:done",
      "1:some of the inputs failed, the others were done; or a verification failed, or engines"
          + " that were to be compared disagree",
      "2:wrong usage or bad input; standard error says why, or of a picture the line of its result",
      "130, 143:ended by Ctrl-C or SIGTERM; what was measured until then is in the files",
      "141:the reader of standard output has gone before all was done"
    })
final class RootCommand implements Runnable {
  @Option(
      names = "--debug",
      scope = ScopeType.INHERIT,
      description =
          "Show the stack trace of an error; of profile also what a library has declined, and why.")
  boolean debug;

  @Spec
  private @SuppressWarnings("NullAway") // picocli sets it before anything runs
  CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "no command given");
  }
}
