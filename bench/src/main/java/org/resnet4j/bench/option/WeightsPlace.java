package org.resnet4j.bench.option;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.resnet4j.bench.failure.CommandException;
import org.resnet4j.bench.screen.PullBar;
import org.resnet4j.bench.screen.Terminal;
import org.resnet4j.core.hub.Hub;
import org.resnet4j.core.hub.HubModel;
import org.resnet4j.core.hub.HubSettings;
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

  /** The file or folder here, if that is what was named. */
  public @Nullable Path file() {
    return model == null ? Path.of(text) : null;
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
