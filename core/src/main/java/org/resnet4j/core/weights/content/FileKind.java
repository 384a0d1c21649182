package org.resnet4j.core.weights.content;

import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import org.resnet4j.core.weights.WeightsFileException;

/** Files that are often mistaken for safetensors, told by their first bytes. */
public enum FileKind {
  GIT_LFS("a Git LFS pointer: run 'git lfs pull' to fetch the file it stands for"),
  HTML("a web page: the download address was wrong or asked for a login"),
  JSON("JSON text, perhaps the index of weights in parts: name the folder it is in"),
  GZIP("a gzip archive: unpack it first"),
  ZIP("a PyTorch zip (.pth) or another zip: convert it with safetensors.torch.save_file"),
  PICKLE("a Python pickle (old .pth): convert it with safetensors.torch.save_file"),
  TAR("a tar archive, as PyTorch before 0.2 wrote: load it in Python and save its state_dict anew"),
  ONNX("an ONNX model: name the file itself"),
  HDF5("an HDF5 (Keras) file: convert its weights with safetensors.numpy.save_file"),
  GGUF("a GGUF file: convert it with safetensors.torch.save_file");

  /** How many bytes {@link #of} looks at. */
  public static final int PREFIX_BYTES = 264;

  private final String remedy;

  FileKind(String remedy) {
    this.remedy = "it looks like " + remedy;
  }

  public String remedy() {
    return remedy;
  }

  /**
   * What a file looks like by its first bytes.
   *
   * @throws WeightsFileException if it cannot be read
   */
  public static Optional<FileKind> of(Path file) throws WeightsFileException {
    Content content = FileContent.of(file);
    try (Content.Access access = content.access()) {
      int length = (int) Math.min(content.size(), PREFIX_BYTES);
      return of(access.bytes(0, length).toArray(ValueLayout.JAVA_BYTE));
    }
  }

  /** What a file with these first bytes looks like; a hint for messages, never a verdict. */
  public static Optional<FileKind> of(byte[] prefix) {
    byte[] head = Arrays.copyOf(prefix, PREFIX_BYTES);
    String text = new String(head, StandardCharsets.ISO_8859_1);
    if (text.startsWith("version https://git-lfs")) {
      return Optional.of(GIT_LFS);
    } else if (text.startsWith("\u001f\u008b")) {
      return Optional.of(GZIP);
    } else if (text.startsWith("PK\u0003\u0004")) {
      return Optional.of(ZIP);
    } else if (head[0] == (byte) 0x80 && head[1] >= 2 && head[1] <= 5 && head[8] != '{') {
      return Optional.of(PICKLE);
    } else if (head[0] == 8
        && head[1] > 0
        && head[1] < 32
        && (head[2] == 0x12 || head[2] == 0x3a)
        && head[8] != '{') {
      return Optional.of(ONNX);
    } else if (text.startsWith("ustar", 257)) {
      return Optional.of(TAR);
    } else if (text.startsWith("\u0089HDF")) {
      return Optional.of(HDF5);
    } else if (text.startsWith("GGUF")) {
      return Optional.of(GGUF);
    }
    return ofText(text.strip().toLowerCase(Locale.ROOT));
  }

  private static Optional<FileKind> ofText(String text) {
    if (text.startsWith("<!doctype") || text.startsWith("<html") || text.startsWith("<?xml")) {
      return Optional.of(HTML);
    }
    return text.startsWith("{") ? Optional.of(JSON) : Optional.empty();
  }
}
