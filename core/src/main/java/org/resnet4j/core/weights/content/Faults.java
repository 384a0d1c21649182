package org.resnet4j.core.weights.content;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.resnet4j.core.text.Quote;
import org.resnet4j.core.weights.WeightsFileException;
import org.resnet4j.core.weights.WeightsFileException.Code;

/**
 * Makes the exceptions about one source.
 *
 * @param source path or description
 * @param kind what the first bytes look like, if not like safetensors
 */
public record Faults(String source, Optional<FileKind> kind) {
  /** About a source that looks like what it should be. */
  public Faults(String source) {
    this(source, Optional.empty());
  }

  public WeightsFileException of(Code code, String problem) {
    return make(code, null, problem, null);
  }

  public WeightsFileException of(Code code, String problem, Throwable cause) {
    return make(code, null, problem, cause);
  }

  /** About one tensor: {@code problem} follows its name, as in "overlaps 'b'". */
  public WeightsFileException ofTensor(Code code, String tensor, String problem) {
    return make(code, tensor, "tensor " + Quote.name(tensor) + " " + problem, null);
  }

  private WeightsFileException make(
      Code code, @Nullable String tensor, String problem, @Nullable Throwable cause) {
    String remedy = kind.map(FileKind::remedy).orElse(code.remedy());
    return new WeightsFileException(code, source, tensor, problem, remedy, cause);
  }
}
