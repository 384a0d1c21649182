package org.resnet4j.core.weights;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.resnet4j.core.text.Quote;
import org.resnet4j.core.weights.SafetensorsException.Code;

/**
 * Makes the exceptions about one source.
 *
 * @param source path or description
 * @param kind what the first bytes look like, if not like safetensors
 */
record Faults(String source, Optional<FileKind> kind) {
  Faults(String source) {
    this(source, Optional.empty());
  }

  SafetensorsException of(Code code, String problem) {
    return make(code, null, problem, null);
  }

  SafetensorsException of(Code code, String problem, Throwable cause) {
    return make(code, null, problem, cause);
  }

  /** About one tensor: {@code problem} follows its name, as in "overlaps 'b'". */
  SafetensorsException ofTensor(Code code, String tensor, String problem) {
    return make(code, tensor, "tensor " + Quote.name(tensor) + " " + problem, null);
  }

  private SafetensorsException make(
      Code code, @Nullable String tensor, String problem, @Nullable Throwable cause) {
    String remedy = kind.map(FileKind::remedy).orElse(code.remedy());
    return new SafetensorsException(code, source, tensor, problem, remedy, cause);
  }
}
