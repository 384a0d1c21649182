package org.resnet4j.bench;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.ServiceLoader;
import java.util.function.Function;
import org.resnet4j.bench.command.BenchCommand;
import org.resnet4j.bench.command.ClassifyCommand;
import org.resnet4j.bench.command.CommandProvider;
import org.resnet4j.bench.command.CompareCommand;
import org.resnet4j.bench.command.DoctorCommand;
import org.resnet4j.bench.command.DrawCommand;
import org.resnet4j.bench.command.EmbedCommand;
import org.resnet4j.bench.command.ExplainCommand;
import org.resnet4j.bench.command.ExportCommand;
import org.resnet4j.bench.command.ProfileCommand;
import org.resnet4j.bench.command.PullCommand;
import org.resnet4j.bench.command.ReportCommand;
import org.resnet4j.bench.command.ServeCommand;
import org.resnet4j.bench.command.SummaryCommand;
import org.resnet4j.bench.command.VerifyCommand;
import org.resnet4j.bench.failure.ExitCodes;
import org.resnet4j.bench.failure.Failures;
import org.resnet4j.bench.screen.OutputException;
import org.resnet4j.bench.screen.Terminal;
import org.resnet4j.core.text.Quote;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.TypeConversionException;

/** The {@code resnet4j} command. */
final class Main {
  /** Our commands by their names, as the help lists them. */
  private static final SequencedMap<String, Function<Terminal, Object>> OURS =
      new LinkedHashMap<>();

  static {
    OURS.put("classify", ClassifyCommand::new);
    OURS.put("embed", EmbedCommand::new);
    OURS.put("explain", ExplainCommand::new);
    OURS.put("verify", VerifyCommand::new);
    OURS.put("bench", BenchCommand::new);
    OURS.put("compare", CompareCommand::new);
    OURS.put("report", ReportCommand::new);
    OURS.put("profile", ProfileCommand::new);
    OURS.put("summary", SummaryCommand::new);
    OURS.put("draw", DrawCommand::new);
    OURS.put("export", ExportCommand::new);
    OURS.put("pull", PullCommand::new);
    OURS.put("serve", ServeCommand::new);
    OURS.put("doctor", DoctorCommand::new);
  }

  private final Terminal terminal;
  private final RootCommand root;

  private Main(Terminal terminal) {
    this.terminal = terminal;
    this.root = new RootCommand();
  }

  /** Runs the command on this process's streams; {@link Start} ends it with the exit code. */
  static int runProcess(String[] args) {
    OutputStream out = new BufferedOutputStream(new FileOutputStream(FileDescriptor.out));
    OutputStream err = new FileOutputStream(FileDescriptor.err);
    return run(args, new Terminal(out, err, Terminal.Features.ofProcess()));
  }

  /**
   * Runs the command as for a pipe: no colour, no progress bar.
   *
   * @param out takes UTF-8
   * @param err takes UTF-8
   * @return the exit code: one of {@link ExitCodes}
   */
  static int run(String[] args, PrintStream out, PrintStream err) {
    return run(args, new Terminal(out, err, Terminal.Features.PLAIN));
  }

  static int run(String[] args, Terminal terminal) {
    return new Main(terminal).run(args);
  }

  private int run(String[] args) {
    int code;
    try {
      code = commandLine(Arrays.stream(args).findFirst()).execute(args);
    } catch (RuntimeException | Error e) {
      // Of an OutOfMemoryError: whatever filled the heap is garbage once the stack is unwound to
      // here. Of any: the JVM's own exit code would be 1.
      code = report(e);
    }
    try {
      terminal.flush();
    } catch (OutputException e) {
      code = !e.readerGone() ? report(e) : code == ExitCodes.OK ? gone() : code;
    } catch (VirtualMachineError e) {
      if (code != ExitCodes.BAD_INPUT) {
        throw e;
      } // else one line has said what is wrong
    }
    return code;
  }

