package org.resnet4j.core.weights;

import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.resnet4j.core.text.Quote;

/**
 * A weights file that cannot be read or is not what its format demands. The message is one line
 * without control characters: source, cause, remedy.
 */
public final class WeightsFileException extends IOException {
  private static final long serialVersionUID = 1L;

  /** What is wrong. */
  public enum Code {
    /** The path is missing, not a regular file, or not readable. */
    UNREADABLE("check the path and its permissions"),
    /** The thread that reads it was interrupted, and its interrupt status stays set. */
    INTERRUPTED("open it anew"),
    /** Fewer than the 8 bytes of the header's length. */
    HEADER_TOO_SMALL("the download may have broken off"),
    /** The header's length exceeds the specification's or the caller's limit. */
    HEADER_TOO_LARGE("this is probably no safetensors file"),
    /** The header's length exceeds the file. */
    HEADER_BEYOND_FILE("the file is cut off or no safetensors file"),
    /** The header is not valid UTF-8. */
    INVALID_UTF8("the file is damaged or no safetensors file"),
    /** The header is not one JSON object. */
    INVALID_JSON("the file is damaged or no safetensors file"),
    /** An extent or offset is not an unsigned 64-bit integer. */
    BAD_NUMBER("write the file again with the safetensors library"),
    /** An entry lacks a field, has one twice, or one of the wrong type. */
    BAD_TENSOR_ENTRY("write the file again with the safetensors library"),
    /** A tensor, a metadata key or {@code __metadata__} itself occurs twice. */
    DUPLICATE_KEY("write the file again with unique names"),
    /** {@code __metadata__} is not a map from strings to strings. */
    BAD_METADATA("write the file again with the safetensors library"),
    /** An element type the format does not define. */
    UNKNOWN_DTYPE("convert the file to F32, F16 or BF16"),
    /** A tensor is needed whose element type cannot become float32. */
    UNSUPPORTED_DTYPE("convert the tensor to F32, F16 or BF16"),
    /** Byte ranges that overlap, leave a hole, run backwards or beyond the data. */
    BAD_OFFSETS("write the file again with the safetensors library"),
    /** A tensor's size exceeds 64 bits. */
    OVERFLOW("write the file again with the safetensors library"),
    /** A byte range of another size than extents and element type need. */
    SIZE_MISMATCH("write the file again with the safetensors library"),
    /** The data ends too early. */
    DATA_TRUNCATED("the download may have broken off: fetch the file again"),
    /** There are bytes after the last tensor. */
    TRAILING_BYTES("fetch or write the file again"),
    /** More tensors than the caller's limit. */
    TOO_MANY_TENSORS("raise SafetensorsFile.Limits.maxTensors if you trust the file"),
    /** A name, number, text or rank beyond what this reader accepts. */
    LIMIT_EXCEEDED("write the file again with shorter names and at most 64 extents"),
    /** There is no tensor of the wanted name. */
    NO_SUCH_TENSOR("check the name against the names in the file"),
    /** More values than one Java array holds. */
    TENSOR_TOO_LARGE("split the tensor"),
    /** A value no network can use: not finite, or a negative variance. */
    BAD_VALUE("the training diverged or the file is damaged: use another one"),
    /** A zip archive that is damaged, or of a kind that PyTorch does not write. */
    BAD_ARCHIVE("fetch the file again, or save it again with torch.save"),
    /** A pickle that is damaged, or says what no weights file needs. */
    BAD_PICKLE("fetch the file again, or save it again with torch.save"),
    /** A pickle that asks for code, which is never run. */
    FORBIDDEN_PICKLE("save the tensors alone: torch.save(model.state_dict(), 'weights.pth')"),
    /** A PyTorch file in which no state dict is found. */
    NO_STATE_DICT("save the tensors alone: torch.save(model.state_dict(), 'weights.pth')"),
    /** A TorchScript program, which has its weights inside. */
    TORCHSCRIPT(
        "save its weights: torch.save(torch.jit.load('file.pt').state_dict(), 'weights.pth')"),
    /** An ONNX file that is damaged. */
    BAD_ONNX("fetch the file again, or export the model again"),
    /** An ONNX file with something that no network of this project has. */
    UNSUPPORTED_ONNX(
        "export the model again with torch.onnx.export, or give its weights as safetensors"),
    /** The file changed between reading its header and its data. */
    WEIGHTS_CHANGED("open it anew; to replace weights, rename a complete file");

    private final String remedy;

    Code(String remedy) {
      this.remedy = remedy;
    }

    /** What a user can do about it. */
    public String remedy() {
      return remedy;
    }
  }

  private final Code code;
  private final String source;
  private final @Nullable String tensor;

  /**
   * An exception about one file.
   *
   * @param tensor the tensor concerned, or null
   * @param problem what is wrong; it follows the source
   * @param remedy what a user can do about it
   * @param cause what was noticed, or null
   */
  public WeightsFileException(
      Code code,
      String source,
      @Nullable String tensor,
      String problem,
      String remedy,
      @Nullable Throwable cause) {
    super(Quote.line(source) + ": " + Quote.line(problem) + "; " + remedy, cause);
    this.code = code;
    this.source = source;
    this.tensor = tensor;
  }

  /** About one tensor: {@code problem} follows its name, as in "overlaps 'b'". */
  static WeightsFileException ofTensor(Code code, String source, String tensor, String problem) {
    return new WeightsFileException(
        code, source, tensor, "tensor " + Quote.name(tensor) + " " + problem, code.remedy(), null);
  }

  /** What is wrong, for programs. */
  public Code code() {
    return code;
  }

  /** The file's path, or the description given for content in memory. */
  public String source() {
    return source;
  }

  /** The tensor concerned, if it is about one. */
  public Optional<String> tensor() {
    return Optional.ofNullable(tensor);
  }
}
