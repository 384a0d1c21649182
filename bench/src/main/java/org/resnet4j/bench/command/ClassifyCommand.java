package org.resnet4j.bench.command;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.resnet4j.bench.failure.CommandException;
import org.resnet4j.bench.option.AtLeastOne;
import org.resnet4j.bench.option.BackendArguments;
import org.resnet4j.bench.option.Inputs;
import org.resnet4j.bench.option.ModelArguments;
import org.resnet4j.bench.option.PictureArguments;
import org.resnet4j.bench.picture.FolderClasses;
import org.resnet4j.bench.picture.InputReader;
import org.resnet4j.bench.picture.JsonResults;
import org.resnet4j.bench.picture.LabelledResults;
import org.resnet4j.bench.picture.PeopleResults;
import org.resnet4j.bench.picture.PictureLoop;
import org.resnet4j.bench.picture.Results;
import org.resnet4j.bench.screen.Terminal;
import org.resnet4j.core.Classification;
import org.resnet4j.core.Classifier;
import org.resnet4j.core.PictureStream;
import org.resnet4j.core.backend.Backend;
import org.resnet4j.core.image.DecodeOptions;
import org.resnet4j.core.model.PretrainedModel;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code resnet4j classify}. */
@Command(
    name = "classify",
    description = "Says what is in pictures.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  resnet4j classify golden/samples/00.png",
      "  resnet4j classify photos/ --recursive --json > photos.jsonl",
      "  resnet4j classify validation/ --labelled --weights resnet50.pth",
      "  resnet4j classify cat.jpg --weights resnet50.safetensors --top 3"
    })
public final class ClassifyCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Mixin private PictureArguments pictureArguments = new PictureArguments();

  @Mixin private ModelArguments modelArguments = new ModelArguments();

  @Mixin private BackendArguments backendArguments = new BackendArguments();

  @Option(
      names = "--top",
      paramLabel = "K",
      converter = AtLeastOne.class,
      description = "How many classes to name for a picture. Default: 5.")
  private int top = 5;

  @Option(
      names = "--labelled",
      description =
          "Each DIR has a directory for each class, called by its label or number, with its"
              + " pictures: say how many are recognised.")
  private boolean labelled;

  @Option(names = "--json", description = "Print one JSON object for each picture.")
  private boolean json;

  public ClassifyCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  private Results<Classification> counted(Results<Classification> results, PretrainedModel model)
      throws CommandException, IOException {
    return new LabelledResults(
        terminal, results, FolderClasses.of(pictureArguments.paths(), model.labels()), top, json);
  }

  @Override
  public Integer call() throws IOException, CommandException {
    Inputs inputs = pictureArguments.inputs(labelled);
    int size = pictureArguments.batch(inputs);
    int predictions = labelled ? Math.max(top, LabelledResults.BEST) : top;
    DecodeOptions decoding = pictureArguments.decoding();
    PretrainedModel model =
        modelArguments.loadClassifier(terminal, "see 'resnet4j embed', which gives these");
    if (model.classes() == 1) {
      throw new CommandException(
          modelArguments.description(),
          "the network has one output, whose softmax would be 1 for every picture",
          "classify with one that tells classes apart, or see 'resnet4j embed'");
    }
    BackendArguments.Choice choice = backendArguments.open(terminal);
    try (Backend backend = choice.backend();
        Classifier classifier = Classifier.open(model, backend, size, decoding);
        PictureStream<Path, Classification> outcomes =
            classifier.classifyAll(inputs.files(), new InputReader(), predictions)) {
      Results<Classification> results =
          json
              ? new JsonResults(terminal, model.name(), backend.name())
              : new PeopleResults(terminal, choice, decoding, model, inputs);
      return new PictureLoop(terminal, inputs.single())
          .run(outcomes, labelled ? counted(results, model) : results);
    }
  }
}
