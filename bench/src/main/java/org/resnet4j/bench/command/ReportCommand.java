package org.resnet4j.bench.command;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.resnet4j.bench.failure.CommandException;
import org.resnet4j.bench.failure.ExitCodes;
import org.resnet4j.bench.output.Outputs;
import org.resnet4j.bench.output.ResultFile;
import org.resnet4j.bench.page.ComparePage;
import org.resnet4j.bench.report.ResultTables;
import org.resnet4j.bench.result.Results;
import org.resnet4j.bench.result.ResultsJson;
import org.resnet4j.bench.result.TextFile;
import org.resnet4j.bench.screen.Terminal;
import org.resnet4j.core.file.WholeFile;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code resnet4j report}. */
@Command(
    name = "report",
    description = {
      "Makes the page of results that compare or bench have written.",
      "",
      "Of several files, of several machines or days, it makes one page that holds them side by"
          + " side."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  resnet4j report results.json",
      "  resnet4j report here.json there.json --out both.html",
      "  resnet4j report today.json --old yesterday.json",
      "  resnet4j report --tables bench/README.md"
    })
public final class ReportCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Parameters(paramLabel = "FILE", arity = "0..*", description = "Results, as JSON.")
  private List<Path> files = List.of();

  @Option(
      names = {"-o", "--out"},
      paramLabel = "FILE",
      description = "The page, or - for standard output. Default: report.html.")
  private Path out = Path.of("report.html");

  @Option(
      names = "--old",
      paramLabel = "FILE",
      description = "Results of an earlier run, to show what has changed.")
  private @Nullable Path old;

  @Option(
      names = "--tables",
      paramLabel = "FILE.md",
      description =
          "Instead write the tables of a Markdown file anew, of the results that it names beside"
              + " them.")
  private @Nullable Path tables;

  @Spec private CommandSpec spec = CommandSpec.create();

  public ReportCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws IOException, CommandException {
    if (tables != null) {
      return rewrite(tables);
    }
    if (files.isEmpty()) {
      throw new CommandException(
          spec.name(), "no results are named", "name files that compare --json has written");
    }
    if (old != null && files.size() > 1) {
      throw new CommandException(
          "--old", "is for one file of results", "name one, or leave --old out");
    }
    List<Results> all = new ArrayList<>();
    for (Path file : files) {
      Outputs.requireOther("--out", out, "the results", file);
      all.add(ResultsJson.read(file));
    }
    Outputs.requireOther("--out", out, "the earlier results", old);
    String page = ComparePage.of(all, old == null ? null : ResultsJson.read(old));
    if (Terminal.isStandardOutput(out)) {
      terminal.out().println(page);
      return ExitCodes.OK;
    }
    ResultFile file = ResultFile.page("--out", out);
    file.check();
    file.write(page);
    terminal.out().println("page     " + out);
    return ExitCodes.OK;
  }

  private Integer rewrite(Path markdown) throws IOException, CommandException {
    if (!files.isEmpty() || old != null) {
      throw new CommandException(
          "--tables", "takes the results that the file names", "leave other files out");
    }
    String text = TextFile.read(markdown);
    int count = ResultTables.count(text);
    if (count == 0) {
      throw new CommandException(
          "--tables " + markdown,
          "there is no table of results in it",
          "mark one: <!-- table of results.json --> and <!-- end --> on lines of their own");
    }
    Path folder = markdown.toAbsolutePath().getParent();
    WholeFile.replace(
        markdown, bytes(ResultTables.rewritten(text, folder == null ? Path.of("") : folder)));
    terminal.out().println("tables   " + count + " in " + markdown);
    return ExitCodes.OK;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
