package org.resnet4j.bench.option;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.resnet4j.bench.failure.CommandException;
import org.resnet4j.bench.output.Outputs;
import org.resnet4j.bench.screen.PullBar;
import org.resnet4j.bench.screen.Terminal;
import org.resnet4j.core.hub.Hub;
import org.resnet4j.core.hub.HubModel;
import org.resnet4j.core.hub.HubSettings;
import org.resnet4j.core.model.ModelFiles;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Where a command's weights are: in a file or folder here, or on the hub.
 *
 * @param text as it was given
 * @param model on the hub; null if they are here
 */
public record WeightsPlace(String text, @Nullable HubModel model) {
  /** What help calls it. */
  public static final String LABEL = "FILE|DIR|hf:NAME";

  private static final String HUB = "hf:";

  /** Reads a path, or {@code hf:owner/model}. */
  public static final class Converter implements ITypeConverter<WeightsPlace> {
    @Override
    public WeightsPlace convert(String text) {
      if (text.isEmpty()) {
        throw new TypeConversionException("names nothing");
      }
      return new WeightsPlace(text, text.startsWith(HUB) ? model(text) : null);
    }
  }

  /** The model that {@code owner/model}, with or without {@code hf:}, names. */
  public static HubModel model(String text) {
    try {
      return HubModel.parse(text.startsWith(HUB) ? text.substring(HUB.length()) : text);
    } catch (IllegalArgumentException e) {
      throw new TypeConversionException(e.getMessage());
    }
  }

  /**
   * Refuses to write over a file that a load of these weights reads.
   *
   * @param option that names the file to write
   */
  public void requireOther(String option, @Nullable Path written)
      throws CommandException, IOException {
    if (written != null && Files.exists(written)) { // none is lost otherwise
      for (Path read : files()) {
        Outputs.requireOther(option, written, "the weights", read);
      }
    }
  }

  private List<Path> files() {
    Path here = model == null ? Path.of(text) : null;
    try {
      if (model != null) {
        here = new Hub(HubSettings.fromEnvironment()).find(model).orElse(null);
      }
      return here == null ? List.of() : ModelFiles.of(here);
    } catch (IOException _) {
      return here == null ? List.of() : List.of(here); // which the load will complain of
    }
  }

  /**
   * The file or folder with the weights; a model of the hub that is not here is fetched, which
   * progress on standard error shows.
   */
  public Path locate(Terminal terminal) throws IOException, CommandException {
    if (model != null) {
      try (PullBar bar = new PullBar(terminal)) {
        return new Hub(HubSettings.fromEnvironment()).get(model, bar);
      }
    }
    Path file = Path.of(text);
    if (!Files.exists(file) && isNameOnHub()) {
      throw new CommandException(
          text,
          "there is no such file or folder",
          "check the path, or write " + HUB + text + " if it is a model of the Hugging Face hub");
    }
    return file;
  }

  private boolean isNameOnHub() {
    try {
      return HubModel.parse(text).name().contains("/");
    } catch (IllegalArgumentException _) {
      return false;
    }
  }

  @Override
  public String toString() {
    return text;
  }
}