  /** A command whose results are elsewhere, too, has done all it was asked for. */
  private int gone() {
    return terminal.goesOnUnread() ? ExitCodes.OK : ExitCodes.READER_GONE;
  }

  /** All commands by name. */
  static Map<String, CommandLine> commands() {
    Terminal nowhere =
        new Terminal(
            OutputStream.nullOutputStream(),
            OutputStream.nullOutputStream(),
            Terminal.Features.PLAIN);
    return new Main(nowhere).commandLine(Optional.empty()).getSubcommands();
  }

  /**
   * The command line.
   *
   * @param first argument: where it names one of our commands, that one will do; to make all of
   *     them takes a tenth of a second
   */
  private CommandLine commandLine(Optional<String> first) {
    Ansi ansi = terminal.features().colour() ? Ansi.ON : Ansi.OFF;
    CommandLine line = new CommandLine(root);
    if (first.isPresent() && OURS.containsKey(first.get())) {
      line.addSubcommand(OURS.get(first.get()).apply(terminal));
    } else {
      OURS.values().forEach(command -> line.addSubcommand(command.apply(terminal)));
      for (CommandProvider more :
          ServiceLoader.load(CommandProvider.class, Main.class.getClassLoader())) {
        line.addSubcommand(more.command(terminal));
      }
    }
    line.registerConverter(Path.class, Main::path);
    line.setOut(new PrintWriter(terminal.out(), true, StandardCharsets.UTF_8))
        .setErr(new PrintWriter(terminal.err(), true, StandardCharsets.UTF_8))
        .setColorScheme(CommandLine.Help.defaultColorScheme(ansi))
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setExpandAtFiles(false) // a picture's name may begin with @
        .setExecutionStrategy(Main::execute)
        .setUsageHelpWidth(Math.clamp(terminal.features().columns(), 60, 100))
        .setParameterExceptionHandler(this::usageError)
        .setExecutionExceptionHandler(this::failed);
    return line;
  }

  /** An empty name would be that of the current folder, or none. */
  private static Path path(String text) {
    if (text.isEmpty()) {
      throw new TypeConversionException("names nothing");
    }
    return Path.of(text);
  }

  /** Runs the command that was named. */
  private static int execute(ParseResult parsed) {
    for (ParseResult each = parsed; each != null; each = each.subcommand()) {
      for (OptionSpec option : each.matchedOptions()) {
        if (option.getValue() instanceof Collection<?> values && values.isEmpty()) {
          throw new ParameterException(
              each.commandSpec().commandLine(), option.names()[0] + ": names nothing");
        }
      }
    }
    return new CommandLine.RunLast().execute(parsed);
  }

  private int usageError(ParameterException e, String[] args) {
    String command = e.getCommandLine().getCommandSpec().qualifiedName();
    String message = Quote.oneLine(asTyped(e, args));
    terminal.err().println("resnet4j: " + message + "; try '" + command + " --help'");
    if (root.debug) {
      e.printStackTrace(terminal.err());
    }
    return ExitCodes.BAD_INPUT;
  }

  /** The message, which has the longest of an option's names, with the one that was given. */
  private static String asTyped(ParameterException e, String[] args) {
    String message = String.valueOf(e.getMessage());
    if (e.getArgSpec() instanceof OptionSpec option) {
      for (String name : option.names()) {
        if (Arrays.stream(args).anyMatch(arg -> arg.equals(name) || arg.startsWith(name + "="))) {
          return message.replace("'" + option.longestName() + "'", "'" + name + "'");
        }
      }
    }
    return message;
  }

  private int failed(Exception e, CommandLine line, ParseResult parsed) {
    if (e instanceof OutputException output) {
      return output.readerGone() ? ExitCodes.READER_GONE : ExitCodes.OK; // the last flush tells it
    }
    return report(e);
  }

  private int report(Throwable e) {
    terminal.err().println("resnet4j: " + Failures.line(e));
    if (root.debug) {
      e.printStackTrace(terminal.err());
    }
    return ExitCodes.BAD_INPUT;
  }
}
